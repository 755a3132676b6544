"""No trigger at all: somebody presses the button, or a program calls Airflow's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from scheduled_reports.schedule.triggers.base import Trigger

if TYPE_CHECKING:
    from airflow.timetables.base import Timetable


class Manual(Trigger):
    """Runs only when somebody triggers it in Airflow, or a program does by `POST /api/v2/dags/<id>/dagRuns`."""

    type: Literal["manual"]

    def airflow_schedule(self, timetable: Timetable | None, of: str) -> Any:
        """Return None: Airflow never starts it by itself."""
        return timetable

    def words(self) -> str:
        """Return it in plain words."""
        return "when somebody triggers it"
