"""Put together when each schedule of a spec fires: its calendars found, what can never be refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY
from scheduled_reports.schedule.calendars.errors import CalendarError, PlacedError
from scheduled_reports.schedule.calendars.load import Calendars
from scheduled_reports.schedule.covers import SINCE_LAST_FIRE, Between
from scheduled_reports.schedule.frequencies import Frequency
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.triggers.manual import Manual
from scheduled_reports.spec.marks import Finding, Loc
from scheduled_reports.spec.problems import Problem

_FIRES = 60
"""How many fires are looked at where each may cover something else."""


@dataclass
class Timings:
    """When the schedules of one spec fire.

    Attributes:
        by_id: The timing of each schedule; of one with a problem, as far as it can be known.
        findings: What is wrong: (place in the spec, message, hint).
        problems: What is wrong in calendar files.
        files: The calendar files that they depend on.
    """

    by_id: dict[str, Timing] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)


def timings_of(report_id: str, schedules: Sequence[Schedule], include: Path) -> Timings:
    """Return when each schedule of a report fires, and what is wrong with that."""
    found = Timings()
    calendars = Calendars(include)
    for index, schedule in enumerate(schedules):
        loc: Loc = ("schedules", index)
        timing = _timing(report_id, schedule, calendars, loc, found)
        found.by_id[schedule.id] = timing
        if not found.problems and not found.findings:
            found.findings += [((*loc, key), message, hint) for key, message, hint in _faults(schedule, timing)]
    return found


def salvaged(report_id: str, schedule: Schedule, include: Path) -> Timing | None:
    """Return when a schedule of a broken spec fires, as far as it can be known; None where Airflow could not ask it."""
    try:
        timing = timings_of(report_id, [schedule], include).by_id[schedule.id]
        if timing.recurrence is not None:
            timing.recurrence.after(dt.datetime.combine(FIRST_DAY, dt.time(0), timing.frame.zone))
    except Exception:  # whatever is wrong with it, the other schedules count
        return None
    return timing


def _timing(report_id: str, schedule: Schedule, calendars: Calendars, loc: Loc, found: Timings) -> Timing:
    seed = f"{report_id}__{schedule.id}"
    if schedule.calendar is None:
        return schedule.timing(None, None, seed)
    try:
        resolved = calendars.resolve(schedule.calendar)
    except PlacedError as error:
        found.findings.append(((*loc, "calendar", *error.loc), error.message, error.hint))
    except CalendarError as error:
        found.problems += error.problems
    else:
        found.files |= set(resolved.files)
        return schedule.timing(resolved.calendar, resolved.fiscal, seed)
    return schedule.timing(None, None, seed)


def _faults(schedule: Schedule, timing: Timing) -> Iterator[tuple[str, str, str]]:
    """Yield (field, message, hint) for what can be seen only once the calendar is known."""
    if timing.units.fiscal is None and any(unit.startswith("fiscal_") for unit in timing.covers.units):
        yield "covers", f"{timing.covers.text!r} needs a fiscal year", "give the schedule or its calendar 'fiscal'"
        return
    if timing.recurrence is None:
        if timing.covers.text == SINCE_LAST_FIRE and not isinstance(schedule.when, Manual):
            hint = "name a span of time: previous_day, last 24 hours"
            yield "covers", "'since_last_fire' needs fires by the clock, and there are none", hint
        for name in _without_effect(schedule, timing):
            hint = "give `when` a 'deadline', or leave it out"
            yield name, "there is no time that it could apply to", hint
        return
    if not isinstance(schedule.when, Frequency) and timing.covers.text == SINCE_LAST_FIRE:
        hint = "name a span that is over by then: previous_day, last 24 hours"
        yield "covers", "'since_last_fire' ends at the deadline, and the run may begin before it", hint
    yield from _first_fires(schedule, timing, timing.recurrence)


def _without_effect(schedule: Schedule, timing: Timing) -> Iterator[str]:
    """Yield the fields that would do nothing, as the schedule has no fires by the clock."""
    given = schedule.model_fields_set - {"calendar"} if timing.units.fiscal else schedule.model_fields_set
    by_the_clock = ["calendar", "on_closed", "business_hours", "jitter", "late", "grace", "catch_up"]
    if isinstance(schedule.when, Manual):
        by_the_clock += ["blackouts", "starts", "ends"]  # which hold for the runs that an update starts
    yield from (name for name in by_the_clock if name in given)


def _first_fires(schedule: Schedule, timing: Timing, recurrence: Recurrence) -> Iterator[tuple[str, str, str]]:
    start = dt.datetime.combine(max(schedule.starts or FIRST_DAY, FIRST_DAY), dt.time(0), timing.frame.zone)
    try:
        fires = list(islice(recurrence.between(start), _FIRES if isinstance(timing.covers, Between) else 1))
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        yield "when", message, hint
        return
    if not fires:
        why = _why(recurrence, start)
        yield ("when", f"never fires between {start.date()} and {schedule.ends or LAST_DAY}: {why}",
               "give it other days or times, or let the blackout be waited for: `then: after`")  # fmt: skip
        return
    try:
        early = next(((fire, period) for fire in fires if (period := timing.period_of_fire(fire)).end > fire.at), None)
    except ReportError as error:
        yield "covers", f"{error.what}: {error.why}", error.fix
        return
    if early is not None:
        due, label = f"{early[0].wall:%Y-%m-%d %H:%M}", early[1].label
        yield ("covers", f"a run due {due} would cover {label}, which is not over by then",
               "let it end at the run's time at the latest")  # fmt: skip


def _why(recurrence: Recurrence, start: dt.datetime) -> str:
    bare = recurrence.bare()
    if next(bare.between(start), None) is None:
        return "no such day comes"
    return "its days are closed, or a blackout is on, at every such time"
