"""Cron lines, read as days and times of day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic.json_schema import WithJsonSchema

from scheduled_reports.model import OneOrMany
from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY
from scheduled_reports.schedule.clock import days_between
from scheduled_reports.schedule.frequencies.base import Frequency, Rules, Times
from scheduled_reports.schedule.names import listed
from scheduled_reports.schedule.spans import SpanDay

_ONE_DAY = dt.timedelta(days=1)
_REFUSED = (
    # croniter's own: such a line would fire at another time on each look.
    (r"(^|[\s,])[rh](\b|\()", "R and H are not taken; write the minute or hour itself"),
    (r"\dw|w\d", "W is not taken; write a 'monthly' schedule with 'on_closed: next'"),
    # cron reads 5-5 as 5, croniter as every value there is.
    (r"(^|[\s,])(\w+)-\2(?!\w)", "a range from a value to itself is read in two ways; write the value alone"),
    # croniter drops the days of the month.
    (r"^\S+\s+\S+\s+(?![*?]\s)\S+\s+\S+\s+\S*(#|l\d)", "days of month do not go with # and L; write two cron lines"),
)


@dataclass(frozen=True)
class CronLine:
    """A cron line, taken apart.

    Attributes:
        times: The wall times of a day on which it fires, in order.
        month_days: Days of the month; empty for every day.
        last_day: Whether it names the month's last day.
        months: Months; empty for every month.
        weekdays: Days of the week, Monday 0; empty for every day.
        places: `5#2` and `L5`: the n-th or last such weekday of the month.
    """

    times: Times
    month_days: frozenset[int]
    last_day: bool
    months: frozenset[int]
    weekdays: frozenset[int]
    places: frozenset[SpanDay]

    def fires_on(self, day: dt.date) -> bool:
        """Return whether it fires on `day`: day of month and day of week are alternatives (POSIX crontab)."""
        if self.months and day.month not in self.months:
            return False
        by_month, by_week = bool(self.month_days or self.last_day), bool(self.weekdays or self.places)
        if not by_month and not by_week:
            return True
        return (by_month and self._in_month(day)) or (by_week and self._in_week(day))

    def _in_month(self, day: dt.date) -> bool:
        return day.day in self.month_days or (self.last_day and (day + _ONE_DAY).day == 1)

    def _in_week(self, day: dt.date) -> bool:
        if day.weekday() in self.weekdays:
            return True
        nth, nth_last = (day.day - 1) // 7 + 1, (day + dt.timedelta(days=7)).month != day.month
        return SpanDay(nth, day.weekday()) in self.places or (nth_last and SpanDay(-1, day.weekday()) in self.places)


@lru_cache(maxsize=2000)
def cron_line(text: str) -> CronLine:
    """Take a cron line of five fields apart.

    Raises:
        ValueError: It is none.
    """
    from croniter import croniter
    from croniter.croniter import CroniterError

    wrong = f"{text!r} is not a cron line; write five fields, for example '30 6 * * 1-5'"
    if len(text.split()) != 5:
        raise ValueError(wrong)
    for pattern, why in _REFUSED:
        if re.search(pattern, text, re.IGNORECASE):
            raise ValueError(f"{text!r}: {why}")
    try:
        expanded, places = croniter.expand(text)
    except (CroniterError, ValueError, KeyError, TypeError):
        raise ValueError(wrong) from None
    minutes, hours, month_days, months, weekdays = ([] if "*" in field else list(field) for field in expanded)
    nth = ((day, -1 if str(number) == "l" else int(number)) for day in places for number in places[day])
    plain = frozenset((int(day) - 1) % 7 for day in weekdays if day not in places)
    return CronLine(
        tuple(dt.time(int(hour), int(minute)) for hour in hours or range(24) for minute in minutes or range(60)),
        frozenset(int(day) for day in month_days if str(day) != "l"), "l" in map(str, month_days),
        frozenset(int(month) for month in months), plain, frozenset(SpanDay(n, (int(day) - 1) % 7) for day, n in nth),
    )  # fmt: skip


def _valid(lines: tuple[str, ...]) -> tuple[str, ...]:
    for text in lines:
        line = cron_line(text)
        if not any(line.fires_on(day) for day in days_between(FIRST_DAY, LAST_DAY)):
            raise ValueError(f"{text!r} never fires: no month it names has such a day; write a day that there is")
    return lines


_LINE = {"type": "string", "pattern": r"^\S+( +\S+){4}$"}
CRON_SCHEMA: dict[str, Any] = {"anyOf": [_LINE, {"type": "array", "items": _LINE, "minItems": 1}]}
"""The JSON Schema of a cron line, or of several."""


class Cron(Frequency):
    """Cron lines. A day of month and a day of week are alternatives, as in POSIX crontab."""

    type: Literal["cron"]
    cron: Annotated[OneOrMany[str], AfterValidator(_valid), WithJsonSchema(CRON_SCHEMA)] = Field(
        min_length=1, description="Minute, hour, day of month, month, day of week; or several such lines."
    )

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield the days of all lines, each with the times of those that fire on it."""
        lines = [cron_line(text) for text in self.cron]
        if len(lines) == 1:
            line = lines[0]
            yield from ((day, line.times) for day in days_between(first, last) if line.fires_on(day))
            return
        for day in days_between(first, last):
            if times := {time for line in lines if line.fires_on(day) for time in line.times}:
                yield day, tuple(sorted(times))

    def words(self) -> str:
        """Return it in plain words."""
        return listed([_words(text) for text in self.cron])


def _words(text: str) -> str:
    from cron_descriptor import ExpressionDescriptor, Options
    from cron_descriptor.Exception import FormatError, MissingFieldError, WrongArgumentError

    options = Options(locale_code="en_US", use_24hour_time_format=True)
    try:
        described = ExpressionDescriptor(text.upper(), options).get_description()
    except (FormatError, MissingFieldError, WrongArgumentError):
        return f"cron {text}"  # what croniter reads, and few write: 1,*/5
    return str(described).removeprefix("At ")
