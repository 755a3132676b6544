"""One fire of a schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fire:
    """One fire of a schedule.

    Attributes:
        at: When it fires, UTC; jitter included.
        wall: The wall time of that in the schedule's zone (naive), without jitter.
        meant: The wall time before the calendar, business hours or a blackout moved it (naive).
    """

    at: dt.datetime
    wall: dt.datetime
    meant: dt.datetime

    @property
    def moved(self) -> bool:
        """Whether the calendar, business hours or a blackout moved it."""
        return self.wall != self.meant


def one_for_each_instant(fires: Iterable[Fire]) -> Iterator[Fire]:
    """Yield fires in order, of several at one instant the one that moved least."""
    waiting: Fire | None = None
    for fire in fires:
        if waiting is not None and fire.at == waiting.at:
            waiting = min(waiting, fire, key=lambda each: abs(each.wall - each.meant))
        elif waiting is None or fire.at > waiting.at:
            if waiting is not None:
                yield waiting
            waiting = fire
    if waiting is not None:
        yield waiting


def put(waiting: dict[dt.datetime, dt.datetime], wall: dt.datetime, meant: dt.datetime) -> None:
    """Let a fire wait for `wall`; of several, the one that moved least stands for all."""
    if wall not in waiting or abs(wall - meant) < abs(wall - waiting[wall]):
        waiting[wall] = meant
