"""The fires of schedules in a span of days: what `reports calendar` shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.triggers import Trigger
from scheduled_reports.spec.load import Report

_ONE_DAY, _MOMENT = dt.timedelta(days=1), dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Days:
    """The days that are shown.

    Attributes:
        first: The first.
        last: The last.
        now: What time it is, aware.
        all_day: Whether fires of the first day count that are over by now.
    """

    first: dt.date
    last: dt.date
    now: dt.datetime
    all_day: bool = False

    @property
    def today(self) -> dt.date:
        """Today, where `now` was said."""
        return self.now.date()

    def within(self, timing: Timing) -> tuple[dt.datetime, dt.datetime]:
        """Return the first and the last moment of these days in a schedule's time zone."""
        first = timing.frame.at(self.first) if self.all_day else self.now
        return first, timing.frame.at(self.last + _ONE_DAY) - _MOMENT


@dataclass(frozen=True)
class Planned:
    """A schedule of a report.

    Attributes:
        report: The report.
        schedule: One of its schedules.
    """

    report: Report
    schedule: Schedule

    @property
    def dag_id(self) -> str:
        """The id of its DAG."""
        return f"{self.report.id}__{self.schedule.id}"

    @property
    def label(self) -> str:
        """Its name where there is room for it: `sales · weekly`."""
        return f"{self.report.id} · {self.schedule.id}"

    @property
    def short(self) -> str:
        """Its name in a calendar's cell: the report's alone, where that has no other schedule."""
        return self.report.id if len(self.report.spec.schedules) == 1 else f"{self.report.id}·{self.schedule.id}"

    @cached_property
    def timing(self) -> Timing:
        """When it fires."""
        return self.report.timing(self.schedule)


@dataclass(frozen=True)
class Due:
    """One fire of a schedule.

    Attributes:
        plan: The schedule.
        fire: When.
    """

    plan: Planned
    fire: Fire

    @cached_property
    def local(self) -> dt.datetime:
        """When it fires, in its schedule's zone."""
        return self.fire.at.astimezone(self.plan.timing.frame.zone)

    @cached_property
    def period(self) -> Period:
        """What it covers."""
        return self.plan.timing.period_of_fire(self.fire)

    @property
    def clock(self) -> str:
        """Its time and zone: `06:30 CET`, `06:30 UTC-03`."""
        return f"{time_of(self.local)} {zone_of(self.local)}"

    @property
    def notes(self) -> list[str]:
        """What is special about it: that it was moved, or that something else may start the run earlier."""
        notes = ["at the latest"] if isinstance(self.plan.schedule.when, Trigger) else []
        if self.fire.moved:
            meant = self.fire.meant
            day = f"{meant:%A} {meant.day} {meant:%b}" if meant.date() != self.fire.wall.date() else ""
            time = f"{meant:%H:%M}" if meant.time() != self.fire.wall.time() else ""
            notes.append(f"moved from {' '.join(filter(None, (day, time)))}")
        return notes


def time_of(moment: dt.datetime) -> str:
    """Return its wall time: `06:30`, or `06:33:20` where jitter made seconds of it."""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def zone_of(moment: dt.datetime) -> str:
    """Return its zone's abbreviation then, `CET`; the offset where it has none, `UTC-03`."""
    zone = f"{moment:%Z}"
    return zone if zone[:1].isalpha() else f"UTC{zone}"


def planned(reports: Iterable[Report]) -> list[Planned]:
    """Return the schedules of the reports that are switched on."""
    return [
        Planned(report, schedule) for report in reports if report.spec.enabled for schedule in report.spec.schedules
    ]


def due_in(plans: Iterable[Planned], days: Days) -> list[Due]:
    """Return every fire of these days, by local date and then by instant."""
    found = []
    for plan in plans:
        if plan.timing.recurrence is not None:
            first, last = days.within(plan.timing)
            found += [Due(plan, fire) for fire in plan.timing.recurrence.between(first, last)]
    return sorted(found, key=lambda due: (due.local.date(), due.fire.at, due.plan.label))


def by_day(dues: Iterable[Due]) -> dict[dt.date, list[list[Due]]]:
    """Return the fires of each local date, those of one schedule together, in the order of their first."""
    found: dict[dt.date, dict[str, list[Due]]] = {}
    for due in dues:
        found.setdefault(due.local.date(), {}).setdefault(due.plan.dag_id, []).append(due)
    return {day: list(groups.values()) for day, groups in found.items()}


def closed_days(plans: Sequence[Planned], days: Iterable[dt.date]) -> set[dt.date]:
    """Return the days that are closed to every schedule that heeds a calendar; none where there is no such schedule."""
    calendars = {
        recurrence.calendar.name: recurrence.calendar
        for plan in plans
        if (recurrence := plan.timing.recurrence) is not None and recurrence.on_closed is not None
    }.values()
    return {day for day in days if calendars and not any(calendar.is_open(day) for calendar in calendars)}
