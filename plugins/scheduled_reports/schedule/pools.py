"""When more runs are under way at once than their pool has slots for."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

DEFAULT_POOL = "default_pool"
DEFAULT_SLOTS = 128
"""What Airflow gives its default pool unless told otherwise (its setting [core] default_pool_task_slot_count)."""

UNLIMITED = -1
"""What Airflow takes as a pool's slots where there is no limit."""


@dataclass(frozen=True, order=True)
class Use:
    """A run that takes a slot of its pool, as one task of it works at a time.

    Attributes:
        start: When it is due, aware.
        end: When it is expected to be over, aware.
        name: Whose run it is.
        pool: The pool of its tasks.
    """

    start: dt.datetime
    end: dt.datetime
    name: str
    pool: str = DEFAULT_POOL


@dataclass(frozen=True)
class Overload:
    """A span in which a pool has fewer slots than there are runs.

    Attributes:
        pool: The pool.
        slots: How many it has.
        start: Since when there are too many, aware.
        names: Whose runs are under way when there are most, sorted; one name for each run.
    """

    pool: str
    slots: int
    start: dt.datetime
    names: tuple[str, ...]


def overloads(uses: Iterable[Use], slots: Mapping[str, int]) -> list[Overload]:
    """Return every span in which a pool is too small, by its start; a pool that `slots` lacks is never too small."""
    by_pool = sorted(uses, key=lambda use: (use.pool, use))
    found = [
        overload
        for pool, group in groupby(by_pool, key=lambda use: use.pool)
        if slots.get(pool, UNLIMITED) != UNLIMITED
        for overload in _overloads_of(pool, slots[pool], group)
    ]
    return sorted(found, key=lambda overload: (overload.start, overload.pool))


def _overloads_of(pool: str, slots: int, uses: Iterator[Use]) -> Iterator[Overload]:
    running: list[tuple[dt.datetime, str]] = []  # a heap: what ends first is first
    since: dt.datetime | None = None
    most: tuple[str, ...] = ()
    for use in uses:
        while running and running[0][0] <= use.start:
            heapq.heappop(running)
            if since is not None and len(running) <= slots:
                yield Overload(pool, slots, since, most)
                since, most = None, ()
        heapq.heappush(running, (use.end, use.name))
        if len(running) > slots:
            since = since or use.start
            if len(running) > len(most):
                most = tuple(sorted(name for _, name in running))
    if since is not None:
        yield Overload(pool, slots, since, most)
