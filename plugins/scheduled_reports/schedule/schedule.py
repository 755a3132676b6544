"""One entry of a report's `schedules`."""

from __future__ import annotations

import datetime as dt
import re

from croniter import croniter
from pydantic import Field, field_validator

from scheduled_reports.model import Model, Name, TimeZone
from scheduled_reports.schedule.period import Covers, Period, covered, covering

LATE = dt.timedelta(hours=1)
"""A fire missed by more than this does not happen: unpausing a DAG or an outage mails nobody yesterday's report."""


class Schedule(Model):
    """When a report runs, and which period it then covers."""

    id: Name = Field(description="Its name; the DAG is called `<report>__<id>`.")
    cron: str = Field(
        description="When: minute, hour, day of month, month, day of week. `30 6 * * *` is 06:30 each day."
    )
    timezone: TimeZone = Field(
        "UTC", description="IANA time zone of `cron` and of the period; wall time stays across DST."
    )
    covers: Covers = Field(
        "previous_day",
        description="The period that a run reports on: the last whole day, week (from Monday) or month.",
    )

    @property
    def key(self) -> str:
        """The schedule's id."""
        return self.id

    @field_validator("cron")
    @classmethod
    def _cron_is_valid(cls, text: str) -> str:
        random = re.search(r"(^|[\s,])[RH](\b|\()", text)  # croniter's own: it would fire at another time on each look
        if len(text.split()) != 5 or random or not croniter.is_valid(text):
            raise ValueError(f"{text!r} is not a cron line; write five fields, for example '30 6 * * 1-5'")
        return text

    def period(self, moment: dt.datetime) -> Period:
        """Return the period that a run due at `moment` (aware) covers."""
        return covered(self.covers, moment, self.timezone)

    def period_of(self, day: dt.date) -> Period:
        """Return the period that contains `day`."""
        return covering(self.covers, day, self.timezone)
