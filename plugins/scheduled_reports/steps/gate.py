"""Decide, before anything is extracted, whether the run is to happen."""

from __future__ import annotations

import datetime as dt
import logging

from scheduled_reports import __version__
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, RunState
from scheduled_reports.notify import tell_owner
from scheduled_reports.run import Run
from scheduled_reports.schedule.clock import in_words
from scheduled_reports.schedule.freshness import Start, Wait
from scheduled_reports.schedule.triggers.awaiting import Awaiting
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.conditions import require_at_gate
from scheduled_reports.steps.plan import is_settled, owed, planned
from scheduled_reports.steps.undecided import undecided

log = logging.getLogger(__name__)


def gate(
    run: Run, ledger: Ledger, now: dt.datetime, start: Start | None = None, owner_conn_id: str = "smtp_default",
    asked_at: dt.datetime | None = None,
) -> dict[str, object]:  # fmt: skip
    """Open the run in the ledger and the archive; return its period and how many deliveries it owes.

    Args:
        run: The run.
        ledger: Where it is noted.
        now: When the run began, aware.
        start: What it was started for, where the schedule waits for something; None where nobody is to judge whether
            that has come: somebody wants the run as it is.
        owner_conn_id: SMTP connection by which the owner is told that the report waits.
        asked_at: When its conditions are asked, aware; now unless given.

    Raises:
        RunSkipped: It is too late for a scheduled run, everybody has this period already, what it waits for has not
            come, or a condition is not met.
        RunWaits: A condition is not met, and there is time left.
        ReportError: The period is not over: what it would send now would pass for the whole later.
        DeliveryError: The owner could not be told.
    """
    log.info("Report %s, schedule %s: %s", run.report.id, run.schedule.id, run.period.label)
    wait = _wait(run, start)
    if wait is not None and not wait.start.at_deadline:
        _require_open(run, wait)
    _require_past(run, now)
    began = ledger.begin(run, planned(run), now)
    _open_manifest(run, began, wait)
    _require_in_time(run, min(began, now))
    entries = owed(run, ledger)
    _require_news(run, entries)
    _forget_what_was_made(run)
    if wait is not None:
        _require_alone(run, ledger, wait)
        _require_arrived(run, wait, owner_conn_id)
    require_at_gate(run, ledger, asked_at or dt.datetime.now(dt.UTC), now, owner_conn_id)
    return {"period": run.period.label, "deliveries": len(entries)}


def _wait(run: Run, start: Start | None) -> Wait | None:
    trigger = run.schedule.when
    if start is None or not isinstance(trigger, Awaiting):
        return None
    timing = run.report.timing(run.schedule)
    return Wait(trigger, f"{run.report.id}:{run.schedule.id}", timing, run.period, start)


def _require_past(run: Run, now: dt.datetime) -> None:
    if run.period.end > now:
        raise ReportError(
            f"{run.report.spec.title} cannot report on {run.period.label}",
            why=f"it ends {run.period.end:%Y-%m-%d %H:%M %Z}; a part of it, sent now, would count as the whole",
            fix="look at it with `reports preview`, or trigger it for a period that is over",
        )


def _require_in_time(run: Run, began: dt.datetime) -> None:
    grace = run.schedule.tolerance
    if newer := _newer_fire(run, began):
        raise RunSkipped(
            f"it was due at {run.due:%Y-%m-%d %H:%M %Z}; of missed runs only the last happens, due {newer}"
        )
    if run.due is not None and grace is not None and began - run.due > grace:
        due, late = f"{run.due:%Y-%m-%d %H:%M %Z}", f"began more than {in_words(grace)} late"
        raise RunSkipped(f"it was due at {due} and {late}; trigger it by hand if it is still wanted")


def _newer_fire(run: Run, began: dt.datetime) -> str:
    """Return when the run that stands for several missed ones is due; empty where this is it, or each counts."""
    recurrence = run.report.timing(run.schedule).recurrence
    if run.due is None or recurrence is None or run.schedule.late != "run" or run.schedule.catch_up:
        return ""
    if began - run.due <= run.schedule.grace:
        return ""
    newest = recurrence.until(began)
    if not newest or newest[-1].at <= run.due:
        return ""
    return f"{newest[-1].at.astimezone(run.due.tzinfo):%Y-%m-%d %H:%M %Z}"


