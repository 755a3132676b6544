"""What every frequency offers."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator

from scheduled_reports.model import Model, OneOrMany
from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.clock import TimeOfDay
from scheduled_reports.schedule.names import listed
from scheduled_reports.schedule.units import Units

Times = tuple[dt.time, ...]
"""Wall times of one day, in order."""


@dataclass(frozen=True)
class Rules:
    """What of the business a frequency counts by.

    Attributes:
        calendar: Its open days.
        units: Its weeks and fiscal year.
    """

    calendar: Calendar = field(default_factory=Calendar)
    units: Units = field(default_factory=Units)


class Frequency(Model):
    """On which days, and at which wall times, a schedule fires."""

    @abstractmethod
    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield (day, wall times) for each day from `first` to `last` on which it fires, in order."""

    @property
    def on_open_days(self) -> bool:
        """Whether it fires on business days alone, so that a closed day is never its own."""
        return False

    @abstractmethod
    def words(self) -> str:
        """Return it in plain words: `09:00 on the last business day of the month`."""


def _ordered(times: Times) -> Times:
    if not times:
        raise ValueError("no time is given; write one, for example '06:30'")
    return tuple(sorted(set(times)))


At = Annotated[OneOrMany[TimeOfDay], AfterValidator(_ordered)]
"""One or several times of day."""


def at_words(times: Times) -> str:
    """Return times as a sentence says them: `06:30 and 18:00`."""
    return listed([f"{time:%H:%M}" for time in times])
