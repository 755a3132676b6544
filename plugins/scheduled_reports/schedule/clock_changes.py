"""When clocks change in a zone, and which fires then happen at another time than the one written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.recurrence import Recurrence

_ONE_DAY, _ONE_SECOND, _NOTHING = dt.timedelta(days=1), dt.timedelta(seconds=1), dt.timedelta(0)
_ROUND_THE_CLOCK = 12
"""Whatever fires so often a day does not miss the hour that a clock change takes or gives."""


@dataclass(frozen=True)
class ClockChange:
    """One change of the clocks.

    Attributes:
        at: Its instant, UTC.
        before: The offset from UTC until then.
        after: The offset from then on.
    """

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta

    @property
    def walls(self) -> tuple[dt.datetime, dt.datetime]:
        """The naive wall times [first, last) that do not exist, or come twice."""
        bare = self.at.replace(tzinfo=None)
        return bare + min(self.before, self.after), bare + max(self.before, self.after)

    @property
    def skips(self) -> bool:
        """Whether it leaves wall times out; else it repeats them."""
        return self.after > self.before


@lru_cache(maxsize=200)
def clock_changes(zone: ZoneInfo, first: dt.date, last: dt.date) -> tuple[ClockChange, ...]:
    """Return the clock changes from `first` to `last`, both included, in order."""
    found = []
    day = dt.datetime.combine(first, dt.time(0), dt.UTC)
    end = dt.datetime.combine(last, dt.time(0), dt.UTC) + _ONE_DAY
    while day < end:
        after = day + _ONE_DAY
        if _offset(day, zone) != _offset(after, zone):
            found.append(_change_between(day, after, zone))
        day = after
    return tuple(found)


def _change_between(before: dt.datetime, after: dt.datetime, zone: ZoneInfo) -> ClockChange:
    offset = _offset(before, zone)
    while after - before > _ONE_SECOND:
        middle = before + (after - before) // 2
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return ClockChange(after.replace(microsecond=0), offset, _offset(after, zone))


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or _NOTHING


def changed_fires(recurrence: Recurrence, first: dt.date, last: dt.date) -> Iterator[tuple[Fire, ClockChange]]:
    """Yield each fire between two days whose wall time does not exist, or comes twice.

    What fires round the clock is left out: nothing of it is early, late or lost.
    """
    put_off = recurrence.jitter or _NOTHING
    for change in clock_changes(recurrence.zone, first, last):
        begin, end = change.walls
        for fire in recurrence.between(change.at - (end - begin) + put_off, change.at + put_off):
            if begin <= fire.wall < end and not _round_the_clock(recurrence, change):
                yield fire, change


def _round_the_clock(recurrence: Recurrence, change: ClockChange) -> bool:
    return len(list(recurrence.between(change.at - _ONE_DAY / 2, change.at + _ONE_DAY / 2))) >= _ROUND_THE_CLOCK
