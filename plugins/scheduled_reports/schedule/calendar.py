"""Which days a business works: pure, and small enough to travel in a serialized DAG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer

from scheduled_reports.model import Model
from scheduled_reports.schedule.clock import TimeOfDay, days_between
from scheduled_reports.schedule.names import WEEKDAYS, Weekday

YEARS = range(2024, 2046)
"""The years for which calendars are expanded."""

FIRST_DAY, LAST_DAY = dt.date(YEARS[0], 1, 1), dt.date(YEARS[-1], 12, 31)
"""The days for which calendars are known: nothing fires before or after, so that no search is without end."""

OnClosed = Literal["skip", "previous", "next"]

_LONGEST_CLOSURE = 366


@lru_cache(maxsize=1)
def days_by_weekday() -> tuple[frozenset[dt.date], ...]:
    """Return every day of YEARS, Mondays first."""
    days: list[list[dt.date]] = [[], [], [], [], [], [], []]
    for day in days_between(FIRST_DAY, LAST_DAY):
        days[day.weekday()].append(day)
    return tuple(map(frozenset, days))


def _pack(days: AbstractSet[dt.date]) -> dict[str, str]:
    """Return days as {year: "MMDD MMDD …"}, a third of their ISO dates' size."""
    years = groupby(sorted(days), key=lambda day: str(day.year))
    return {year: " ".join(f"{day:%m%d}" for day in group) for year, group in years}


def _unpack(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return frozenset(
        dt.date(int(year), int(day[:2]), int(day[2:])) for year, text in given.items() for day in text.split()
    )


def _pack_half_days(closes: dict[dt.date, dt.time]) -> dict[str, dict[str, str]]:
    """Return half days as {time: days as `_pack` writes them}."""
    days = {time: {day for day, close in closes.items() if close == time} for time in closes.values()}
    return {f"{time:%H:%M}": _pack(days[time]) for time in sorted(days)}


def _unpack_half_days(given: Any) -> Any:
    if not isinstance(given, dict) or not all(isinstance(days, dict) for days in given.values()):
        return given
    return {day: time for time, days in given.items() for day in _unpack(days)}


Days = Annotated[frozenset[dt.date], BeforeValidator(_unpack), PlainSerializer(_pack, when_used="json")]
HalfDays = Annotated[
    dict[dt.date, TimeOfDay],
    BeforeValidator(_unpack_half_days),
    PlainSerializer(_pack_half_days, when_used="json"),
]


class Calendar(Model):
    """Which days are open. Without a name: Monday to Friday, no holidays.

    Attributes:
        name: The stems of its files; empty for the plain week.
        weekend: The weekdays that are closed, Monday 0.
        closed: Closed days that are not in the weekend.
        opened: Open days that are in the weekend.
        half_days: When an open day closes early, wall time.
        known_until: The last day that its sources know of; None where they know all of YEARS.
    """

    name: str = ""
    weekend: frozenset[Weekday] = frozenset({5, 6})
    closed: Days = frozenset()
    opened: Days = frozenset()
    half_days: HalfDays = Field({})
    known_until: dt.date | None = None

    @classmethod
    def of_open_days(cls, open_days: AbstractSet[dt.date], **more: Any) -> Self:
        """Return the calendar that is open on these days of YEARS; weekdays mostly closed become its weekend."""
        weekend, closed, opened = set(), set[dt.date](), set[dt.date]()
        for number, days in enumerate(days_by_weekday()):
            open_then = days & open_days
            if 2 * len(open_then) < len(days):
                weekend.add(WEEKDAYS[number])
                opened |= open_then
            else:
                closed |= days - open_days
        return cls.model_validate(
            {"weekend": weekend, "closed": frozenset(closed), "opened": frozenset(opened), **more}
        )

    def is_open(self, day: dt.date) -> bool:
        """Return whether the business works on `day`."""
        if day.weekday() in self.weekend:
            return day in self.opened
        return day not in self.closed

    def roll(self, day: dt.date, direction: Literal["previous", "next"]) -> dt.date | None:
        """Return the open day nearest to `day` (itself where it is open); None where a whole year has none."""
        step = dt.timedelta(days=-1 if direction == "previous" else 1)
        for _ in range(_LONGEST_CLOSURE):
            if self.is_open(day):
                return day
            day += step
        return None

    def open_days(self, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
        """Return the open days from `first` to `last`, both included."""
        key = (first, last)
        if key not in self._open_days:
            if len(self._open_days) > 200:
                self._open_days.clear()
            self._open_days[key] = tuple(day for day in days_between(first, last) if self.is_open(day))
        return self._open_days[key]

    @cached_property
    def _open_days(self) -> dict[tuple[dt.date, dt.date], tuple[dt.date, ...]]:
        return {}
