"""Runs as the ledger and the archive have them, for commands that take them up again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.cli.runs import no_such_run
from scheduled_reports.connections import stored_connection
from scheduled_reports.errors import ReportError
from scheduled_reports.facts.stored import StoredFacts
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.runs import RunRecord, runs_of
from scheduled_reports.ledger.tables import run as runs
from scheduled_reports.run import Run
from scheduled_reports.spec.load import BrokenReport, Report, load, spec_files
from scheduled_reports.spec.problems import did_you_mean

LATEST = "latest"


def report_named(folder: Path, name: str) -> Report:
    """Return a report that is valid.

    Raises:
        ReportError: There is none of that name, or it is broken.
    """
    paths = {path.stem: path for path in spec_files(folder)}
    if name not in paths:
        raise ReportError(f"there is no report {name!r} in {folder}", why=did_you_mean(name, paths))
    report = load(paths[name], settings.include_folder(folder))
    if isinstance(report, BrokenReport):
        raise ReportError(f"{report.path} is broken", why="\n".join(str(problem) for problem in report.problems))
    return report


def record_named(folder: Path, ledger: Ledger, name: str, asked: str, schedule: str | None) -> RunRecord:
    """Return the one run that is meant.

    Args:
        folder: The folder with the specs.
        ledger: The ledger.
        name: The report.
        asked: Airflow's id of the run, or how one alone begins, or `latest`.
        schedule: Only runs of this schedule.

    Raises:
        ReportError: There is no such run, or there are several.
    """
    query = select(runs.c.schedule_id, runs.c.run_id).where(runs.c.report_id == name)
    if schedule is not None:
        query = query.where(runs.c.schedule_id == schedule)
    if asked != LATEST:
        query = query.where(runs.c.run_id.startswith(asked, autoescape=True))
    query = query.order_by((runs.c.run_id == asked).desc(), runs.c.started_at.desc())
    found = [(row.schedule_id, row.run_id) for row in ledger.read(query.limit(1 if asked == LATEST else 6))]
    same = [one for one in found if one[1] == asked] or found
    if not same:
        raise no_such_run(folder, ledger, name, schedule, None if asked == LATEST else asked)
    if len(same) > 1:
        told = "; ".join(f"schedule {schedule_id}, run {run_id}" for schedule_id, run_id in same)
        raise ReportError(f"{asked!r} is not one run of {name}", why=told,
                          fix="write more of its id, or name its --schedule")  # fmt: skip
    return runs_of(ledger, name, schedule_id=same[0][0], run_id=same[0][1], limit=1)[0]


def run_of_record(report: Report, record: RunRecord, kept: Mapping[str, Any]) -> Run:
    """Return a run as it was, with the spec as it is now.

    Args:
        report: Its report.
        record: What the ledger knows of it.
        kept: Its manifest.

    Raises:
        ReportError: The spec does not fit it any more.
    """
    schedules = {schedule.id: schedule for schedule in report.spec.schedules}
    if record.schedule_id not in schedules:
        raise ReportError(f"{report.id} has no schedule {record.schedule_id!r} any more",
                          fix="check out the spec as it was then")  # fmt: skip
    schedule, given = schedules[record.schedule_id], kept.get("parameters", {})
    period = report.timing(schedule).period_between(record.period_start, record.period_end)
    values = {name: entry.value(given.get(name, entry.default)) for name, entry in report.spec.parameters.items()}
    folder = RunFolder.at(record.folder)
    return Run(report, schedule, period, record.run_id, folder, stored_connection, values, airflow=StoredFacts())
