"""Send one destination's deliveries, each exactly once."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import ExitStack
from zoneinfo import ZoneInfo

from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Channel
from scheduled_reports.editions import Edition, edition_for
from scheduled_reports.errors import DeliveryError, LedgerError, ReportError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger
from scheduled_reports.ledger.claims import LEASE
from scheduled_reports.masking import require_masks
from scheduled_reports.run import Run
from scheduled_reports.steps import StepSkipped, StepWaits
from scheduled_reports.steps.approve import require_approved
from scheduled_reports.steps.due import DueRule
from scheduled_reports.steps.plan import not_needed, pages, recipients_of
from scheduled_reports.steps.sender import Sender
from scheduled_reports.steps.tally import Tally
from scheduled_reports.steps.waiting import PAUSE

log = logging.getLogger(__name__)

_GIVEN_UP = frozenset({DeliveryState.FAILED, DeliveryState.DEAD})
"""States of what was given up; a task that is cleared tries them all the same."""


def deliver(
    run: Run, ledger: Ledger, destination: str, *, again: bool = False, last_try: bool = False,
    lease: dt.timedelta = LEASE, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> dict[str, int]:  # fmt: skip
    """Send what `destination` still owes; return how many have their receipt, and how many of them got it now.

    A recipient that has a receipt is passed over, so that a retried or cleared task sends only what is missing; one bad
    recipient does not keep the others from theirs.

    Args:
        run: The run.
        ledger: Where its deliveries are noted.
        destination: Its key in the spec.
        again: Whether it goes on with what it tried before, as Airflow repeats it or it has waited: what failed for
            good is not tried again.
        last_try: Whether Airflow does not repeat it any more: then what failed may not keep others from waiting.
        lease: How long a claim holds without being renewed.
        clock: Tells what time it is, aware.

    Raises:
        StepSkipped: The run is for the archive only, or the destination needs nothing of it.
        StepWaits: Some recipients are to get theirs later.
        DeliveryError: Its files need an approval, and have none.
        SourceError: The run's data is masked otherwise than the spec says now.
        DeliveryError: At least one delivery did not arrive. Retryable only where trying again can help one of them.
        ArchiveError: The run's files cannot be read.
        LedgerError: The ledger cannot be reached; nothing more is sent.
    """
    channel = _channel(run, destination)
    recipients = recipients_of(run, channel)
    round_ = _Round(run, ledger, channel, recipients, lease, clock)
    with round_:
        for page in pages(run, ledger, channel, recipients):
            round_.visit(page, again=again)
    if round_.unneeded:
        raise StepSkipped(f"{destination}: {round_.unneeded}")
    return _result(destination, round_.tally, clock(), last_try=last_try)


def _channel(run: Run, destination: str) -> Channel:
    if not run.send:
        raise StepSkipped(
            "this run keeps its files in the archive and sends nothing; trigger it with 'deliver' to send"
        )
    channels = {entry.key: entry for entry in run.report.spec.deliver}
    if destination not in channels:
        raise DeliveryError(f"the spec has no destination {destination!r} any more", fix="trigger a new run")
    return channels[destination]


def _result(destination: str, tally: Tally, now: dt.datetime, *, last_try: bool) -> dict[str, int]:
    """Return what was delivered, or say what is left: to wait, or to try again."""
    tally.log_end()
    failure = tally.failure(destination)
    if tally.next_due is not None and (failure is None or last_try or not failure.retryable):
        raise StepWaits(f"{destination}: {tally.waiting:,} wait", max(tally.next_due, now + PAUSE))
    if failure is not None:
        if tally.next_due is not None:
            failure.retry_after = _not_after(failure.retry_after, (tally.next_due - now).total_seconds())
        raise failure
    return {"delivered": tally.had + tally.now, "now": tally.now}


def _not_after(asked: float | None, left: float) -> float | None:
    """Return after how many seconds Airflow is to repeat the task at the latest: when the next recipients are due."""
    if asked is not None:
        return min(asked, left)
    return left if left < _LONGEST else None


_LONGEST = 900.0
"""Seconds that Airflow waits at most before it repeats a task, where nobody asks for more (`dag_options`)."""


class _Round:
    """One visit to all recipients of a destination."""

    def __init__(
        self, run: Run, ledger: Ledger, channel: Channel, recipients: dict[str, Recipient], lease: dt.timedelta,
        clock: Callable[[], dt.datetime],
    ) -> None:  # fmt: skip
        self._run, self._ledger, self._channel, self._recipients = run, ledger, channel, recipients
        self._lease, self._clock, self._stack = lease, clock, ExitStack()
        self._rule = due_rule(run, channel)
        self._sender: Sender | None = None
        self._allowed = False
        self._reasons: dict[Edition, str] = {}
        self._any_needed = False
        self.tally = Tally(len(recipients))

    def __enter__(self) -> None:
        self._stack.__enter__()

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def visit(self, page: list[DeliveryEntry], *, again: bool) -> None:
        """Send to those of a page who have nothing yet and are to get it now."""
        missing = [entry for entry in page if entry.state is not DeliveryState.DELIVERED]
        self.tally.had += len(page) - len(missing)
        if not missing:
            return
        missing = self._needed(missing)
        if not missing:
            return
        self._any_needed = True
        self._require_allowed()
        if not again:
            self._plan_anew(missing)
        for entry in missing:
            if again and entry.state is DeliveryState.FAILED:  # dead it is only as another run gave it up
                self.tally.fail(entry.recipient, entry.error)
            else:
                self._serve(entry)

    def _serve(self, entry: DeliveryEntry) -> None:
        now, recipient = self._clock(), self._recipients[entry.identity]
        moment = self._rule.moment(recipient, now)
        if moment > now:
            told = self._rule.words(recipient, moment)
            if (entry.state, entry.error) != (DeliveryState.PLANNED, told):
                self._ledger.put_off(entry.id, DeliveryState.PLANNED, told)
            self.tally.wait(recipient.address, told, moment)
            return
        try:
            arrived = self._opened().send(entry)
        except LedgerError:
            raise
        except ReportError as error:
            self.tally.fail(entry.recipient, str(error), error)
        else:
            self.tally.arrive(anew=arrived is not None)

    def _opened(self) -> Sender:
        if self._sender is None:
            sender = Sender(self._run, self._ledger, self._channel, self._recipients, self._lease)
            self._sender = self._stack.enter_context(sender)
        return self._sender

    def _require_allowed(self) -> None:
        if not self._allowed:
            require_approved(self._run, self._ledger)
            require_masks(self._run)
            self._allowed = True

    def _plan_anew(self, missing: list[DeliveryEntry]) -> None:
        """Plan what failed for good in an earlier round once more, so that a repeat knows what this round tried."""
        failed = [entry.id for entry in missing if entry.state in _GIVEN_UP]
        if failed:
            self._ledger.put_off(failed, DeliveryState.PLANNED, "")

    @property
    def unneeded(self) -> str:
        """Why the whole destination is to get nothing; empty where somebody is to get theirs."""
        return "" if self._any_needed else next(filter(None, self._reasons.values()), "")

    def _needed(self, missing: list[DeliveryEntry]) -> list[DeliveryEntry]:
        """Return those who are to get theirs; note why the readers of other editions are not.

        What the other end may have already stays as it is.
        """
        found: dict[str, list[DeliveryEntry]] = {}
        for entry in missing:
            edition = edition_for(self._run.report, self._channel, self._recipients[entry.identity]).original
            if edition not in self._reasons:
                self._reasons[edition] = not_needed(self._run, self._channel, edition)
            found.setdefault(self._reasons[edition], []).append(entry)
        needed = found.pop("", [])
        for reason, entries in found.items():
            self._ledger.put_off([entry.id for entry in entries], DeliveryState.NOT_NEEDED, reason)
            for entry in entries:
                log.info("%s: %s", entry.recipient, reason)
        return needed


def due_rule(run: Run, channel: Channel) -> DueRule:
    """Return when a destination's recipients get a run's deliveries: on the day on which the run was due, or began."""
    began = run.folder.manifest().get("run", {}).get("started_at")
    moment = run.due or (dt.datetime.fromisoformat(began) if began else dt.datetime.now(dt.UTC))
    zone = ZoneInfo(run.schedule.timezone)
    return DueRule(channel.deliver_at, moment.astimezone(zone).date(), zone)
