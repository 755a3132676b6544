"""Tell others where a failure has not been mended after a while."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from sqlalchemy import select

from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryEntry, Ledger, RunState
from scheduled_reports.ledger.keys import run_key
from scheduled_reports.ledger.tables import run as run_table
from scheduled_reports.run import Run
from scheduled_reports.schedule.clock import in_words
from scheduled_reports.steps import StepSkipped, StepWaits
from scheduled_reports.steps.missing import Missing
from scheduled_reports.steps.plan import is_settled, pages, replaced
from scheduled_reports.steps.telling import News, tell_once
from scheduled_reports.steps.waiting import PAUSE

if TYPE_CHECKING:
    from scheduled_reports.spec.escalation import Escalation

log = logging.getLogger(__name__)

_WELL = frozenset({RunState.DELIVERED, RunState.SKIPPED, RunState.DROPPED, RunState.ARCHIVED})


def escalate(
    run: Run, ledger: Ledger, escalation: Escalation, conn_id: str, now: dt.datetime, *, closed: bool = True
) -> dict[str, int]:
    """Wait, and tell others what is still missing then; return how many deliveries were mended meanwhile.

    It is the run's last task, and decides whether Airflow calls the run a failure.

    Args:
        run: The run.
        ledger: Where its deliveries are noted.
        escalation: Who is told, and after how long.
        conn_id: SMTP connection by which they are.
        now: What time it is, aware.
        closed: Whether the task `close` did not fail.

    Raises:
        StepSkipped: The run has not failed.
        StepWaits: It has, and there is time left to mend it.
        DeliveryError: It has not been mended. Permanent: the remedy is to clear what failed, or to send it by hand.
    """
    state, reason = ledger.outcome(run)
    if state in _WELL and closed:
        raise StepSkipped("nothing has failed")
    since, missing = _failed_at(run, ledger) or now, _missing(run, ledger, reason)
    if run.send and not missing.entries and state not in _WELL:
        return {"missing": 0}
    until = since + escalation.after
    if now < until:
        raise StepWaits("whether its failure is mended", max(until, now + PAUSE))
    failure = missing.failure() if missing.entries else DeliveryError(f"{_title(run)}: it failed", why=reason)
    people = [recipient.address for recipient in run.audience.people(escalation.to) if not recipient.fault]
    tell_once(run, ledger, conn_id, people, _news(missing, failure, escalation, since))
    raise failure


def _news(missing: Missing, failure: DeliveryError, escalation: Escalation, since: dt.datetime) -> News:
    run, own = missing.run, missing.news(failure)
    at = since.astimezone(run.period.start.tzinfo)
    head = f"{_title(run)} failed at {at:%Y-%m-%d %H:%M %Z}, and that was not mended in {in_words(escalation.after)}."
    owner = f"Its owner, {run.report.spec.owner}, was told."
    facts = ("escalated", failure.why, *own.facts)
    return News(facts, f"Still not delivered: {_title(run)}", f"{head} {owner}\n\n{own.text}", own.attachments)


def _title(run: Run) -> str:
    return f"{run.report.spec.title}, {run.period.label}"


def _missing(run: Run, ledger: Ledger, reason: str) -> Missing:
    """Return what is still missing."""
    instead, entries, total = replaced(run, ledger), list[DeliveryEntry](), 0
    manifest = run.folder.manifest()
    for channel in run.report.spec.deliver if run.send else ():
        for page in pages(run, ledger, channel) if not channel.standby else ():
            total += len(page)
            entries += (entry for entry in page if not is_settled(run, entry, instead, manifest))
    return Missing(run, total, entries, reason)


def _failed_at(run: Run, ledger: Ledger) -> dt.datetime | None:
    rows = ledger.read(select(run_table.c.ended_at).where(run_table.c.id == run_key(run)))
    return rows[0].ended_at if rows else None
