"""When a schedule fires and which period each fire covers: a schedule whose calendar is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.covers import Covers, Frame, SinceLastFire
from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.units import Units

_MOMENT, _ONE_DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)
_FIRES = 400
"""How many fires are looked at for one that covers a day: more than a year of daily ones."""


@dataclass(frozen=True)
class Timing:
    """When a schedule fires and which period each fire covers.

    Attributes:
        recurrence: When it fires; None where it has no time of its own.
        covers: Which span a run covers.
        timezone: IANA zone of periods.
        units: Its weeks and fiscal year.
    """

    recurrence: Recurrence | None
    covers: Covers
    timezone: str
    units: Units

    def period(self, moment: dt.datetime) -> Period:
        """Return the period of a run at `moment` (aware): of the fire at that moment, or else as seen from it.

        A fire that the calendar put off covers what it was meant to; one that was moved forward, what is then over.
        """
        if isinstance(self.covers, SinceLastFire) and self.recurrence is not None:
            return self._since_last_fire(self.recurrence.until(moment, 3), moment)
        fire = next(self.recurrence.between(moment, moment), None) if self.recurrence else None
        return self.period_of_fire(fire) if fire else self.covers.period(moment.astimezone(self.frame.zone), self.frame)

    def period_of_fire(self, fire: Fire) -> Period:
        """Return the period of the run of a fire of this schedule."""
        if isinstance(self.covers, SinceLastFire):
            return self.period(fire.at)
        wall = min(fire.wall, fire.meant)  # without jitter
        return self.covers.period(self.frame.at(wall.date(), wall.time()), self.frame)

    def period_of(self, day: dt.date) -> Period:
        """Return the period that contains `day`; where only fires say where it ends, the last that ends on that day.

        Raises:
            ReportError: No run of this schedule covers that day.
        """
        anchor = self.covers.anchor(day, self.frame)
        if anchor is not None:
            return self.covers.period(anchor, self.frame)
        if self.recurrence is None:
            return self.period(self.frame.at(day + _ONE_DAY) - _MOMENT)
        begin, end = self.frame.at(day), self.frame.at(day + _ONE_DAY)
        found: Period | None = None
        for fire in islice(self.recurrence.between(begin), _FIRES):
            if found is not None and fire.wall.date() > day and fire.wall.time() > dt.time(0):
                break  # one at midnight is the last of the day that is then over
            period = self.period_of_fire(fire)
            if period.start < end and period.end > begin:
                found = period
        if found is None:
            raise ReportError(f"no run of this schedule covers {day}", fix="give period_start and period_end")
        return found

    def period_between(self, start: dt.datetime, end: dt.datetime) -> Period:
        """Return the period from `start` to `end` (aware), to be compared with one of the same length before it.

        Raises:
            ValueError: It has no length.
        """
        if end <= start:
            raise ValueError(f"the period ends ({end:%Y-%m-%d %H:%M}) before it has begun ({start:%Y-%m-%d %H:%M})")
        start, end = start.astimezone(self.frame.zone), end.astimezone(self.frame.zone)
        before = start.replace(tzinfo=None) - (end.replace(tzinfo=None) - start.replace(tzinfo=None))
        return Period(start, end, self.frame.at(before.date(), before.time()), start)

    @cached_property
    def frame(self) -> Frame:
        """What periods are measured in."""
        return Frame(ZoneInfo(self.timezone), self.units)

    def _since_last_fire(self, fires: list[Fire], moment: dt.datetime) -> Period:
        """Return the span between the last two of `fires`; before the second ever, one of a day."""
        if len(fires) < 3 and self.recurrence is not None and self.recurrence.starts is not None:
            fires = self.recurrence.endless().until(moment, 3) if fires else fires  # what went before its first day
        ends = [self.frame.at(fire.wall.date(), fire.wall.time()) for fire in fires]
        if len(ends) < 2:
            return self.covers.period(ends[0] if ends else moment.astimezone(self.frame.zone), self.frame)
        if len(ends) < 3:
            return self.period_between(ends[0], ends[1])
        return Period(ends[1], ends[2], ends[0], ends[1])
