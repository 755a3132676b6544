"""The span of time that a run reports on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Covers = Literal["previous_day", "previous_week", "previous_month"]


@dataclass(frozen=True)
class Period:
    """A half-open span [start, end) in the schedule's time zone.

    Attributes:
        start: First instant, aware.
        end: First instant after it, aware.
        previous_start: Where the comparable span that ends at `start` begins, aware.
    """

    start: dt.datetime
    end: dt.datetime
    previous_start: dt.datetime

    @property
    def last_day(self) -> dt.date:
        """The last calendar day that the period touches."""
        return (self.end - dt.timedelta(microseconds=1)).date()

    @property
    def label(self) -> str:
        """The period in words: `Thursday, 1 October 2026`, or `21 – 27 September 2026`."""
        first, last = self.start.date(), self.last_day
        if first == last:
            return f"{first:%A}, {first.day} {first:%B %Y}"
        if first.day == 1 and (last + dt.timedelta(days=1)).day == 1 and first.month == last.month:
            return f"{first:%B %Y}"
        if (first.month, first.year) == (last.month, last.year):
            return f"{first.day} – {last.day} {last:%B %Y}"
        start = f"{first.day} {first:%B}" + (f" {first.year}" if first.year != last.year else "")
        return f"{start} – {last.day} {last:%B %Y}"

    @property
    def slug(self) -> str:
        """The period as part of a file name: `2026-10-01`, or `2026-09-21_2026-09-27` (both days inclusive)."""
        first, last = self.start.date(), self.last_day
        return f"{first}" if first == last else f"{first}_{last}"


def covered(covers: Covers, moment: dt.datetime, timezone: str) -> Period:
    """Return the last whole day, ISO week (from Monday) or month that ended at or before `moment`.

    Args:
        covers: Which kind of span.
        moment: When the run is due, aware.
        timezone: IANA name; days begin at that zone's midnight, also where clocks change.
    """
    zone = ZoneInfo(timezone)
    today = moment.astimezone(zone).date()
    return _period(covers, _begin(covers, today), zone)


def covering(covers: Covers, day: dt.date, timezone: str) -> Period:
    """Return the day, week or month that contains `day`."""
    zone = ZoneInfo(timezone)
    return _period(covers, _after(covers, _begin(covers, day)), zone)


def _period(covers: Covers, end: dt.date, zone: ZoneInfo) -> Period:
    start = _begin(covers, end - dt.timedelta(days=1))
    before = _begin(covers, start - dt.timedelta(days=1))
    midnight = dt.time(0, tzinfo=zone)
    return Period(*(dt.datetime.combine(day, midnight) for day in (start, end, before)))


def _begin(covers: Covers, day: dt.date) -> dt.date:
    if covers == "previous_week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if covers == "previous_month" else day


def _after(covers: Covers, begin: dt.date) -> dt.date:
    days = {"previous_day": 1, "previous_week": 7, "previous_month": 31}[covers]
    return _begin(covers, begin + dt.timedelta(days=days))
