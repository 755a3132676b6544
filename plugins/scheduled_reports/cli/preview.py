"""`reports preview`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.cli.check import spec_paths
from scheduled_reports.cli.judged import FORGOTTEN, say_what_is_blank, say_what_was_found
from scheduled_reports.cli.progress import told_on
from scheduled_reports.connections import stored_connection
from scheduled_reports.document.document import Notice
from scheduled_reports.errors import ReportError
from scheduled_reports.facts.stored import StoredFacts
from scheduled_reports.run import Run
from scheduled_reports.schedule.asked import asked_period
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.load import BrokenReport, Report, load
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.check import check
from scheduled_reports.steps.checks import require_good_data
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.render import all_artifacts, render
from scheduled_reports.tables import Tables

Asked = tuple[str | None, str | None, str | None]
"""The period asked for: a day in it, or its first moment and the first after it."""


def make_preview(run: Run, console: Console, notices: Sequence[Notice] = ()) -> list[Path]:
    """Run extract, check and render, say what they do, and return the files made.

    Args:
        run: The run.
        console: Where it is said.
        notices: What stands on top of the files, above what the run itself has to say.

    Raises:
        ReportError: A step failed.
    """
    console.print(f"{run.report.spec.title} · {run.period.label}", style="bold")
    run.folder.note(**FORGOTTEN)
    try:
        with told_on(console):
            extracted = extract(run)
        for table, rows in extracted.items():
            console.print(f"  {table}: {rows:,} row{'s' if rows != 1 else ''}")
    except RunSkipped as skipped:
        console.print(f"  The DAG would skip this run: {skipped}", style="yellow")
        return []
    _judge(run, console)
    announce(run, notices)
    try:
        render(run, dt.datetime.now(dt.UTC))
    except RunSkipped as skipped:
        console.print(f"  The DAG would skip this run: {skipped}", style="yellow")
    say_what_is_blank(run, console)
    return list(_files(run, console))


def announce(run: Run, notices: Sequence[Notice]) -> None:
    """Let notices stand on top of the files that the run is about to make, in every edition."""
    if notices:
        run.folder.note(notices=[*map(asdict, notices), *run.folder.manifest().get("notices", ())])


def _judge(run: Run, console: Console) -> None:
    """Say what the conditions, the blank gate and the checks find; the files are made whatever that is."""
    outcome = ""
    try:
        check(run)
    except RunSkipped as skipped:
        outcome = f"The DAG would skip this run: {skipped}"
    except ReportError as error:
        outcome = f"The DAG's task `check` would fail, as it does here: {error}"
    if outcome and not run.folder.manifest().get("checks"):
        _judge_checks(run)
    say_what_was_found(run, console)
    if outcome:
        console.print(f"  {outcome}", style="yellow")


def _judge_checks(run: Run) -> None:
    """Judge the checks of a run that ends before them: whoever wrote them wants to see what they find."""
    with suppress(ReportError), run.folder.fetch("data") as folder:
        require_good_data(run, Tables(folder), None)


def _files(run: Run, console: Console) -> Iterator[Path]:
    """Yield the files made, and say how large they are."""
    for artifact in all_artifacts(run):
        path = Path(run.folder.root.path) / artifact.path
        console.print(f"  {artifact.size:>12,} bytes  {_short(path)}")
        yield path


def preview_run(folder: Path, name: str, asked: Asked, schedule_id: str | None, params: list[str], out: Path) -> Run:
    """Return a run that delivers nothing and keeps its data and files below `out`.

    Raises:
        ReportError: The spec is broken, or an option does not fit it.
    """
    report = _report(folder, name)
    schedule = _schedule(report, schedule_id)
    timing = report.timing(schedule)
    period = asked_period(timing, *asked) or timing.period(dt.datetime.now(dt.UTC))
    run_folder = RunFolder.of(out.absolute().as_uri(), report.id, schedule.id, period.slug, "preview")
    values = _parameters(report, params)
    return Run(report, schedule, period, "preview", run_folder, stored_connection, values, airflow=StoredFacts())


def _report(folder: Path, name: str) -> Report:
    paths = spec_paths(Path(name), folder)
    if len(paths) != 1:
        raise ReportError(f"{name} is a folder of {len(paths)} specs", fix="name one of them")
    path = paths[0]
    report = load(path, settings.include_folder(path.parent))
    if isinstance(report, BrokenReport):
        raise ReportError(f"{path} is broken", why="\n".join(str(problem) for problem in report.problems))
    return report


def _schedule(report: Report, schedule_id: str | None) -> Schedule:
    schedules = {schedule.id: schedule for schedule in report.spec.schedules}
    if schedule_id is not None and schedule_id not in schedules:
        raise ReportError(f"{report.id} has no schedule {schedule_id!r}", why=did_you_mean(schedule_id, schedules))
    return schedules[schedule_id] if schedule_id else report.spec.schedules[0]


def _parameters(report: Report, given: list[str]) -> dict[str, Any]:
    """Return every parameter's value: the given text as the parameter's type, else its default."""
    texts = dict(entry.partition("=")[::2] for entry in given)
    known = report.spec.parameters
    for entry in given:
        if "=" not in entry:
            raise ReportError(f"--param {entry} has no value", fix=f"write --param {entry}=VALUE")
    for name in texts:
        if name not in known:
            raise ReportError(f"{report.id} has no parameter {name!r}", why=did_you_mean(name, known))
    values = {}
    for name, parameter in known.items():
        try:
            values[name] = parameter.parse(texts[name]) if name in texts else parameter.value(parameter.default)
        except ValueError as error:
            raise ReportError(f"--param {name}={texts.get(name)}", why=str(error)) from error
    return values


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
