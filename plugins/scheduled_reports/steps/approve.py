"""Ask people whether the report may be sent, and do what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from scheduled_reports.approval.mail import tell_approvers
from scheduled_reports.approval.rule import Approval, Approver
from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.findings import Decision, decisions_of, note_decision
from scheduled_reports.notify import tell_owner_or_log
from scheduled_reports.run import Run
from scheduled_reports.steps import RunDropped
from scheduled_reports.steps.plan import is_settled, owed
from scheduled_reports.steps.question import Question, about_of, held, names, sections_of

log = logging.getLogger(__name__)

Request = Callable[[Question], str]
"""Puts a question where people answer it, and returns the link to it; empty where nobody knows it."""


@dataclass(frozen=True)
class Answer:
    """What became of a question.

    Attributes:
        approved: What they said; None where nobody answered in time.
        by: Who, as Airflow knows them.
        comment: What they said about it.
        at: When, aware.
    """

    approved: bool | None
    by: str
    comment: str
    at: dt.datetime


def approve(
    run: Run, ledger: Ledger, now: dt.datetime, conn_id: str, request: Request, *, escalated: bool = False
) -> Question | None:
    """Ask for approval where that is needed; the approvers get a mail each, once for each question.

    Args:
        run: The run, rendered.
        ledger: Where it is noted that the run is held, and who was told.
        now: What time it is, aware.
        conn_id: SMTP connection of the mails.
        request: Puts the question to them.
        escalated: Ask those who are asked next, where the first did not answer.

    Returns:
        What was asked; None where the report may be sent.

    Raises:
        SettingError: An approver is not known to Airflow.
        DeliveryError: No approver could be told.
        ArchiveError: The run's folder cannot be read.
        LedgerError: The ledger cannot be read or written.
    """
    approval = run.report.spec.approval
    if approval is None or (reason := _not_asked(run, ledger, approval, escalated)):
        log.info("Nobody is asked: %s", reason if approval else "the spec has no 'approval'")
        return None
    question = _question(run, ledger, approval, now, escalated)
    link = request(question)
    log.info("%s\n%s", question.subject, question.text)
    tell_approvers(run, ledger, question, link, conn_id)
    ledger.end(run, RunState.HELD, question.reason)
    run.folder.note(state=RunState.HELD, reason=question.reason)
    return question


def settle(
    run: Run, ledger: Ledger, about: str, answer: Answer, conn_id: str, *, escalated: bool = False,
    strangers: bool = False,
) -> dict[str, str]:  # fmt: skip
    """Note an answer, and let the run go on; return what was decided.

    Args:
        run: The run.
        ledger: Where the decision is noted.
        about: What was asked about, as the question said it.
        answer: What became of the question.
        conn_id: SMTP connection by which the owner is told that the report is not sent.
        escalated: It was the question to those who are asked next.
        strangers: Also people whom the spec does not name may answer, as Airflow cannot tell who is who.

    Raises:
        RunDropped: The report is not to be sent.
        ReportError: The files were made again while people looked at the old ones. Retryable: they are asked again.
            Or the spec does not name who answered: Airflow keeps whom a task asked first, and the spec has changed.
        LedgerError: The ledger cannot be written.
    """
    approval = run.report.spec.approval
    if approval is None:
        raise ReportError("nobody has to approve this any more", why="the spec has no 'approval'",
                          fix="clear the task `approve`")  # fmt: skip
    if not strangers:
        _require_named(approval.escalate_to if escalated else approval.approvers, answer)
    made = _decision(approval, answer, about, escalated)
    _note(run, ledger, made)
    if about != about_of(run):
        raise ReportError(
            "the answer is not about the files that would be sent",
            why="they were made again while people looked at the old ones", fix="they are asked again", retryable=True,
        )  # fmt: skip
    waited = _waited(approval, escalated)
    if made.decision == "escalated":
        log.warning("%s; %s are asked now", waited, names(approval.escalate_to))
        ledger.end(run, RunState.HELD, f"{waited}; {names(approval.escalate_to)} are asked now")
    elif _holds(approval, made):
        log.info("It is sent: %s", _told(made) or waited)
        run.folder.note(state=RunState.RUNNING, reason="")
    else:
        reason = _told(made) or waited
        _tell_owner(run, reason, conn_id)
        raise RunDropped(reason)
    return {"decision": made.decision, "by": made.decided_by, "comment": made.comment}


def _require_named(asked: Sequence[Approver], answer: Answer) -> None:
    if answer.by and answer.by not in {approver.user for approver in asked}:
        raise ReportError(f"{answer.by} may not decide about it", why=f"the spec names {names(asked)}",
                          fix="trigger a new run: this one keeps asking those whom the spec named before")  # fmt: skip


def require_approved(run: Run, ledger: Ledger) -> None:
    """Refuse to send what needs an approval and has none, whichever tasks somebody has cleared or marked.

    Raises:
        DeliveryError: Nobody has approved these very files.
    """
    approval = run.report.spec.approval
    if approval is None or not _reasons(run, approval):
        return
    last = _last(run, ledger)
    if last is None or not _holds(approval, last):
        why = _told(last) if last and last.decided_by else "nobody has approved these files"
        raise DeliveryError(f"{run.report.spec.title}, {run.period.label} may not be sent", why=why,
                            fix="clear the task `approve`: it asks again")  # fmt: skip


def _not_asked(run: Run, ledger: Ledger, approval: Approval, escalated: bool) -> str:
    """Return why nobody has to be asked; empty where somebody has."""
    if not run.send:
        return "this run sends nothing"
    if not _reasons(run, approval):
        return "no check holds the report"
    last = _last(run, ledger)
    if last is not None and _holds(approval, last):
        at = last.decided_at.astimezone(ZoneInfo(run.schedule.timezone))
        return f"{_told(last) or 'nobody answered'}, {at:%Y-%m-%d %H:%M:%S %Z}, and that holds for the same files"
    if escalated and (last is None or last.decision != "escalated"):
        return "those who were asked first have answered"
    if all(is_settled(run, entry) for entry in owed(run, ledger)):
        return "everybody has it already"
    return ""


def _question(run: Run, ledger: Ledger, approval: Approval, now: dt.datetime, escalated: bool) -> Question:
    approvers = approval.escalate_to if escalated else approval.approvers
    reasons, about = _reasons(run, approval), about_of(run)
    if escalated:
        reasons = [*reasons, _waited(approval, escalated=False)]
    asked_before = sum(entry.about == about for entry in decisions_of(ledger, run))
    key = hashlib.sha256(f"{run.report.id}|{run.schedule.id}|{run.run_id}|{about}|{asked_before}".encode()).hexdigest()
    now = now.astimezone(ZoneInfo(run.schedule.timezone))
    until = approval.until(now, ZoneInfo(run.schedule.timezone))
    return Question(
        about, key, f"May this be sent? {run.report.spec.title}, {run.period.label}",
        f"{'; '.join(reasons)}; {names(approvers)} may approve it until {until:%Y-%m-%d %H:%M:%S %Z}",
        tuple(sections_of(run, reasons)), approvers, now, until, _otherwise(approval, escalated),
    )  # fmt: skip


def _reasons(run: Run, approval: Approval) -> list[str]:
    """Return why the report needs an approval; nothing where it needs none."""
    return held(run) or (["it is sent only when somebody approves it"] if approval.when == "always" else [])


def _otherwise(approval: Approval, escalated: bool) -> str:
    if approval.then == "send":
        return "it is sent"
    if approval.then == "escalate" and not escalated:
        return f"{names(approval.escalate_to)} may decide"
    return "it is not sent"


def _waited(approval: Approval, escalated: bool) -> str:
    """Return, in words, that nobody has answered."""
    first = f"nobody approved it {approval.time_limit} (asked: {names(approval.approvers)})"
    return f"{first}, nor did {names(approval.escalate_to)} in as long again" if escalated else first


def _decision(approval: Approval, answer: Answer, about: str, escalated: bool) -> Decision:
    if answer.approved is not None:
        word: Literal["approved", "rejected"] = "approved" if answer.approved else "rejected"
        return Decision("approval", word, answer.by, answer.comment, answer.at, about)
    goes_on = approval.then == "escalate" and not escalated
    return Decision("approval", "escalated" if goes_on else "expired", "", "", answer.at, about)


def _note(run: Run, ledger: Ledger, made: Decision) -> None:
    note_decision(ledger, run, made)
    log.info("Decided: %s", _told(made) or made.decision)
    earlier: Sequence[object] = run.folder.manifest().get("decisions", ())
    facts = {"decision": made.decision, "by": made.decided_by, "comment": made.comment,
             "at": made.decided_at.isoformat(), "about": made.about}  # fmt: skip
    run.folder.note(decisions=[*earlier, facts])


def _last(run: Run, ledger: Ledger) -> Decision | None:
    """Return the last decision about the very files that the run has now."""
    about = about_of(run)
    return next((entry for entry in reversed(decisions_of(ledger, run)) if entry.about == about), None)


def _holds(approval: Approval, made: Decision) -> bool:
    """Return whether a decision lets the report be sent."""
    return made.decision == "approved" or (made.decision == "expired" and approval.then == "send")


def _told(made: Decision) -> str:
    """Return what somebody decided, in words; empty where nobody did."""
    if not made.decided_by:
        return ""
    return f"{made.decision} by {made.decided_by}" + (f": {made.comment}" if made.comment else "")


def _tell_owner(run: Run, reason: str, conn_id: str) -> None:
    spec = run.report.spec
    text = (
        f"{spec.title} for {run.period.label} was not sent: {reason}.\n\n"
        f"To ask again, clear the task `approve` of the run, with those after it.\n\n"
        f"Report {run.report.id}, schedule {run.schedule.id}, run {run.run_id}\nFiles: {run.folder.uri}\n"
    )
    tell_owner_or_log(run.connect, conn_id, spec.owner, f"Not sent: {spec.title}, {run.period.label}", text)
