"""Settle the run: say what became of it, and fail where somebody did not get theirs."""

from __future__ import annotations

import logging
from typing import NoReturn

from scheduled_reports.errors import ArchiveError, DeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, RunState
from scheduled_reports.notify import tell_owner_or_log
from scheduled_reports.run import Run
from scheduled_reports.steps import RunDropped, RunSkipped, StepSkipped
from scheduled_reports.steps.plan import is_settled, owed
from scheduled_reports.steps.stopped import close_stopped

log = logging.getLogger(__name__)

TRIED = {DeliveryState.FAILED, DeliveryState.RETRYING, DeliveryState.UNCERTAIN, DeliveryState.SENDING}


def close(run: Run, ledger: Ledger, owner_conn_id: str) -> dict[str, object]:
    """Note the run's end; return how many deliveries arrived.

    Args:
        run: The run.
        ledger: Where its deliveries are noted.
        owner_conn_id: SMTP connection by which the owner is told of a failure.

    Raises:
        RunDropped: Nobody approved it, and the text repeats why.
        RunSkipped: The run was skipped, and the text repeats why; or no destination needed anything of it.
        StepSkipped: The run keeps its files and sends nothing: what waits for this report must not run for it.
        DeliveryError: A check stopped the run, a delivery did not arrive, or the files of a run that sends none were
            not made. Permanent: the remedy is to clear what failed.
    """
    state, reason = ledger.outcome(run)
    if state is RunState.SKIPPED:
        run.folder.note(state=state, reason=reason)
        raise RunSkipped(reason)
    if state is RunState.DROPPED:
        run.folder.note(state=state, reason=reason, deliveries=[_facts(entry) for entry in owed(run, ledger)])
        raise RunDropped(reason)
    if state is RunState.STOPPED:
        close_stopped(run, ledger, owner_conn_id, reason)
    if not run.send:
        _close_archived(run, ledger, owner_conn_id, reason)
    entries = owed(run, ledger)
    for entry in entries:
        log.info("%s %s: %s %s", entry.channel, entry.recipient, entry.state, entry.receipt or entry.error)
    missing = [entry for entry in entries if not is_settled(run, entry)]
    facts = [_facts(entry) for entry in entries]
    if missing:
        failure = _failure(run, entries, missing, reason)
        ledger.end(run, RunState.FAILED, failure.why)
        _tell(run, owner_conn_id, failure)
        _note_failure(run, failure, facts)
        raise failure
    delivered = [entry for entry in entries if entry.state is DeliveryState.DELIVERED]
    unneeded = entries[0].error if entries else "it has nobody to deliver to"
    state, reason = (RunState.DELIVERED, "") if delivered else (RunState.SKIPPED, unneeded)
    ledger.end(run, state, reason)
    run.folder.note(state=state, reason=reason, deliveries=facts)
    if not delivered:
        raise RunSkipped(reason)
    return {"delivered": len(delivered)}


def _note_failure(run: Run, failure: DeliveryError, facts: list[dict[str, object]]) -> None:
    try:
        run.folder.note(state=RunState.FAILED, reason=failure.why, deliveries=facts)
    except ArchiveError as error:  # it must not hide the failure that it may well be the cause of
        log.warning("%s", error)


def _close_archived(run: Run, ledger: Ledger, owner_conn_id: str, reason: str) -> NoReturn:
    """Settle a run that sends nothing: it is well when its files are there."""
    files = run.folder.manifest().get("artifacts", ())
    if reason or not files:
        failure = DeliveryError(f"{run.report.spec.title}, {run.period.label}: its files could not be made",
                              why=reason or "an earlier step failed; its log says why",
                              fix="mend the cause, then clear the failed tasks")  # fmt: skip
        ledger.end(run, RunState.FAILED, failure.why)
        _tell(run, owner_conn_id, failure)
        _note_failure(run, failure, [])
        raise failure
    ledger.end(run, RunState.ARCHIVED)
    run.folder.note(state=RunState.ARCHIVED, reason="", deliveries=[])
    raise StepSkipped(
        f"{len(files)} files are in the archive, nothing was sent, and who waits for this report is not told"
    )


def _failure(run: Run, entries: list[DeliveryEntry], missing: list[DeliveryEntry], reason: str) -> DeliveryError:
    """Return the error that says who got nothing and why; what one cause kept from all is said once."""
    lines = [f"{entry.recipient}: {entry.error}" for entry in missing if entry.state in TRIED]
    never = [entry.recipient for entry in missing if entry.state not in TRIED]
    if never:
        lines.append(
            f"{reason or 'an earlier step failed; its log says why'}\n(so nothing was sent to {', '.join(never)})"
        )
    what = f"{run.report.spec.title}, {run.period.label}: {len(missing)} of {len(entries)} deliveries did not arrive"
    fix = "mend the cause, then clear the failed tasks: only what is missing is sent"
    return DeliveryError(what, why="\n".join(lines), fix=fix)


def _tell(run: Run, conn_id: str, failure: DeliveryError) -> None:
    subject = f"Not delivered: {run.report.spec.title}, {run.period.label}"
    where = f"Report {run.report.id}, schedule {run.schedule.id}, run {run.run_id}\nFiles: {run.folder.uri}"
    tell_owner_or_log(run.connect, conn_id, run.report.spec.owner, subject, f"{failure}\n\n{where}\n")


def _facts(entry: DeliveryEntry) -> dict[str, object]:
    return {
        "destination": entry.destination, "recipient": entry.recipient, "state": entry.state, "receipt": entry.receipt,
        "error": entry.error, "size": entry.size, "seconds": entry.seconds, "issue": entry.issue,
    }  # fmt: skip
