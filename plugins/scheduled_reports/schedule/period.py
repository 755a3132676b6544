"""The span of time that a run reports on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """A half-open span [start, end) in the schedule's time zone, and [previous_start, previous_end) to compare it with.

    Attributes:
        start: First instant, aware.
        end: First instant after it, aware.
        previous_start: First instant of the comparable span before it, aware.
        previous_end: First instant after that span, aware; `start`, unless the period is one to date.
        name: What the business calls it, `Q1 FY2026`; empty where its dates say all.
    """

    start: dt.datetime
    end: dt.datetime
    previous_start: dt.datetime
    previous_end: dt.datetime
    name: str = ""

    @property
    def last_day(self) -> dt.date:
        """The last calendar day that the period touches."""
        return _just_before(self.end).date()

    @property
    def label(self) -> str:
        """The period in words: `Thursday, 1 October 2026`, `21 – 27 September 2026`, `September 2026`."""
        dates = self._dates(self.last_day) if self._whole_days else self._times()
        return f"{self.name} ({dates})" if self.name else dates

    @property
    def slug(self) -> str:
        """The period as part of a file name: `2026-10-01`, or `2026-09-21_2026-09-27` (both days inclusive).

        Where it is not of whole days it has times, the second not inclusive: `2026-10-01T0630_2026-10-02T0630`.
        """
        if not self._whole_days:
            return f"{self.start:%Y-%m-%dT%H%M}_{self.end:%Y-%m-%dT%H%M}"
        first, last = self.start.date(), self.last_day
        return f"{first}" if first == last else f"{first}_{last}"

    @property
    def _whole_days(self) -> bool:
        """Whether it begins and ends with a day; where clocks skip midnight, the day begins at one."""
        return _begins_day(self.start) and _begins_day(self.end)

    def _dates(self, last: dt.date) -> str:
        first = self.start.date()
        after = last + dt.timedelta(days=1)
        if first == last:
            return _day(first)
        if first.day == after.day == 1 and self._whole_days:
            if (after.year - first.year) * 12 + after.month - first.month == 1:
                return f"{first:%B %Y}"
            if first.month == after.month == 1 and after.year == first.year + 1:
                return f"{first:%Y}"
        if (first.month, first.year) == (last.month, last.year):
            return f"{first.day} – {last.day} {last:%B %Y}"
        start = f"{first.day} {first:%B}" + (f" {first.year}" if first.year != last.year else "")
        return f"{start} – {last.day} {last:%B %Y}"

    def _times(self) -> str:
        if _begins_day(self.start):
            return f"{self._dates(self.end.date())}, until {self.end:%H:%M}"
        if self.start.date() == self.end.date():
            return f"{_day(self.start)}, {self.start:%H:%M} – {self.end:%H:%M}"
        return f"{_day(self.start)}, {self.start:%H:%M} – {_day(self.end)}, {self.end:%H:%M}"


def _begins_day(moment: dt.datetime) -> bool:
    """Return whether a day begins with `moment`, which is later than midnight where clocks skip that."""
    return _just_before(moment).date() < moment.date()


def _just_before(moment: dt.datetime) -> dt.datetime:
    """Return the instant before `moment`, by the clocks of its zone."""
    return (moment.astimezone(dt.UTC) - dt.timedelta(microseconds=1)).astimezone(moment.tzinfo)


def _day(day: dt.date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"
