"""Given weekdays, every week or every few weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.model import OneOrMany
from scheduled_reports.schedule.clock import days_between
from scheduled_reports.schedule.frequencies.base import At, Frequency, Rules, Times, at_words
from scheduled_reports.schedule.moments import Day
from scheduled_reports.schedule.names import WEEKDAYS, Weekday, listed


class Weekly(Frequency):
    """Given weekdays, every week or every few weeks."""

    type: Literal["weekly"]
    on: OneOrMany[Weekday] = Field(min_length=1, description="Weekday or weekdays: `monday`.")
    at: At = Field(description="Time or times of day: `06:30`.")
    every: int = Field(1, ge=1, le=52, description="Every how many weeks.")
    starting: Day | None = Field(
        None, description="A day in the first of these weeks; needed where `every` is above 1, so that all count alike."
    )

    @model_validator(mode="after")
    def _weeks_are_counted_from_somewhere(self) -> Self:
        if self.every > 1 and self.starting is None:
            raise ValueError(f"every {self.every} weeks needs 'starting'; write a day in the first of these weeks")
        if self.every == 1 and self.starting is not None:
            raise ValueError(
                "'starting' needs 'every'; write 'every: 2' too, or 'starts' beside 'when' for a first day"
            )
        return self

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield the given weekdays of every n-th week."""
        begin = rules.units.begin("week", self.starting) if self.starting else None
        for day in days_between(first if begin is None else max(first, begin), last):
            if day.weekday() in self.on and (begin is None or (day - begin).days // 7 % self.every == 0):
                yield day, self.at

    def words(self) -> str:
        """Return it in plain words."""
        numbers = sorted(set(self.on))
        names = [WEEKDAYS[number].capitalize() for number in numbers]
        in_a_row = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
        days = f"{names[0]} to {names[-1]}" if in_a_row else listed(names)
        weeks = f", every {self.every} weeks from {self.starting}" if self.every > 1 else ""
        return f"{at_words(self.at)} on {days}{weeks}"
