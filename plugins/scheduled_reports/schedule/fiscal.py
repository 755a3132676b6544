"""Fiscal years: those that begin with another month, and those made of weeks (4-4-5)."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from bisect import bisect_right
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from scheduled_reports.model import Model
from scheduled_reports.schedule.names import Month, Weekday

FiscalUnit = Literal["period", "quarter", "year"]
Pattern = Literal["4-4-5", "4-5-4", "5-4-4"]
Rule = Literal["last", "nearest"]
Bounds = tuple[dt.date, ...]
"""The first days of a year's 12 periods, then the first day after the year."""

_PERIODS = {"period": 1, "quarter": 3, "year": 12}
_ONE_DAY = dt.timedelta(days=1)


class FiscalYear(Model):
    """A business's own year, its four quarters and twelve periods."""

    named_by: Literal["start", "end"] = Field(
        "end",
        description="Whose calendar year it is called by: that of its last month (`end`: FY2026 of a year that starts "
        "in October 2025), or that of its first (`start`), as the retail calendar of the NRF does. A year of weeks is "
        "taken to end with its month also where its last day falls into the next.",
    )

    @property
    @abstractmethod
    def last_month(self) -> int:
        """The month with which it ends, January 1; a year of weeks may end up to three days after it."""

    @abstractmethod
    def bounds(self, year: int) -> Bounds:
        """Return the first day of each period of the year whose last month is in `year`, then the first day after."""

    def span(self, unit: FiscalUnit, day: dt.date) -> tuple[dt.date, dt.date]:
        """Return (first day, first day after) of the year, quarter or period that contains `day`."""
        bounds, _, index = self._place(day)
        size = _PERIODS[unit]
        first = index - index % size
        return bounds[first], bounds[first + size]

    def add(self, unit: FiscalUnit, day: dt.date, count: int) -> dt.date:
        """Return the first day of the unit that lies `count` units after the one that contains `day`."""
        _, year, index = self._place(day)
        size = _PERIODS[unit]
        years, period = divmod(index - index % size + count * size, 12)
        return self.bounds(year + years)[period]

    def name(self, unit: FiscalUnit, day: dt.date) -> str:
        """Return what the business calls it: `FY2026`, `Q1 FY2026`, `P3 FY2026`."""
        _, number, index = self._place(day)
        year = f"FY{number - (self.named_by == 'start' and self.last_month < 12)}"
        return {"year": year, "quarter": f"Q{index // 3 + 1} {year}", "period": f"P{index + 1} {year}"}[unit]

    def _place(self, day: dt.date) -> tuple[Bounds, int, int]:
        """Return the year that contains `day`, the calendar year of its last month, and the period, 0 to 11."""
        year = day.year + (day.month > self.last_month)
        bounds = self.bounds(year)
        if not bounds[0] <= day < bounds[12]:  # the end of a year of weeks is some days before or after the month's
            year += 1 if day >= bounds[12] else -1
            bounds = self.bounds(year)
        return bounds, year, bisect_right(bounds, day) - 1


class MonthsYear(FiscalYear):
    """A year of calendar months that begins with another month than January; each month is a period."""

    type: Literal["months"] = "months"
    starts: Month = Field(description="The month with which the year begins: `april`.")

    @property
    def last_month(self) -> int:
        """The month before the one with which it starts."""
        return (self.starts - 2) % 12 + 1

    def bounds(self, year: int) -> Bounds:
        """Return the first day of each month of the year whose last month is in `year`, then the first day after."""
        return _months(self.last_month, year)


class YearEnd(Model):
    """The day with which a year of weeks ends (the two ways of 26 CFR 1.441-2(a)(1)(iii))."""

    weekday: Weekday = Field(description="The weekday on which every year ends: `saturday`.")
    month: Month = Field(description="The month by whose last day it ends: `january`.")
    rule: Rule = Field(
        description="Which of these weekdays: the `last` one in the month, or the one `nearest` to the month's last "
        "day, up to three days before or after it."
    )


class WeeksYear(FiscalYear):
    """A year of 52 or 53 whole weeks: quarters of 13 weeks, periods of 4 or 5; week 53 is the last period's.

    The retail calendar of the NRF is `pattern: 4-5-4`, `ends: {weekday: saturday, month: january, rule: nearest}` and
    `named_by: start`. When years end is by 26 CFR 1.441-2(a)(1), "52-53-week taxable year".
    """

    type: Literal["weeks"]
    pattern: Pattern = Field(description="The weeks of a quarter's three periods: `4-4-5`, `4-5-4` or `5-4-4`.")
    ends: YearEnd = Field(description="The day with which the year ends: `{weekday, month, rule}`.")

    @property
    def last_month(self) -> int:
        """The month by which it ends."""
        return self.ends.month

    def bounds(self, year: int) -> Bounds:
        """Return the first day of each period, then the first day after."""
        ends = self.ends
        return _weeks(self.pattern, ends.weekday, ends.month, ends.rule, year)


@lru_cache(maxsize=2000)
def _months(last_month: int, year: int) -> Bounds:
    after = year * 12 + last_month
    return tuple(dt.date(month // 12, month % 12 + 1, 1) for month in range(after - 12, after + 1))


@lru_cache(maxsize=2000)
def _weeks(pattern: Pattern, weekday: int, month: int, rule: Rule, year: int) -> Bounds:
    begin = _last_day(weekday, month, rule, year - 1) + _ONE_DAY
    bounds = [begin]
    for weeks in [int(number) for number in pattern.split("-")] * 4:
        bounds.append(bounds[-1] + dt.timedelta(weeks=weeks))
    bounds[-1] = _last_day(weekday, month, rule, year) + _ONE_DAY  # with the 53rd week, where the year has one
    return tuple(bounds)


def _last_day(weekday: int, month: int, rule: Rule, year: int) -> dt.date:
    """Return the day with which a year of weeks ends: 26 CFR 1.441-2(a)(1)(iii)(A) for `last`, (B) for `nearest`."""
    end_of_month = dt.date(year + month // 12, month % 12 + 1, 1) - _ONE_DAY
    before = (end_of_month.weekday() - weekday) % 7
    return end_of_month + dt.timedelta(days=7 - before if rule == "nearest" and before > 3 else -before)


def _months_unless_said(given: Any) -> Any:
    """Let the commonest case be short: `{starts: april}`."""
    return {"type": "months", **given} if isinstance(given, dict) and "pattern" not in given else given


AnyFiscalYear = Annotated[MonthsYear | WeeksYear, Field(discriminator="type"), BeforeValidator(_months_unless_said)]
"""A fiscal year; without `type`, one of months."""
