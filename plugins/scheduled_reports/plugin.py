"""What Airflow is told of us."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from scheduled_reports.schedule.timetable import ReportTimetable


class ScheduledReportsPlugin(AirflowPlugin):
    """Registers the timetable of our DAGs, without which Airflow refuses to load them."""

    name = "scheduled_reports"
    timetables: list[Any] = [ReportTimetable]  # noqa: RUF012 - Airflow declares it so
