"""Which reports are looked at, and how."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scheduled_reports.archive import RunFolder
from scheduled_reports.connections import Connect
from scheduled_reports.facts.base import AirflowFacts
from scheduled_reports.live.base import Sight
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report

CANNOT_TELL = Sight("its kind cannot be asked", sure=False)

HERE = "this worker"
"""The place of what no connection leads to; the ids of connections hold no space."""


@dataclass(frozen=True)
class Scope:
    """Which reports are looked at, and how.

    Attributes:
        reports: The reports.
        connect: Gives Airflow's connections.
        airflow: Gives Airflow's Variables.
        pools: The slots of Airflow's pools; None where they cannot be read.
        now: What time it is, aware: queries are asked for the latest period.
        thorough: Whether destinations may be written to, and all that one can be asked is asked; else only whether
            they let us in, as that is done every hour.
    """

    reports: tuple[Report, ...]
    connect: Connect
    airflow: AirflowFacts
    pools: Mapping[str, int] | None
    now: dt.datetime
    thorough: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The reports' ids."""
        return tuple(report.id for report in self.reports)

    def run_of(self, report: Report) -> Run:
        """Return a run of the latest period of a report's first schedule; it keeps nothing."""
        schedule = report.spec.schedules[0]
        period = report.timing(schedule).period(self.now)
        nowhere = (Path(tempfile.gettempdir()) / "scheduled-reports-probe").as_uri()
        folder = RunFolder.of(nowhere, report.id, schedule.id, period.slug, "probe")
        parameters = {name: entry.value(entry.default) for name, entry in report.spec.parameters.items()}
        return Run(report, schedule, period, "probe", folder, self.connect, parameters, airflow=self.airflow)
