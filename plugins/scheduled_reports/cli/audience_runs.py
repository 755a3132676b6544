"""The latest run whose tables say who the recipients of a report were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from scheduled_reports import settings
from scheduled_reports.archived_runs import ScheduleArchive
from scheduled_reports.connections import stored_connection
from scheduled_reports.errors import ArchiveError
from scheduled_reports.run import Run

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def latest_with(report: Report, tables: Collection[str], now: dt.datetime) -> Run | None:
    """Return the run of the newest period that has made all of these tables and has ended; None where there is none.

    Nothing is written: the run is there to be looked at.
    """
    found: list[tuple[dt.datetime, Run]] = []
    parameters = {name: entry.value(entry.default) for name, entry in report.spec.parameters.items()}
    for schedule in report.spec.schedules:
        try:
            for runs in ScheduleArchive(settings.archive(), report.id, schedule.id).until(now):
                ended = [run for run in runs if run.state != "running" and set(tables) <= run.tables.keys()]
                if ended:
                    period = report.timing(schedule).period_between(ended[0].start, ended[0].end)
                    newest, place = ended[0].began, ended[0].folder
                    run = Run(report, schedule, period, ended[0].id, place, stored_connection, parameters)
                    found.append((newest, run))
                    break
        except ArchiveError:  # who cannot read the archive sees which table and columns it will be
            continue
    return max(found, key=lambda entry: entry[0])[1] if found else None
