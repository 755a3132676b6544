"""Days that are listed one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from scheduled_reports.model import OneOrMany
from scheduled_reports.schedule.frequencies.base import At, Frequency, Rules, Times, at_words
from scheduled_reports.schedule.moments import Day
from scheduled_reports.schedule.names import listed


class Dates(Frequency):
    """Days that are listed one by one."""

    type: Literal["dates"]
    on: OneOrMany[Day] = Field(min_length=1, description="Day or days: `2026-12-31`.")
    at: At = Field(description="Time or times of day: `06:30`.")

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield the listed days."""
        for day in sorted(set(self.on)):
            if first <= day <= last:
                yield day, self.at

    def words(self) -> str:
        """Return it in plain words."""
        days = [str(day) for day in sorted(set(self.on))]
        named = listed(days) if len(days) < 4 else f"{len(days)} days from {days[0]} to {days[-1]}"
        return f"{at_words(self.at)} on {named}"
