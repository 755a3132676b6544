"""Every day, or every business day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from scheduled_reports.schedule.clock import days_between
from scheduled_reports.schedule.frequencies.base import At, Frequency, Rules, Times, at_words


class Daily(Frequency):
    """Every day."""

    type: Literal["daily"]
    at: At = Field(description="Time or times of day: `06:30`.")

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield every day."""
        for day in days_between(first, last):
            yield day, self.at

    def words(self) -> str:
        """Return it in plain words."""
        return f"{at_words(self.at)} every day"


class Weekdays(Frequency):
    """Every day that is not in the calendar's weekend, Monday to Friday without one; holidays are `on_closed`'s."""

    type: Literal["weekdays"]
    at: At = Field(description="Time or times of day: `06:30`.")

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield every day that is not in the weekend."""
        weekend = rules.calendar.weekend
        for day in days_between(first, last):
            if day.weekday() not in weekend or day in rules.calendar.opened:
                yield day, self.at

    def words(self) -> str:
        """Return it in plain words."""
        return f"{at_words(self.at)} on weekdays"
