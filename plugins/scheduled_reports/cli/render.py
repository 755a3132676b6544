"""`reports render`: make the files of a run again, from the data that the archive keeps."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from scheduled_reports.archive import RunFolder
from scheduled_reports.cli.archived import report_named, run_of_record
from scheduled_reports.cli.runs import no_such_run, opened_ledger
from scheduled_reports.errors import ReportError
from scheduled_reports.formats import Artifact
from scheduled_reports.ledger.runs import RunRecord, runs_of
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.provenance import told
from scheduled_reports.steps.render import all_artifacts, render


def render_again(
    folder: Path, name: str, run_id: str | None, schedule: str | None, out: Path, console: Console
) -> list[Path]:
    """Make the files of a run again below `out`, say of each whether it is what was made then, and return them.

    The archive and the ledger stay as they are.

    Args:
        folder: The folder with the specs.
        name: The report.
        run_id: Airflow's id of the run; the latest that kept its data unless given.
        schedule: Only runs of this schedule.
        out: Where the files go.
        console: Where it is said.

    Raises:
        ReportError: There is no such run, its data is gone, or the spec does not fit it any more.
    """
    report = report_named(folder, name)
    record, then, kept = archived(folder, name, run_id, schedule)
    run = run_again(report, record, kept, out)
    provenance = told(kept.get("provenance", {}), run.period.start.tzinfo)
    console.print(f"{report.spec.title} · {run.period.label} · {record.run_id}", style="bold")
    if kept["report"]["spec_digest"] != report.digest:
        commit = f" (git commit {provenance.commit})" if provenance.commit else ""
        console.print(f"  The spec was another then{commit}; the files are made as it is now.", style="yellow")
    copy_tables(then, run.folder, kept)
    before = {artifact.path: artifact for artifact in all_artifacts(run)}
    try:
        render(run, dt.datetime.now(dt.UTC), provenance)
    except RunSkipped as skipped:
        console.print(f"  {skipped}", style="yellow")
    return list(_files(run, before, console))


def archived(
    folder: Path, name: str, run_id: str | None, schedule: str | None
) -> tuple[RunRecord, RunFolder, dict[str, Any]]:
    """Return a run of the ledger, its folder, and its manifest; the latest that has data where none is named."""
    with closing(opened_ledger()) as ledger:
        found = runs_of(ledger, name, schedule_id=schedule, run_id=run_id)
        if not found:
            raise no_such_run(folder, ledger, name, schedule, run_id)
    for record in found:
        place = RunFolder.at(record.folder)
        kept = place.manifest()
        if kept.get("tables") and place.names("data"):
            return record, place, kept
    raise ReportError(f"the archive has no data of {f'run {run_id}' if run_id else 'any run'} of {name}",
                      why=f"looked for in {found[0].folder}",
                      fix="`reports preview` makes files of its period from the sources as they are now")  # fmt: skip


def run_again(report: Report, record: RunRecord, kept: Mapping[str, Any], out: Path) -> Run:
    """Return a run whose files are made again below `out`.

    Raises:
        ReportError: The spec does not fit it any more.
    """
    run = run_of_record(report, record, kept)
    place = RunFolder.of(out.absolute().as_uri(), report.id, run.schedule.id, run.period.slug, record.run_id)
    return replace(run, folder=place)


def copy_tables(archived: RunFolder, target: RunFolder, kept: Mapping[str, Any]) -> None:
    """Copy the tables of a run, and what its manifest says."""
    names = ["data", *(f"roles/{role}" for role in archived.names("roles"))]
    for name in names:
        with archived.fetch(name) as tables:
            shutil.copytree(tables, Path(target.root.path) / name, dirs_exist_ok=True)
    target.note(**kept)


def _files(run: Run, before: Mapping[str, Artifact], console: Console) -> Iterator[Path]:
    """Yield the files made, and say of each whether it is what was made then."""
    for artifact in all_artifacts(run):
        path, then = Path(run.folder.root.path) / artifact.path, before.get(artifact.path)
        word = "new" if then is None else "the same bytes" if then.sha256 == artifact.sha256 else "made anew"
        short = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        console.print(f"  {artifact.size:>12,} bytes  {word:<14}  {short}")
        yield path
