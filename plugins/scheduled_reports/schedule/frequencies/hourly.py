"""Every few hours from a time of day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.schedule.clock import TimeOfDay, days_between
from scheduled_reports.schedule.frequencies.base import Frequency, Rules, Times

MIDNIGHT = dt.time(0)


class Hourly(Frequency):
    """Every few hours from a time of day, round the clock or until another; it begins anew each day."""

    type: Literal["hourly"]
    every: Literal[1, 2, 3, 4, 6, 12] = Field(1, description="Every how many hours.")
    start: TimeOfDay = Field(MIDNIGHT, alias="from", description="The time of day to count from: `06:30`.")
    until: TimeOfDay | None = Field(None, description="The last time of day; without it, round the clock.")

    @model_validator(mode="after")
    def _until_lies_after_from(self) -> Self:
        if self.until is not None and self.until < self.start:
            raise ValueError(
                f"until {self.until:%H:%M} lies before from {self.start:%H:%M}; leave it out to go round the clock"
            )
        return self

    @property
    def times(self) -> Times:
        """The times of each day, in order."""
        first, step = self.start.hour * 60 + self.start.minute, self.every * 60
        if self.until is None:
            minutes = sorted((first + step * number) % 1440 for number in range(24 // self.every))
        else:
            minutes = list(range(first, self.until.hour * 60 + self.until.minute + 1, step))
        return tuple(dt.time(minute // 60, minute % 60) for minute in minutes)

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield every day."""
        times = self.times
        for day in days_between(first, last):
            yield day, times

    def words(self) -> str:
        """Return it in plain words."""
        often = "every hour" if self.every == 1 else f"every {self.every} hours"
        until = f" until {self.until:%H:%M}" if self.until else ""
        return f"{often} from {self.start:%H:%M}{until}"
