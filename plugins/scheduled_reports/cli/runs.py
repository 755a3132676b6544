"""`reports runs`: the history of a report, from the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from scheduled_reports import settings
from scheduled_reports.checks.measure import short
from scheduled_reports.checks.parts import readable
from scheduled_reports.connections import stored_connection
from scheduled_reports.errors import ReportError
from scheduled_reports.judgement.limits import exact, in_words
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.ledger.entries import UNDER_WAY, RunState
from scheduled_reports.ledger.findings import Decision
from scheduled_reports.ledger.runs import RunRecord, known_reports, runs_of
from scheduled_reports.spec.load import Report, load, spec_files
from scheduled_reports.spec.problems import did_you_mean

STYLES = {
    RunState.DELIVERED: "green", RunState.ARCHIVED: "green", RunState.FAILED: "red", RunState.STOPPED: "red",
    RunState.DROPPED: "red", RunState.HELD: "yellow", RunState.WAITING: "yellow", RunState.SKIPPED: "dim",
}  # fmt: skip

KINDS = {"rows": "rows", "kpi": "key figures", "seconds": "seconds", "condition": "conditions", "alert": "alarming"}
"""What of a run's measures is shown, and what it is called."""


def show_runs(
    folder: Path, name: str, schedule: str | None, run_id: str | None, limit: int, as_json: bool, console: Console
) -> None:
    """Print the runs of a report, the newest first; of one run, all that is known of it.

    Raises:
        ReportError: There is no ledger yet, or the report or the run is not in it.
    """
    with closing(opened_ledger()) as ledger:
        found = runs_of(ledger, name, schedule_id=schedule, run_id=run_id, limit=limit)
        if not found:
            raise no_such_run(folder, ledger, name, schedule, run_id)
    if as_json:
        console.print_json(json.dumps([asdict(record) for record in found], default=_plain, ensure_ascii=False))
        return
    if not console.is_terminal:
        console.width = 1000  # in a file or a pipe each thing is one line
    spoken = _Spoken(_report(folder, name))
    for record in found:
        spoken.tell(record, console, everything=run_id is not None)


def opened_ledger(actor: str = "") -> Ledger:
    """Return the ledger, which is there already.

    Args:
        actor: Who changes it, in words, for its audit trail.

    Raises:
        ReportError: Nothing has run yet.
    """
    home = settings.airflow_home() / "scheduled_reports"
    if settings.ledger_conn_id() is None and not (home / "ledger.db").is_file():
        raise ReportError(f"there is no ledger in {home}", why="nothing has run yet",
                          fix="set AIRFLOW_HOME to your Airflow's, or [scheduled_reports] ledger_conn_id")  # fmt: skip
    return Ledger.open(settings.ledger_conn_id(), stored_connection, home, actor)


def no_such_run(folder: Path, ledger: Ledger, name: str, schedule: str | None, run_id: str | None) -> ReportError:
    """Return the error that says what was looked for, and what there is."""
    ran = known_reports(ledger)
    if name in ran:
        others = {f"schedule {record.schedule_id}, run {record.run_id}" for record in runs_of(ledger, name, limit=3)}
        asked = " and ".join(f"{what} {value}" for what, value in (("schedule", schedule), ("run", run_id)) if value)
        return ReportError(f"{name} has no {asked or 'run'} in the ledger", fix=f"it has: {'; '.join(sorted(others))}")
    if name in {path.stem for path in spec_files(folder)}:
        return ReportError(
            f"{name} has not run yet", fix=f"trigger it in Airflow, or look at it: reports preview {name}"
        )
    return ReportError(f"there is no run of a report {name!r}", why=did_you_mean(name, ran))


def _report(folder: Path, name: str) -> Report | None:
    """Return the report, as its spec is now; None where that is broken or gone, which is no reason to hide its runs."""
    paths = [path for path in spec_files(folder) if path.stem == name]
    found = load(paths[0], settings.include_folder(folder)) if paths else None
    return found if isinstance(found, Report) else None


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


