"""One entry of a report's `schedules`."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from scheduled_reports.model import Model, Name, TimeZone
from scheduled_reports.schedule.calendar import Calendar, OnClosed
from scheduled_reports.schedule.calendars.expression import CalendarExpression
from scheduled_reports.schedule.clock import Duration, in_words
from scheduled_reports.schedule.covers import AnyCovers, covers
from scheduled_reports.schedule.fiscal import AnyFiscalYear
from scheduled_reports.schedule.frequencies import AnyFrequency, Frequency
from scheduled_reports.schedule.frequencies.cron import CRON_SCHEMA
from scheduled_reports.schedule.moments import Day
from scheduled_reports.schedule.names import Weekday
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.shifts import Blackout, BusinessHours
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.triggers import AnyTrigger, Trigger
from scheduled_reports.schedule.units import Units


class _CronForShort:
    """Lets a spec write a cron line, or several, where `when` is meant, and says so in the JSON Schema."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_frequency, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [*CRON_SCHEMA["anyOf"], handler(schema)]}


def _as_frequency(given: Any) -> Any:
    if isinstance(given, dict | Model):
        return given
    example = 'write it as {type: daily, at: "06:30"}'
    if given is None or given == []:
        raise ValueError(f"it is empty; {example}, and indent what belongs to it")
    if isinstance(given, list) and any(isinstance(entry, dict) for entry in given):
        raise ValueError("it is a list of frequencies; write one, without the dash; a second one is a second schedule")
    if isinstance(given, str) and " " not in given.strip():
        raise ValueError(f"{given!r} alone does not say when; {example}, or a cron line of five fields")
    return {"type": "cron", "cron": given}


if TYPE_CHECKING:
    When = Frequency | Trigger
else:
    When = Annotated[AnyFrequency | AnyTrigger, Field(discriminator="type"), _CronForShort()]


class Schedule(Model):
    """When a report runs, and which period it then covers."""

    id: Name = Field(description="Its name; the DAG is called `<report>__<id>`.")
    when: When = Field(
        description="When it runs: a frequency, what it waits for, or a cron line for short, `30 6 * * *`."
    )
    timezone: TimeZone = Field(
        "UTC", description="IANA time zone of all its times and of the period; wall time stays across clock changes."
    )
    covers: AnyCovers = Field(
        covers("previous_day"), validate_default=True,
        description="The period that a run reports on: `previous_week`, `month_to_date`, `since_last_fire`, "
        "`last 36 hours`, or `from` and `to` offsets.",
    )  # fmt: skip
    week_starts: Weekday = Field(0, description="The weekday on which weeks begin; `monday` unless given.")
    fiscal: AnyFiscalYear | None = Field(None, description="The fiscal year; the calendar's unless given.")
    calendar: CalendarExpression | None = Field(
        None,
        description="Calendar in `include/calendars/`, or several, all of which must be open; combined by "
        "`all_of`, `any_of`, `except`. Monday to Friday unless given.",
    )
    on_closed: OnClosed | None = Field(
        None,
        description="What a fire on a closed day does: not happen (`skip`, which holds where a calendar is given), or "
        "move to the `previous` or `next` open day.",
    )
    business_hours: BusinessHours | None = Field(None, description="Fires outside these hours move into them.")
    blackouts: tuple[Blackout, ...] = Field((), description="Spans in which it does not run.")
    starts: Day | None = Field(None, description="The first day on which it may fire.")
    ends: Day | None = Field(None, description="The last day on which it may fire.")
    jitter: Duration | None = Field(
        None, description="Puts every fire off by the same part of this length, another for each schedule: `10m`."
    )
    late: Literal["skip", "run"] = Field(
        "skip", description="What becomes of a fire that was missed by more than `grace`, by an outage or a paused DAG."
    )
    grace: Duration = Field(
        dt.timedelta(hours=1), ge=dt.timedelta(minutes=5), description="How late a fire may still happen: `1h`."
    )
    catch_up: bool = Field(False, description="Runs every fire that was missed since `starts`, one after the other.")
    priority: int | None = Field(None, ge=1, le=100, description="Of its tasks in their pool; the highest runs first.")
    pool: str | None = Field(None, min_length=1, max_length=256, description="Airflow pool of its tasks.")
    max_runs: int = Field(1, ge=1, le=32, description="How many of its runs may be under way at once.")
    expected: Duration | None = Field(None, description="How long a run takes; `reports calendar` plans with it.")
    deadline: Duration | None = Field(
        None, description="The owner is told while a run is still going this long after it was due: `45m`."
    )

    @property
    def key(self) -> str:
        """The schedule's id."""
        return self.id

    @property
    def frequency(self) -> Frequency | None:
        """When it fires by the clock; None where only something else starts it."""
        return self.when if isinstance(self.when, Frequency) else self.when.latest

    @property
    def tolerance(self) -> dt.timedelta | None:
        """How late a fire may still happen; None where that does not matter."""
        return None if self.late == "run" or self.catch_up else self.grace

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"ends {self.ends} lies before starts {self.starts}; write a later day")
        if self.catch_up and self.starts is None:
            raise ValueError("catch_up needs 'starts'; write the first day whose report is wanted")
        if self.deadline and self.expected and self.deadline <= self.expected:
            raise ValueError(
                f"the deadline {in_words(self.deadline)} lies before the run's expected end "
                f"({in_words(self.expected)}); write a later one"
            )
        return self

    def timing(self, calendar: Calendar | None, fiscal: AnyFiscalYear | None, seed: str) -> Timing:
        """Return when it fires and what it covers.

        Args:
            calendar: What `calendar` names, expanded; None for the plain week.
            fiscal: The calendar's fiscal year; the schedule's own goes before.
            seed: What its share of the jitter is computed from: stable, and another for each schedule.
        """
        fiscal = self.fiscal or fiscal
        units = Units(self.week_starts, fiscal)
        return Timing(self._recurrence(calendar, fiscal, seed), self.covers, self.timezone, units)

    def _recurrence(self, calendar: Calendar | None, fiscal: AnyFiscalYear | None, seed: str) -> Recurrence | None:
        if self.frequency is None:
            return None
        return Recurrence.model_construct(  # of parts that are validated
            when=self.frequency,
            timezone=self.timezone,
            calendar=calendar or Calendar(),
            on_closed=self.on_closed or ("skip" if calendar else None),
            business_hours=self.business_hours,
            blackouts=self.blackouts,
            week_starts=self.week_starts,
            fiscal=fiscal,
            jitter=(_share(self.jitter, seed) if self.jitter else None) or None,
            starts=self.starts,
            ends=self.ends,
        )


def _share(window: dt.timedelta, seed: str) -> dt.timedelta:
    """Return a length below `window`, in whole seconds, that depends on `seed` alone."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    return dt.timedelta(seconds=number % int(window.total_seconds()))
