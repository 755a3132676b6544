"""Open days as sets, and what becomes of them when calendars are combined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY, Calendar, days_by_weekday


@lru_cache(maxsize=1)
def every_day() -> frozenset[dt.date]:
    """Return every day of YEARS."""
    return frozenset().union(*days_by_weekday())


@dataclass(frozen=True)
class KnownDays:
    """Open days, and from when to when they are known.

    Attributes:
        open: The open days.
        half_days: When open days close early.
        first: The first day that the sources know of.
        last: The last day that the sources know of.
    """

    open: frozenset[dt.date]
    half_days: Mapping[dt.date, dt.time] = field(default_factory=dict)
    first: dt.date = FIRST_DAY
    last: dt.date = LAST_DAY

    def calendar(self, name: str) -> Calendar:
        """Return them as the calendar that schedules use."""
        known_until = self.last if self.last < LAST_DAY else None
        return Calendar.of_open_days(self.open, name=name, half_days=dict(self.half_days), known_until=known_until)

    def years_closed(self) -> list[int]:
        """Return the years that are known and have no open day."""
        years = {day.year for day in self.open}
        return [year for year in range(self.first.year, min(self.last, LAST_DAY).year + 1) if year not in years]


def all_of(parts: Iterable[KnownDays]) -> KnownDays:
    """Return what is open where all of the parts are; a half day closes at the earliest time of any."""
    parts = list(parts)
    found = frozenset.intersection(*(part.open for part in parts))
    closes = earliest(*(part.half_days for part in parts))
    return _known(found, {day: time for day, time in closes.items() if day in found}, parts)


def any_of(parts: Iterable[KnownDays]) -> KnownDays:
    """Return what is open where any of the parts is; a half day closes at the latest time of those open then."""
    parts = list(parts)
    closes: dict[dt.date, dt.time] = {}
    for day in {day for part in parts for day in part.half_days}:
        times = [part.half_days.get(day) for part in parts if day in part.open]
        known = [time for time in times if time is not None]
        if len(known) == len(times):
            closes[day] = max(known)
    return _known(frozenset().union(*(part.open for part in parts)), closes, parts)


def without(base: KnownDays, others: Iterable[KnownDays]) -> KnownDays:
    """Return `base` without the days on which any of the others is open."""
    others = list(others)
    found = base.open.difference(*(other.open for other in others))
    closes = {day: time for day, time in base.half_days.items() if day in found}
    return _known(found, closes, [base, *others])


def earliest(*half_days: Mapping[dt.date, dt.time]) -> dict[dt.date, dt.time]:
    """Return the earliest close of each day."""
    found: dict[dt.date, dt.time] = {}
    for closes in half_days:
        for day, time in closes.items():
            found[day] = min(time, found.get(day, time))
    return found


def _known(found: frozenset[dt.date], closes: Mapping[dt.date, dt.time], parts: list[KnownDays]) -> KnownDays:
    return KnownDays(found, closes, max(part.first for part in parts), min(part.last for part in parts))
