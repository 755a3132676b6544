"""Days as a calendar file writes them: `2026-12-24`, or `12-24` for every year."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from scheduled_reports.model import Model
from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY, YEARS
from scheduled_reports.schedule.clock import days_between

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_YEAR_DAY = r"^[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True, order=True)
class YearDay:
    """A day of every year.

    Attributes:
        month: Its month, January 1.
        day: Its day of the month.
    """

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"

    def within(self, year: int) -> dt.date:
        """Return it in that year."""
        return dt.date(year, self.month, self.day)


AnyDay = dt.date | YearDay


def _date(given: Any) -> dt.date:
    if isinstance(given, dt.date):
        return given
    if not isinstance(given, str) or not re.fullmatch(_DATE, given):
        raise ValueError(f"{given!r} is not a date; write year, month and day, for example 2026-12-24")
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise ValueError(f"there is no {given}; write a date that exists") from None


def _day(given: Any) -> AnyDay:
    if isinstance(given, YearDay) or not isinstance(given, str) or not re.fullmatch(_YEAR_DAY, given):
        return given if isinstance(given, YearDay) else _date(given)
    if given == "02-29":
        raise ValueError("02-29 is not in every year; write its dates, for example 2028-02-29")
    day = YearDay(int(given[:2]), int(given[3:]))
    try:
        day.within(YEARS[0])
    except ValueError:
        raise ValueError(f"there is no {given} in any year; write month and day, for example 12-24") from None
    return day


Date = Annotated[dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "pattern": _DATE})]
"""A date: `2026-12-24`."""

_DAY_SCHEMA = {"type": "string", "pattern": f"{_DATE}|{_YEAR_DAY}"}

Day = Annotated[AnyDay, BeforeValidator(_day), PlainSerializer(str, when_used="json"), WithJsonSchema(_DAY_SCHEMA)]
"""A date, or a day of every year: `12-24`."""


class Span(Model):
    """Days from one to another, both included; once, or in every year."""

    start: Day = Field(alias="from", description="The first day: `2026-12-27`, or `12-27` for every year.")
    until: Day = Field(description="The last day; of the next year where it is a day of every year before `from`.")

    @model_validator(mode="after")
    def _ends_fit(self) -> Self:
        if isinstance(self.start, dt.date) != isinstance(self.until, dt.date):
            raise ValueError("from and until must both have a year, or both have none; write two of a kind")
        if isinstance(self.start, dt.date) and isinstance(self.until, dt.date) and self.until < self.start:
            raise ValueError(f"until {self.until} is before from {self.start}; write a later day")
        return self

    def days(self) -> Iterator[dt.date]:
        """Yield its days within YEARS."""
        for first, last in self._times():
            yield from days_between(max(first, FIRST_DAY), min(last, LAST_DAY))

    def _times(self) -> Iterator[tuple[dt.date, dt.date]]:
        if isinstance(self.start, YearDay) and isinstance(self.until, YearDay):
            over = 1 if self.until < self.start else 0
            for year in range(YEARS[0] - over, YEARS[-1] + 1):
                yield self.start.within(year), self.until.within(year + over)
        elif isinstance(self.start, dt.date) and isinstance(self.until, dt.date):
            yield self.start, self.until


def _span(given: Any) -> Any:
    if isinstance(given, dict | Span):
        return given
    day = _day(given)
    return Span.model_validate({"from": day, "until": day})


class _OneDay:
    """Says in the JSON Schema that a single day may be written for a span."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [_DAY_SCHEMA, handler(schema)]}


DayOrSpan = Annotated[Span, BeforeValidator(_span), _OneDay()]
"""One day, or a span of days."""
