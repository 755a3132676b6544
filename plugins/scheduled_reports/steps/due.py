"""When somebody is to get their delivery: pure computing, by the clocks of everybody concerned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scheduled_reports.audience import QuietHours, Recipient
from scheduled_reports.schedule.clock import instant
from scheduled_reports.schedule.deliver_at import DeliverAt

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class DueRule:
    """When a destination's recipients get a run's deliveries.

    Attributes:
        at: The time of the day; None for as soon as it is made.
        day: The day of the run, by the schedule's clock: whoever's clock it is, it is the time on that day.
        zone: The schedule's.
    """

    at: DeliverAt | None
    day: dt.date
    zone: ZoneInfo

    def moment(self, recipient: Recipient, now: dt.datetime) -> dt.datetime:
        """Return when somebody is to get theirs, aware: `now` where that has come, and else later.

        Nobody gets it within their quiet hours, but when they end.
        """
        moment = now
        if self.at is not None:
            moment = max(now, self.at.on(self.day, recipient.timezone, self.zone))
        if recipient.quiet_hours is not None:
            moment = after_quiet(recipient.quiet_hours, moment, _zone(recipient, self.zone))
        return moment

    def words(self, recipient: Recipient, moment: dt.datetime) -> str:
        """Return why somebody waits, by the clock that decides and by ours: `due at 08:00 Asia/Tokyo (01:00 here)`."""
        own = _zone(recipient, self.zone)
        zone = own if self.at is None else self.at.zone(recipient.timezone, self.zone)
        quiet = self.at is None or moment != self.at.on(self.day, recipient.timezone, self.zone)
        zone = own if quiet else zone
        here = "" if zone.key == self.zone.key else f" ({self._clock(moment, self.zone)} here)"
        why = ", when their quiet hours end" if quiet else ""
        return f"due at {self._clock(moment, zone)} {zone.key}{here}{why}"

    def _clock(self, moment: dt.datetime, zone: ZoneInfo) -> str:
        wall = moment.astimezone(zone)
        return f"{wall:%H:%M}" if wall.date() == self.day else f"{wall:%Y-%m-%d %H:%M}"


def after_quiet(quiet: QuietHours, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return `moment`, or the end of the quiet hours that it lies in; aware.

    Where a clock change makes the last hour of them come twice, they end when it ends for the second time.
    """
    while True:
        today = moment.astimezone(zone).date()
        ends = (_end_of(quiet, day, moment, zone) for day in (today - _DAY, today))
        end = next((end for end in ends if end is not None), None)
        if end is None:
            return moment
        moment = end


def _end_of(quiet: QuietHours, day: dt.date, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return when the quiet hours that begin on a day end; None where `moment` is not within them."""
    last = day + _DAY if quiet.begin > quiet.end else day
    begin = instant(dt.datetime.combine(day, quiet.begin), zone)
    wall = dt.datetime.combine(last, quiet.end)
    end = max(instant(wall, zone), _second(wall, zone))
    return end if begin <= moment < end else None


def _second(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the later of the instants at which a clock shows `wall`; the first moment of a gap is no later than it."""
    return wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)


def _zone(recipient: Recipient, schedule: ZoneInfo) -> ZoneInfo:
    return ZoneInfo(recipient.timezone) if recipient.timezone else schedule
