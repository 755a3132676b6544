"""Settle the run: say what became of it, and fail where somebody did not get theirs."""

from __future__ import annotations

import logging

from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, RunState
from scheduled_reports.notify import tell_owner
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.plan import owed

log = logging.getLogger(__name__)


def close(run: Run, ledger: Ledger, owner_conn_id: str) -> dict[str, object]:
    """Note the run's end; return how many deliveries arrived.

    Args:
        run: The run.
        ledger: Where its deliveries are noted.
        owner_conn_id: SMTP connection by which the owner is told of a failure.

    Raises:
        RunSkipped: The run was skipped; the text repeats why.
        DeliveryError: A delivery did not arrive. Permanent: the remedy is to clear what failed.
    """
    state, reason = ledger.outcome(run)
    if state is RunState.SKIPPED:
        run.folder.note(state=state, reason=reason)
        raise RunSkipped(reason)
    entries = owed(run, ledger)
    for entry in entries:
        log.info("%s %s: %s %s", entry.channel, entry.recipient, entry.state, entry.receipt or entry.error)
    missing = [entry for entry in entries if entry.state is not DeliveryState.DELIVERED]
    ended = RunState.FAILED if missing else RunState.DELIVERED
    problem = "\n".join(f"{entry.recipient}: {entry.error or reason or 'not sent'}" for entry in missing)
    ledger.end(run, ended, problem)
    run.folder.note(state=ended, reason=problem, deliveries=[_facts(entry) for entry in entries])
    if missing:
        failure = DeliveryError(
            f"{run.report.spec.title}, {run.period.label}: {len(missing)} of {len(entries)} deliveries did not arrive",
            why=problem, fix="mend the cause, then clear the failed tasks: only what is missing is sent",
        )  # fmt: skip
        _tell(run, owner_conn_id, failure)
        raise failure
    return {"delivered": len(entries)}


def _facts(entry: DeliveryEntry) -> dict[str, object]:
    return {
        "destination": entry.destination, "recipient": entry.recipient, "state": entry.state, "receipt": entry.receipt,
        "error": entry.error, "size": entry.size, "seconds": entry.seconds, "issue": entry.issue,
    }  # fmt: skip


def _tell(run: Run, conn_id: str, failure: ReportError) -> None:
    """Tell the owner; that this may fail too must not hide the failure itself."""
    subject = f"Not delivered: {run.report.spec.title}, {run.period.label}"
    text = (
        f"{failure}\n\nReport {run.report.id}, schedule {run.schedule.id}, run {run.run_id}\nFiles: {run.folder.uri}\n"
    )
    try:
        tell_owner(run.connect, conn_id, run.report.spec.owner, subject, text)
    except ReportError as error:
        log.error("The owner %s could not be told: %s", run.report.spec.owner, error)  # noqa: TRY400
