"""Who else is told where a failure is not mended."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from scheduled_reports.audience.entries import Entries
from scheduled_reports.model import Model
from scheduled_reports.schedule.clock import Duration


class Escalation(Model):
    """Who is told where a report that failed has not been mended after a while."""

    to: Entries = Field(
        min_length=1, description="Who is told: addresses, or people and groups in `include/recipients/`."
    )
    after: Duration = Field(
        dt.timedelta(minutes=30),
        description="How long after the failure: `30m`, unless given. The run is not over before, so keep it shorter "
        "than the time to the schedule's next run.",
    )