class _Spoken:
    """Tells of runs in the words of the spec, as far as there is one."""

    def __init__(self, report: Report | None) -> None:
        self._schedules = {entry.id: report.timing(entry) for entry in report.spec.schedules} if report else {}

    def tell(self, record: RunRecord, console: Console, *, everything: bool) -> None:
        """Print one run: its line, and below it what there is to say."""
        head = Text.assemble(
            (f"{record.started_at.astimezone(self._zone(record)):%Y-%m-%d %H:%M}", "bold"), "  ",
            (f"{record.state:<9}", STYLES.get(record.state, "")), f"  {self._period(record)}",
            (f"  {record.schedule_id} · {record.run_id}", "dim"),
        )  # fmt: skip
        console.print(head, soft_wrap=False)
        lines = [*self._lines(record), *(self._details(record) if everything else ())]
        for line in lines:
            console.print(Padding(Text(line), (0, 0, 0, 4), expand=False), soft_wrap=False)

    def _zone(self, record: RunRecord) -> dt.tzinfo:
        timing = self._schedules.get(record.schedule_id)
        return ZoneInfo(timing.timezone) if timing else dt.UTC

    def _period(self, record: RunRecord) -> str:
        timing = self._schedules.get(record.schedule_id)
        if timing is None:
            return f"{record.period_start:%Y-%m-%d %H:%M} to {record.period_end:%Y-%m-%d %H:%M} UTC"
        return timing.period_between(record.period_start, record.period_end).label

    def _lines(self, record: RunRecord) -> Iterator[str]:
        """Yield what a list of runs says of each."""
        yield " · ".join(filter(None, (_deliveries(record), _rows(record), _checks(record), _took(record))))
        if record.reason:
            yield record.reason.partition("\n")[0] if record.state in UNDER_WAY else record.reason
        yield from (f"{entry.name}{_part(entry.part)}: {entry.outcome}: {entry.reason}" for entry in record.checks
                    if entry.outcome != "passed" and entry.reason not in record.reason)  # fmt: skip
        yield from (self._decision(record, made) for made in record.decisions)

    def _decision(self, record: RunRecord, made: Decision) -> str:
        at = f"{made.decided_at.astimezone(self._zone(record)):%Y-%m-%d %H:%M}"
        what = "conditions ignored" if made.kind == "conditions" else f"approval {made.decision}"
        return f"{what}{f' by {made.decided_by}' if made.decided_by else ''} at {at}{_said(made.comment)}"

    def _details(self, record: RunRecord) -> Iterator[str]:
        """Yield what else is known of one run."""
        yield f"files: {record.folder}"
        for kind, what in KINDS.items():
            if measured := record.of_kind(kind):
                yield f"{what}: " + ", ".join(f"{name} {_number(value)}" for name, value in measured.items())
        yield from (f"{entry.name}{_part(entry.part)}: {entry.outcome}: {entry.reason}" for entry in record.checks
                    if entry.outcome == "passed")  # fmt: skip
        for entry in record.deliveries:
            yield " ".join(filter(None, (f"{entry.destination} → {entry.recipient}: {entry.state}",
                                         entry.receipt.partition("\n")[0] or entry.error)))  # fmt: skip


def _deliveries(record: RunRecord) -> str:
    if not record.deliveries:
        return ""
    arrived = sum(entry.state is DeliveryState.DELIVERED for entry in record.deliveries)
    return f"{arrived} of {len(record.deliveries)} delivered"


def _rows(record: RunRecord) -> str:
    return ", ".join(f"{name} {_number(value)}" for name, value in record.of_kind("rows").items())


def _checks(record: RunRecord) -> str:
    counted = Counter(entry.outcome for entry in record.checks)
    return f"checks: {', '.join(f'{count} {outcome}' for outcome, count in counted.items())}" if counted else ""


def _took(record: RunRecord) -> str:
    if record.ended_at is None:
        return ""
    minutes, seconds = divmod(round((record.ended_at - record.started_at).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _number(value: float | str | None) -> str:
    return in_words(short(exact(value))) if isinstance(value, float) else str(value)


def _part(part: str) -> str:
    return f" ({readable(part)})" if part else ""


def _said(comment: str) -> str:
    return f': "{comment}"' if comment else ""
