"""Run only on a day on which a calendar is open, or closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.conditions.base import Condition, Evidence, Verdict
from scheduled_reports.errors import ReportError
from scheduled_reports.judgement.limits import Span
from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY, Calendar
from scheduled_reports.schedule.calendars.errors import CalendarError, PlacedError
from scheduled_reports.schedule.calendars.expression import CalendarExpression, in_words
from scheduled_reports.schedule.calendars.load import Calendars
from scheduled_reports.schedule.clock import days_between
from scheduled_reports.schedule.period import Period
from scheduled_reports.spec.marks import Finding

if TYPE_CHECKING:
    from scheduled_reports.schedule.timing import Timing
    from scheduled_reports.spec.load import Report

_FIRES = 10_000
"""How many fires are looked at for one on which it holds: every day of all years that calendars know."""

WORDS = {
    "due": "the day it is due",
    "today": "today",
    "first_of_period": "the first day of the period",
    "last_of_period": "the last day of the period",
}
"""Each day that may be asked for, in words."""


class CalendarCondition(Condition):
    """A calendar is open, or closed, on a day of the run."""

    type: Literal["calendar"]
    calendar: CalendarExpression = Field(
        description="Calendar in `include/calendars/`, or several, all of which must be open; combined by `all_of`, "
        "`any_of`, `except`, as a schedule's."
    )
    day: Literal["due", "today", "first_of_period", "last_of_period"] = Field(
        "due",
        description="Which day it is about, in the schedule's time zone: the one on which the run is `due`, unless "
        "given (of a run that somebody starts, that is today); `today`, on which it is asked, also hours later; the "
        "`first_of_period` or the `last_of_period` that the report is about.",
    )
    is_: Literal["open", "closed"] = Field(
        "open", alias="is", description="What the calendar must be on that day: `open`, unless given, or `closed`."
    )

    @property
    def needs_data(self) -> bool:
        """It looks at the calendar only."""
        return False

    def demand(self) -> tuple[str, Span]:
        """Return whether the calendar is to be open that day: as 1 or 0, of which it cannot be both."""
        is_open = Decimal(self.is_ == "open")
        return f"calendar {self.calendar!r}, {self.day}", Span(is_open, is_open)

    def judge(self, evidence: Evidence) -> Verdict:
        """Look the day up.

        Raises:
            ReportError: The calendar cannot be read, or does not know that day.
        """
        run = evidence.run
        days = {
            "due": (run.due or evidence.now).astimezone(run.period.start.tzinfo).date(),
            "today": evidence.now.astimezone(run.period.start.tzinfo).date(),
            "first_of_period": run.period.start.date(),
            "last_of_period": run.period.last_day,
        }
        day, name = days[self.day], in_words(self.calendar)
        calendar = self._calendar(run.include)
        self._require_known(calendar, day)
        found = "open" if calendar.is_open(day) else "closed"
        reason = f"the calendar {name} is {found} on {day:%A}, {day.day} {day:%B %Y}, {WORDS[self.day]}"
        return Verdict(found == self.is_, reason)

    def findings(self, report: Report) -> Iterator[Finding]:
        """Yield that there is no such calendar, or that it is never so on a day on which a schedule runs."""
        try:
            calendar = Calendars(report.include).resolve(self.calendar).calendar
        except PlacedError as error:
            yield ("calendar", *error.loc), error.message, error.hint
        except CalendarError as error:
            for found in error.problems:
                yield ("calendar",), f"{found.path.name}:{found.line}:{found.column}: {found.message}", found.hint
        else:
            yield from self._never(calendar, report)

    def files(self, include: Path) -> tuple[Path, ...]:
        """Return the calendar's files."""
        return Calendars(include).resolve(self.calendar).files

    def _never(self, calendar: Calendar, report: Report) -> Iterator[Finding]:
        wanted = partial(self._wanted, calendar)
        name, span = in_words(self.calendar), f"between {FIRST_DAY} and {LAST_DAY}"
        if not any(map(wanted, days_between(FIRST_DAY, LAST_DAY))):
            what = f"it can never be true: {name} is {self.is_} on no day {span}"
            yield ("is",), what, "correct the calendar, or leave the condition out"
            return
        timings = [report.timing(schedule) for schedule in report.spec.schedules]
        if not any(timing.recurrence is None or self._some(calendar, timing) for timing in timings):
            what = f"it can never be true: {name} is {self.is_} on no {WORDS[self.day].removeprefix('the ')} {span}"
            yield (), what, "run on other days, or leave the condition out"

    def _some(self, calendar: Calendar, timing: Timing) -> bool:
        """Return whether it holds for a fire of a schedule; also where there are too many fires to look at all."""
        if timing.recurrence is None:
            return True
        start = dt.datetime.combine(FIRST_DAY, dt.time(0), timing.frame.zone)
        for number, fire in enumerate(timing.recurrence.between(start)):
            due = fire.at.astimezone(timing.frame.zone).date()
            day = due if self.day in {"due", "today"} else self._of_period(timing.period_of_fire(fire))
            if number == _FIRES or self._wanted(calendar, day):
                return True
        return False

    def _of_period(self, period: Period) -> dt.date:
        return period.start.date() if self.day == "first_of_period" else period.last_day

    def _wanted(self, calendar: Calendar, day: dt.date) -> bool:
        return calendar.is_open(day) == (self.is_ == "open")

    def _calendar(self, include: Path) -> Calendar:
        try:
            return Calendars(include).resolve(self.calendar).calendar
        except (PlacedError, CalendarError) as error:
            what = f"the calendar {in_words(self.calendar)} cannot be used"
            raise ReportError(what, why=str(error), fix="mend it in include/calendars/") from error

    def _require_known(self, calendar: Calendar, day: dt.date) -> None:
        last = calendar.known_until or LAST_DAY
        if not FIRST_DAY <= day <= last:
            raise ReportError(
                f"the calendar {in_words(self.calendar)} cannot say whether {day} is {self.is_}",
                why=f"it knows the days from {FIRST_DAY} to {last}",
                fix="extend it in include/calendars/",
            )
