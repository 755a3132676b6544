"""Days of the month, the quarter or the year."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from scheduled_reports.model import OneOrMany
from scheduled_reports.schedule.frequencies.base import At, Frequency, Rules, Times, at_words
from scheduled_reports.schedule.names import MONTHS, Month, listed
from scheduled_reports.schedule.spans import InSpan, SpanDay
from scheduled_reports.schedule.units import Units

On = OneOrMany[InSpan]
_DAYS = "Day or days: `1`, `last`, `first monday`, `3rd business day`, `last business day`."
_LEAST_DAYS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


class SpanFrequency(Frequency):
    """Days by their place in a span that repeats; a day that a span does not have is passed over."""

    at: At = Field(description="Time or times of day: `06:30`.")

    @abstractmethod
    def spans(self, first: dt.date, last: dt.date, units: Units) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield (first day, last day) of each span that has a day between `first` and `last`, in order."""

    @property
    def on_open_days(self) -> bool:
        """Whether all its days are counted as business days."""
        places: tuple[SpanDay, ...] = self.on  # type: ignore[attr-defined]
        return all(place.kind == "business" for place in places)

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield the named days of every span."""
        places: tuple[SpanDay, ...] = self.on  # type: ignore[attr-defined]
        for begin, end in self.spans(first, last, rules.units):
            found = {place.within(begin, end, rules.calendar) for place in places}
            for day in sorted(day for day in found if day is not None):
                if first <= day <= last:
                    yield day, self.at


class Monthly(SpanFrequency):
    """Days of every month, or of every few months."""

    type: Literal["monthly"]
    on: On = Field(min_length=1, description=_DAYS)
    every: int = Field(1, ge=1, le=12, description="Every how many months.")
    starting: Month | None = Field(None, description="One of these months; needed where `every` is above 1.")

    @field_validator("every")
    @classmethod
    def _years_repeat(cls, every: int) -> int:
        if 12 % every:
            raise ValueError(f"every {every} months falls on other months each year; write 1, 2, 3, 4, 6 or 12")
        return every

    @model_validator(mode="after")
    def _months_have_the_days(self) -> Self:
        if self.every > 1 and self.starting is None:
            raise ValueError(f"every {self.every} months needs 'starting'; write one of these months")
        if self.every == 1 and self.starting is not None:
            raise ValueError(
                "'starting' needs 'every'; write 'every: 3' too, or 'starts' beside 'when' for a first day"
            )
        _require_days(self.on, [number for number in range(1, 13) if self._counts(number)])
        return self

    def _counts(self, month: int) -> bool:
        return self.starting is None or (month - self.starting) % self.every == 0

    def spans(self, first: dt.date, last: dt.date, units: Units) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield the months that count."""
        return ((begin, end) for begin, end in units.spans("month", first, last) if self._counts(begin.month))

    def words(self) -> str:
        """Return it in plain words."""
        days = listed([day.words() for day in self.on])
        if self.every == 1:
            return f"{at_words(self.at)} on {days} of the month"
        names = [MONTHS[number - 1].capitalize() for number in range(1, 13) if self._counts(number)]
        return f"{at_words(self.at)} on {days} of {listed(names)}"


class Yearly(SpanFrequency):
    """Days of one month or of several, every year."""

    type: Literal["yearly"]
    month: OneOrMany[Month] = Field(min_length=1, description="Month or months: `march`.")
    on: On = Field(min_length=1, description=f"In that month. {_DAYS}")

    @model_validator(mode="after")
    def _months_have_the_days(self) -> Self:
        _require_days(self.on, list(self.month))
        return self

    def spans(self, first: dt.date, last: dt.date, units: Units) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield the months that count."""
        return ((begin, end) for begin, end in units.spans("month", first, last) if begin.month in self.month)

    def words(self) -> str:
        """Return it in plain words."""
        names = listed([MONTHS[number - 1].capitalize() for number in sorted(set(self.month))])
        return f"{at_words(self.at)} on {listed([day.words() for day in self.on])} of {names}"


class Quarterly(SpanFrequency):
    """Days of every quarter: of the fiscal year's where the schedule has one."""

    type: Literal["quarterly"]
    on: On = Field(min_length=1, description=f"In the quarter. {_DAYS}")

    @model_validator(mode="after")
    def _quarters_have_the_days(self) -> Self:
        refuse(self.on, 98, 14, 98, "a quarter")
        return self

    def spans(self, first: dt.date, last: dt.date, units: Units) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield the quarters."""
        return units.spans("fiscal_quarter" if units.fiscal else "quarter", first, last)

    def words(self) -> str:
        """Return it in plain words."""
        return f"{at_words(self.at)} on {listed([day.words() for day in self.on])} of the quarter"


def _require_days(places: tuple[SpanDay, ...], numbers: list[int]) -> None:
    """Refuse a place that none of these months ever has: 30 February."""
    longest = max(_LEAST_DAYS.get(number, 31) for number in numbers)
    what = MONTHS[numbers[0] - 1].capitalize() if len(numbers) == 1 else "a month"
    refuse(places, longest, 5, longest, what)


def refuse(places: tuple[SpanDay, ...], days: int, weeks: int, business: int, what: str) -> None:
    """Refuse a place that lies beyond the most days, weeks or open days that such a span has."""
    for place in places:
        kind = "business" if place.kind == "business" else "day" if place.kind == "day" else "weekday"
        most = {"day": days, "business": business, "weekday": weeks}[kind]
        if abs(place.nth) > most:
            name = {"day": "days", "business": "business days", "weekday": "of each weekday"}[kind]
            raise ValueError(f"{place.words()} is never reached: {what} has at most {most} {name}; write one it has")
