"""Whether what a run waits for has come in time for its period. Pure: the updates are given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from scheduled_reports.schedule.covers import Last, ToDate
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.triggers.awaiting import Awaiting
from scheduled_reports.schedule.triggers.expression import Expression, in_words, names_in, unmet

_MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Start:
    """What Airflow started a run for.

    Attributes:
        at: When it was due, or when the update came; aware.
        at_deadline: Whether it is the deadline's run; else an update started it.
        updates: When each asset that the schedule waits for was last updated, aware; None for never.
    """

    at: dt.datetime
    at_deadline: bool
    updates: Mapping[str, dt.datetime | None]


@dataclass(frozen=True)
class Wait:
    """A run that waits for something.

    Attributes:
        trigger: What it waits for.
        of: The report and the schedule that it belongs to, `sales:daily`.
        timing: When the deadlines are.
        period: What it reports on.
        start: What it was started for.
    """

    trigger: Awaiting
    of: str
    timing: Timing
    period: Period
    start: Start

    @property
    def since(self) -> dt.datetime | None:
        """From when an update counts; None where every update does.

        That is the end of the period; where the period ends whenever the run begins, the deadline before.
        """
        return self.previous_deadline if self.ends_with_the_run else self.period.end

    @property
    def ends_with_the_run(self) -> bool:
        """Whether each run has a period of its own, as it ends when the run begins: `today`, `last 24 hours`."""
        covers = self.timing.covers
        return isinstance(covers, ToDate) or (isinstance(covers, Last) and covers.unit is None)

    @property
    def previous_deadline(self) -> dt.datetime | None:
        """The last deadline before the run; None where there was none."""
        moment = self.start.at - _MOMENT if self.start.at_deadline else self.start.at
        fires = self.timing.recurrence.until(moment) if self.timing.recurrence else []
        return fires[0].at if fires else None

    @property
    def missing(self) -> Expression | None:
        """What has not come; None where all has, or where Airflow alone decides as there is no deadline."""
        if self.timing.recurrence is None:
            return None
        return unmet(self.trigger.awaited(self.of), self.is_fresh)

    def is_fresh(self, asset: str) -> bool:
        """Return whether an asset was updated in time for the period."""
        updated = self.start.updates.get(asset)
        return updated is not None and (self.since is None or updated >= self.since)

    @property
    def passed(self) -> str:
        """That the deadline of this period has passed, in words; empty where it has not."""
        last = self.previous_deadline
        if last is None or self.start.at_deadline or self.ends_with_the_run:
            return ""
        of = self.timing.period(last)
        return f"the deadline {self._time(last)} has passed" if (of.start, of.end) == self._span else ""

    def closed(self, schedule: Schedule) -> str:
        """Return why nothing runs at the time of an update, in words; empty where it may."""
        wall = self.start.at.astimezone(self.timing.frame.zone).replace(tzinfo=None)
        if (schedule.starts and wall.date() < schedule.starts) or (schedule.ends and wall.date() > schedule.ends):
            return f"{wall.date()} lies outside the days on which the schedule runs"
        for blackout in schedule.blackouts:
            if (around := blackout.around(wall)) and wall < around[1]:
                return f"a blackout is on until {around[1]:%Y-%m-%d %H:%M}"
        recurrence = self.timing.recurrence
        if recurrence and recurrence.on_closed and not recurrence.calendar.is_open(wall.date()):
            return f"{wall:%A}, {wall.date()}, is a closed day"
        return ""

    def waiting(self, missing: Expression) -> str:
        """Return what it waits for, and until when: `waits for fx (last updated 2026-11-20 05:02) until 07:30`."""
        words = f"waits for {in_words(missing, self._with_update)}"
        if self.start.at_deadline:
            return f"{words} at the deadline {self._time(self.start.at)}"
        if self.passed:
            return f"{words}; {self.passed}"
        fire = self.timing.recurrence.after(self.start.at) if self.timing.recurrence else None
        return f"{words} until {self._time(fire.at)}" if fire else words

    def stale(self, missing: Expression) -> str:
        """Return a sentence for the report's reader: `fx was last updated on …; orders is up to date`."""
        late = [self._was_updated(name) for name in _names(missing)]
        fresh = [name for name in _names(self.trigger.awaited(self.of)) if self.is_fresh(name)]
        good = [f"{self.trigger.label(name)} is up to date" for name in fresh]
        return "; ".join((*late, *good)) + "."

    def _was_updated(self, asset: str) -> str:
        name, updated = self.trigger.label(asset), self.start.updates.get(asset)
        if updated is None:
            return f"{name} was never updated"
        local = updated.astimezone(self.timing.frame.zone)
        return f"{name} was last updated on {local:%A}, {local.day} {local:%B %Y} at {local:%H:%M}"

    def _with_update(self, asset: str) -> str:
        name, updated = self.trigger.label(asset), self.start.updates.get(asset)
        if updated is None:
            return f"{name} (never updated)"
        return f"{name} (last updated {updated.astimezone(self.timing.frame.zone):%Y-%m-%d %H:%M})"

    def _time(self, moment: dt.datetime) -> str:
        """Return a moment as the run's reader says it: `07:30`, with its date where that is another day."""
        zone = self.timing.frame.zone
        local = moment.astimezone(zone)
        return f"{local:%H:%M}" if local.date() == self.start.at.astimezone(zone).date() else f"{local:%Y-%m-%d %H:%M}"

    @property
    def _span(self) -> tuple[dt.datetime, dt.datetime]:
        return self.period.start, self.period.end


def _names(expression: Expression) -> list[str]:
    return list(dict.fromkeys(name for _, name in names_in(expression)))
