"""The timetable of every report's DAG. Its class path is stored in Airflow's database: it never moves."""

from __future__ import annotations

from typing import Any

from airflow.sdk import timezone
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from airflow.timetables.trigger import CronTriggerTimetable

from scheduled_reports.schedule.schedule import LATE


class ReportTimetable(CronTriggerTimetable):
    """A cron line in a time zone, where a fire missed by more than an hour is passed over.

    Airflow's own cron timetable runs the most recent missed fire, however old, as soon as a DAG is new or unpaused.

    Args:
        cron: Five fields.
        timezone: IANA name; wall time stays across DST.
    """

    def __init__(self, cron: str, timezone: str) -> None:
        super().__init__(cron, timezone=timezone)

    @property
    def summary(self) -> str:
        """What Airflow shows as the schedule."""
        return f"{self._expression} ({self._timezone.name})"

    def serialize(self) -> dict[str, Any]:
        """Return what `deserialize` takes."""
        return {"cron": self._expression, "timezone": self._timezone.name}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """Return the timetable that was serialized."""
        return cls(data["cron"], data["timezone"])

    def infer_manual_data_interval(self, *, run_after: Any) -> DataInterval:
        """Return an empty interval: the period is the report's affair, computed from when the run was due."""
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the next fire; with catch-up every fire since the last, without it none older than an hour."""
        last = last_automated_data_interval
        candidates = [self._get_next(last.end)] if last else []
        if restriction.earliest is not None:
            candidates.append(self._align_to_next(restriction.earliest))
        if not restriction.catchup or not candidates:
            candidates.append(self._align_to_next(timezone.coerce_datetime(timezone.utcnow() - LATE)))
        fire = max(candidates)
        if restriction.latest is not None and fire > restriction.latest:
            return None
        return DagRunInfo.exact(fire)
