"""Tell a report's owner while a run is still going after its deadline.

Airflow stores the path of `tell_owner` with every run that has a deadline, and calls it in a process of its own.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback  # type: ignore[attr-defined] # not in its stub

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.connections import airflow_connection
from scheduled_reports.dag_run import dag_run_of
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.entries import UNDER_WAY
from scheduled_reports.notify import tell_owner_or_log
from scheduled_reports.run import Run
from scheduled_reports.schedule.clock import in_words
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.load import Report, load, spec_files
from scheduled_reports.spec.report import ReportSpec
from scheduled_reports.steps.late import tell_late

log = logging.getLogger(__name__)

STEPS = ("gate", "extract", "check", "render", "approve", "escalate", "deliver", "failover", "close")
_PARKED = {RunState.WAITING: "gate", RunState.HELD: "approve"}
"""The step of a run that waits: for its conditions, or for somebody's approval."""

_ADVICE = (
    "If it is only slow, nothing has to be done: it goes on, and you are told if something does not arrive. To see "
    "what it does, open the log of that step in Airflow; to end it, mark the run there as failed. What was sent is not "
    "sent again when its tasks are cleared."
)


def deadline_alert(report: Report, schedule: Schedule) -> DeadlineAlert | None:
    """Return what Airflow does when a run is still going after the schedule's deadline; None where it has none."""
    if schedule.deadline is None:
        return None
    facts = {
        "report_id": report.id, "schedule_id": schedule.id, "title": report.spec.title, "owner": report.spec.owner,
        "timezone": schedule.timezone, "deadline": in_words(schedule.deadline),
    }  # fmt: skip
    return DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, schedule.deadline, SyncCallback(tell_owner, facts))


def tell_owner(
    report_id: str, schedule_id: str, title: str, owner: str, timezone: str, deadline: str, context: dict[str, Any]
) -> None:
    """Tell the owner that a run is still going, unless it has ended meanwhile, or is a back-fill that nobody waits for.

    Args:
        report_id: The report.
        schedule_id: The schedule.
        title: The report's title.
        owner: Who is told.
        timezone: The schedule's, for the times in the text.
        deadline: How long a run may take, in words.
        context: What Airflow says of the run: `dag_run`, as its REST API shows one, and `deadline`.
    """
    dag_run = context["dag_run"]
    if dag_run["state"] not in {"queued", "running"} or dag_run["run_type"] == "backfill":
        return
    progress = _progress(report_id, schedule_id, dag_run)
    if progress.state not in UNDER_WAY:
        return
    _tell_recipients(report_id, schedule_id, dag_run)
    name = f"{title}, {progress.period}" if progress.period else title
    asked = "due" if dag_run["run_type"] == "scheduled" else "asked for"
    lines = [f"{name} is still going, more than {deadline} after it was {asked}.", ""]
    lines += [*_times(dag_run, ZoneInfo(timezone)), *progress.lines(begun=dag_run["start_date"] is not None)]
    where = f"Report {report_id}, schedule {schedule_id}, run {dag_run['dag_run_id']}"
    files = f"\nFiles: {progress.files}" if progress.files else ""
    text = "\n".join([*lines, "", _ADVICE, "", where]) + f"{files}\n"
    tell_owner_or_log(airflow_connection, settings.owner_mail_conn_id(), owner, f"Still going: {name}", text)


def _times(dag_run: dict[str, Any], zone: ZoneInfo) -> list[str]:
    due, begun = (_moment(dag_run[key], zone) for key in ("run_after", "start_date"))
    what = "Due" if dag_run["run_type"] == "scheduled" else "Asked for"
    return [f"{what}: {due}", f"Began: {begun or 'not yet'}"]


def _moment(given: str | None, zone: ZoneInfo) -> str:
    return f"{dt.datetime.fromisoformat(given).astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" if given else ""


