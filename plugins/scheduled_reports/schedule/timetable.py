"""The timetable of every report's DAG. Its class path is stored in Airflow's database: it never moves."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from airflow.sdk import timezone
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

from scheduled_reports.schedule.clock import in_words
from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.recurrence import Recurrence

log = logging.getLogger(__name__)

_FIRST = dt.timedelta(hours=1)
"""How late a DAG's first fire may be where lateness does not matter: before it, nothing says since when the DAG waits.

It is not nothing, as Airflow asks again every half minute, and so between a fire and the making of its run, too.
"""


class ReportTimetable(Timetable):
    """Fires when a recurrence does, and passes over what was missed by more than a grace.

    Airflow's own cron timetable runs the most recent missed fire, however old, as soon as a DAG is new or unpaused.

    Args:
        recurrence: When it fires.
        grace: How late a fire may still happen. None: an outage's last missed fire happens however late it is, but
            a DAG that never ran waits for its next, or takes one that is at most an hour old.
    """

    def __init__(self, recurrence: Recurrence, grace: dt.timedelta | None) -> None:
        self.recurrence = recurrence
        self.grace = grace
        late = "missed runs happen however late" if grace is None else f"at most {in_words(grace)} late"
        self.description = f"{recurrence.words()}; {late}"

    @property
    def summary(self) -> str:
        """What Airflow shows as the schedule."""
        return self.recurrence.words()

    def serialize(self) -> dict[str, Any]:
        """Return what `deserialize` takes."""
        recurrence = self.recurrence.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"recurrence": recurrence, "grace": self.grace.total_seconds() if self.grace is not None else None}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """Return the timetable that was serialized; where another version did that, maybe one that never fires.

        That lasts until Airflow parses the DAG again; an error here would take the DAG from whoever reads it.
        """
        try:
            grace = dt.timedelta(seconds=data["grace"]) if data["grace"] is not None else None
            return cls(Recurrence.model_validate(data["recurrence"]), grace)
        except Exception as error:  # whatever the other version wrote
            from airflow.timetables.simple import NullTimetable

            log.warning("Cannot read a stored timetable; nothing fires until its DAG is parsed again: %s", error)
            return NullTimetable()

    def infer_manual_data_interval(self, *, run_after: Any) -> DataInterval:
        """Return an empty interval: the period is the report's affair, computed from when the run was due."""
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the next fire; with catch-up every fire since the last, without it none that is too late."""
        last = last_automated_data_interval.end if last_automated_data_interval else None
        fire = self._next(last, restriction)
        if fire is None or (restriction.latest is not None and fire.at > restriction.latest):
            return None
        return DagRunInfo.exact(timezone.coerce_datetime(fire.at))

    def _next(self, last: dt.datetime | None, restriction: TimeRestriction) -> Fire | None:
        first: dt.datetime | None = restriction.earliest
        if last is not None:
            after = last + dt.timedelta(microseconds=1)
            first = max(first, after) if first is not None else after
        if not restriction.catchup or first is None:
            now = timezone.utcnow()
            if self.grace is None and last is not None and (missed := self._missed(last, now)):
                return missed
            in_time = now - (_FIRST if self.grace is None else self.grace)
            first = max(first, in_time) if first is not None else in_time
        return next(self.recurrence.between(first), None)

    def _missed(self, last: dt.datetime, now: dt.datetime) -> Fire | None:
        """Return the newest fire since `last` that is due; None where there is none."""
        fires = self.recurrence.until(now)
        return fires[0] if fires and fires[0].at > last else None
