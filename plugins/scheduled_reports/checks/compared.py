"""Which earlier values one is compared with: those of all days, or of its weekday. Pure: the values are given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scheduled_reports.judgement.robust import UsualRange, usual_range
from scheduled_reports.schedule.period import Period

Weekdays = Literal["auto"] | bool
"""Whether only periods that begin on the same day of the week are compared."""

_A_DAY = (dt.timedelta(hours=23), dt.timedelta(hours=25))


@dataclass(frozen=True)
class Earlier:
    """What an earlier run measured.

    Attributes:
        begin: When its period began, aware.
        value: A finite number.
    """

    begin: dt.datetime
    value: float


@dataclass(frozen=True)
class Compared:
    """The values to compare with.

    Attributes:
        values: Them, the newest first.
        of: What they are of: `runs`, or `Thursdays`.
        needed: How many are needed.
        own: Those of the same weekday, where they are too few to be compared with alone, but must be usual.
        own_of: That weekday: `Thursday`.
        lacks: Why nothing can be said although there are enough: no run of that weekday; empty else.
    """

    values: tuple[float, ...]
    of: str
    needed: int
    own: tuple[float, ...] = ()
    own_of: str = ""
    lacks: str = ""

    @property
    def learning(self) -> str:
        """Why nothing can be said yet, in words: `learning, 3 of 5 runs`; empty where there are enough values."""
        if len(self.values) < self.needed:
            return f"learning, {len(self.values)} of {self.needed} {self.of}"
        return self.lacks

    def usual(self, deviations: float, room: float) -> UsualRange:
        """Return between what bounds a value is usual."""
        return usual_range(self.values, deviations, room).with_room_for(self.own)

    @property
    def called(self) -> str:
        """Them, for a sentence: `8 Thursdays`, or `12 runs and 2 Thursdays`."""
        own = f" and {len(self.own)} {self.own_of}{'s' * (len(self.own) != 1)}" if self.own else ""
        return f"{len(self.values)} {self.of}{own}"


def is_daily(period: Period) -> bool:
    """Return whether a period is one day, by the clocks of its zone."""
    return _A_DAY[0] <= period.end - period.start <= _A_DAY[1]


def compared(earlier: Sequence[Earlier], period: Period, weekdays: Weekdays, most: int, needed: int) -> Compared:
    """Return which of earlier values, the newest first, a period's is compared with.

    With `weekdays` those of periods that begin on the same day of the week, by the clocks of the schedule's zone;
    without it all. `auto` is without it for periods other than days; for days it is with it as soon as there are
    enough of that weekday. Before that it is without it, and what was measured on that weekday counts as usual; where
    there is none yet, nothing can be said: a first Sunday is not judged by working days.

    Args:
        earlier: What earlier runs measured.
        period: The period whose value is to be compared.
        weekdays: The rule.
        most: How many at most.
        needed: How many it takes to tell what is usual.
    """
    zone, day = period.start.tzinfo, f"{period.start:%A}"
    every = tuple(entry.value for entry in earlier)[:most]
    same = tuple(entry.value for entry in earlier if f"{entry.begin.astimezone(zone):%A}" == day)[:most]
    if weekdays is True or (weekdays == "auto" and is_daily(period) and len(same) >= needed):
        return Compared(same, f"{day}s", needed)
    if weekdays is False or not is_daily(period):
        return Compared(every, "runs", needed)
    return Compared(every, "runs", needed, same, day, "" if same else f"learning, no {day} yet")