def _require_open(run: Run, wait: Wait) -> None:
    """Skip a run that an update started when the schedule does not run; at the deadline its timetable sees to that."""
    if run.period.end > wait.start.at:
        raise RunSkipped(f"{run.period.label} is not over before {run.period.end:%Y-%m-%d %H:%M %Z}")
    if reason := wait.closed(run.schedule):
        raise RunSkipped(reason)


def _require_news(run: Run, entries: list[DeliveryEntry]) -> None:
    delivered = [entry for entry in entries if entry.state is DeliveryState.DELIVERED]
    if run.send and delivered and all(is_settled(run, entry) for entry in entries) and not undecided(run):
        unneeded = dict.fromkeys(entry.error for entry in entries if entry.state is DeliveryState.NOT_NEEDED)
        count = "; ".join((f"{len(delivered)} of {len(entries)}", *unneeded))
        raise RunSkipped(
            f"{run.period.label} was delivered already ({count}); trigger it with 'force' to send it again"
        )


def _require_alone(run: Run, ledger: Ledger, wait: Wait) -> None:
    """Skip a second report for one deadline where each run has a period of its own, so that none is the same."""
    if not wait.ends_with_the_run or wait.timing.recurrence is None or not run.send:
        return
    newest, last = ledger.newest_delivered(run), wait.previous_deadline
    if newest is not None and (last is None or newest > last):
        at = newest.astimezone(wait.timing.frame.zone)
        raise RunSkipped(f"it was delivered at {at:%Y-%m-%d %H:%M} already, and goes out once for each deadline")


def _require_arrived(run: Run, wait: Wait, owner_conn_id: str) -> None:
    """Decide by what has come: run, run with a notice, or skip the run and perhaps tell the owner."""
    missing, otherwise = wait.missing, wait.trigger.otherwise
    if missing is None:
        if otherwise == "skip" and wait.passed:
            raise RunSkipped(wait.passed)
        return
    if not wait.start.at_deadline:
        raise RunSkipped(wait.waiting(missing))
    if otherwise == "stale":
        run.folder.note(notices=[{"word": "STALE", "text": wait.stale(missing)}])
    elif otherwise == "skip":
        raise RunSkipped(f"{wait.waiting(missing)}; it does not run for {run.period.label}")
    elif otherwise == "alert":
        _tell(run, wait.waiting(missing), owner_conn_id)
        raise RunSkipped(f"{wait.waiting(missing)}; {run.report.spec.owner} was told")


def _tell(run: Run, waiting: str, conn_id: str) -> None:
    spec = run.report.spec
    text = (
        f"{spec.title} for {run.period.label} {waiting}.\n\n"
        f"Nothing was sent yet. It goes out by itself when that is updated; to send it without, trigger the DAG "
        f"{run.report.id}__{run.schedule.id} by hand.\n"
    )
    tell_owner(run.connect, conn_id, spec.owner, f"Waiting: {spec.title}, {run.period.label}", text)


def _open_manifest(run: Run, now: dt.datetime, wait: Wait | None) -> None:
    run.folder.note(
        report={"id": run.report.id, "title": run.report.spec.title, "spec_digest": run.report.digest},
        schedule={"id": run.schedule.id, "timezone": run.schedule.timezone},
        period={"start": run.period.start.isoformat(), "end": run.period.end.isoformat(), "label": run.period.label},
        run={
            "id": run.run_id,
            "started_at": now.isoformat(),
            "forced": run.force,
            "sends": run.send,
            "asked_by": run.asked_by,
            "ignores_conditions": run.ignore_conditions,
            "software": __version__,
        },
        parameters=dict(run.parameters),
        updates={wait.trigger.label(name): moment for name, moment in wait.start.updates.items()} if wait else {},
    )


def _forget_what_was_made(run: Run) -> None:
    """A cleared run begins anew: what it noted before is not what it makes now."""
    run.folder.note(
        state=RunState.RUNNING, reason="", seconds={}, notices=[], artifacts=[], tables={}, deliveries=[],
        conditions=[], overridden="", alert={}, checks=[], held=[], failing_rows=[], empty={}, blank={},
    )  # fmt: skip
