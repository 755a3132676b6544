"""What every trigger other than time offers."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from scheduled_reports.model import Model
from scheduled_reports.schedule.frequencies import Frequency

if TYPE_CHECKING:
    from airflow.timetables.base import Timetable


class Trigger(Model):
    """What starts a run where that is not, or not only, the time."""

    @property
    def latest(self) -> Frequency | None:
        """When a run happens at the latest; None where it may never."""
        return None

    @abstractmethod
    def airflow_schedule(self, timetable: Timetable | None, of: str) -> Any:
        """Return what Airflow's DAG takes as `schedule`.

        Args:
            timetable: Of `latest`; None where there is none.
            of: The report and the schedule that it belongs to, `sales:daily`.
        """

    @abstractmethod
    def words(self) -> str:
        """Return it in plain words."""