@dataclass(frozen=True)
class _Progress:
    """How far a run has come, as far as that can be found out.

    Attributes:
        state: What the ledger says of it.
        period: What it reports on; empty where that is unknown.
        done: The steps that are over.
        error: What it waits for; or why its last attempt at the step failed, empty where none did.
        files: The URL of its folder.
        steps: The steps that it has.
    """

    state: RunState = RunState.RUNNING
    period: str = ""
    done: frozenset[str] = frozenset()
    error: str = ""
    files: str = ""
    steps: tuple[str, ...] = STEPS

    def lines(self, *, begun: bool) -> list[str]:
        """Return what the owner is told of it."""
        if not begun:
            return ["Step: none; it waits until fewer runs are under way (`max_runs`, Airflow's own limits)"]
        if self.state in _PARKED:
            return [f"Step: {_PARKED[self.state]}", f"It waits: {self.error}"]
        last = max((self.steps.index(step) for step in self.done if step in self.steps), default=-1)
        step = [f"Step: {self.steps[last + 1]}"] if self.files and last + 1 < len(self.steps) else []
        return [*step, *([f"Its last error, after which it is tried again: {self.error}"] if self.error else [])]


def _progress(report_id: str, schedule_id: str, dag_run: dict[str, Any]) -> _Progress:
    """Look up how far a run has come; what cannot be read must not keep the owner from being told."""
    try:
        run = _run(report_id, schedule_id, dag_run)
        if run is None:
            return _Progress()
        ledger = Ledger.open(settings.ledger_conn_id(), run.connect, settings.airflow_home() / "scheduled_reports")
        try:
            state, reason = ledger.outcome(run)
        finally:
            ledger.close()
        done = frozenset(run.folder.manifest().get("seconds", {}))
        return _Progress(state, run.period.label, done, reason, run.folder.uri, _steps(run.report.spec))
    except ReportError as error:
        log.warning("How far %s has come cannot be said: %s", dag_run["dag_run_id"], error)
        return _Progress()


def _tell_recipients(report_id: str, schedule_id: str, dag_run: dict[str, Any]) -> None:
    """Tell the recipients that it is late, where the spec wants that; what fails must not keep the owner from it."""
    try:
        run = _run(report_id, schedule_id, dag_run)
        if run is not None and run.report.spec.tell_late:
            folder = settings.airflow_home() / "scheduled_reports"
            ledger = Ledger.open(settings.ledger_conn_id(), run.connect, folder, actor=f"deadline of run {run.run_id}")
            try:
                tell_late(run, ledger, dt.datetime.now(dt.UTC))
            finally:
                ledger.close()
    except ReportError as error:
        log.warning("The recipients of %s could not be told that it is late: %s", dag_run["dag_run_id"], error)


def _steps(spec: ReportSpec) -> tuple[str, ...]:
    """Return the steps of a report's runs; only some ask for approval."""
    asks = {"approve": spec.approval is not None, "escalate": bool(spec.approval and spec.approval.escalate_to),
            "failover": any(entry.standby for entry in spec.deliver)}  # fmt: skip
    return tuple(step for step in STEPS if asks.get(step, True))


def _run(report_id: str, schedule_id: str, dag_run: dict[str, Any]) -> Run | None:
    """Return the run as its steps know it; None where its spec is broken or gone."""
    specs = settings.specs_folder()
    paths = [path for path in spec_files(specs) if path.stem == report_id]
    report = load(paths[0], settings.include_folder(specs)) if paths else None
    if not isinstance(report, Report) or schedule_id not in {entry.id for entry in report.spec.schedules}:
        return None
    [schedule] = [entry for entry in report.spec.schedules if entry.id == schedule_id]
    timing, conf = report.timing(schedule), dag_run["conf"] or {}
    moment = dt.datetime.fromisoformat(dag_run["logical_date"] or dag_run["run_after"])
    ours = dag_run_of(timing, dag_run["dag_run_id"], dag_run["run_type"], moment, conf)
    folder = RunFolder.of(settings.archive(), report.id, schedule.id, ours.period.slug, ours.run_id)
    return Run(report, schedule, ours.period, ours.run_id, folder, airflow_connection, {}, send=ours.send)
