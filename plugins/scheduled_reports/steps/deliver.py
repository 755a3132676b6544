"""Send one destination's deliveries, each exactly once."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from pathlib import Path

from scheduled_reports.audience import Copy
from scheduled_reports.channels import Channel, Delivery, Session
from scheduled_reports.editions import edition_of
from scheduled_reports.errors import DeliveryError, LedgerError, ReportError, UncertainDeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger
from scheduled_reports.masking import require_masks
from scheduled_reports.run import Run
from scheduled_reports.steps import StepSkipped
from scheduled_reports.steps.approve import require_approved
from scheduled_reports.steps.plan import not_needed, owed, recipients_of
from scheduled_reports.steps.render import artifacts_of, notices_of

log = logging.getLogger(__name__)


def deliver(run: Run, ledger: Ledger, destination: str) -> dict[str, int]:
    """Send what `destination` still owes; return how many have their receipt, and how many of them got it now.

    A recipient that has a receipt is passed over, so that a retried or cleared task sends only what is missing; one bad
    recipient does not keep the others from theirs.

    Raises:
        StepSkipped: The run is for the archive only, or the destination needs nothing of it.
        DeliveryError: Its files need an approval, and have none.
        SourceError: The run's data is masked otherwise than the spec says now.
        DeliveryError: At least one delivery did not arrive. Retryable only where trying again can help one of them.
        ArchiveError: The run's files cannot be read.
        LedgerError: The ledger cannot be reached; nothing more is sent.
    """
    if not run.send:
        raise StepSkipped(
            "this run keeps its files in the archive and sends nothing; trigger it with 'deliver' to send"
        )
    channels = {entry.key: entry for entry in run.report.spec.deliver}
    if destination not in channels:
        raise DeliveryError(f"the spec has no destination {destination!r} any more", fix="trigger a new run")
    entries = owed(run, ledger, destination)
    waiting = [entry for entry in entries if entry.state is not DeliveryState.DELIVERED]
    if waiting and (reason := not_needed(run, channels[destination])):
        _put_off(ledger, waiting, reason)
        raise StepSkipped(f"{destination}: {reason}")
    if waiting:
        require_approved(run, ledger)
    require_masks(run)
    failures: dict[str, ReportError] = {}
    with run.folder.fetch("files") as files, ExitStack() as stack:
        sender = _Sender(run, ledger, channels[destination], files, stack)
        for entry in waiting:
            try:
                sender.send(entry)
            except LedgerError:
                raise
            except ReportError as error:
                failures[entry.recipient] = error
                log.error("%s: %s", entry.recipient, error)  # noqa: TRY400 - the text says all, a trace hides it
    if failures:
        raise _summary(destination, failures, len(entries) - len(failures))
    return {"delivered": len(entries), "now": len(waiting)}


def _put_off(ledger: Ledger, waiting: list[DeliveryEntry], reason: str) -> None:
    """Note that nothing is to be sent, unless the other end may have it already."""
    for entry in waiting:
        ledger.put_off(entry.id, DeliveryState.NOT_NEEDED, reason)
        log.info("%s: %s", entry.recipient, reason)


def _summary(destination: str, failures: dict[str, ReportError], delivered: int) -> DeliveryError:
    told = "; ".join(f"{recipient}: {error}" for recipient, error in failures.items())
    what = f"{destination}: {len(failures)} of {len(failures) + delivered} deliveries failed"
    return DeliveryError(what, why=told, retryable=any(error.retryable for error in failures.values()))


class _Sender:
    """Sends the deliveries of one destination through one session, opened when the first is due."""

    def __init__(self, run: Run, ledger: Ledger, channel: Channel, files: Path, stack: ExitStack) -> None:
        self._run, self._ledger, self._channel, self._files, self._stack = run, ledger, channel, files, stack
        edition = edition_of(run.report.spec, channel)
        self._artifacts, self._notices = artifacts_of(run, edition), notices_of(run, edition)
        self._recipients = recipients_of(run, channel)
        self._session: Session | None = None
        self._closed: ReportError | None = None

    def send(self, entry: DeliveryEntry) -> None:
        """Prepare, claim, send, and note the receipt: what fails before the claim leaves the delivery open."""
        try:
            session, parcel = self._opened(), self._delivery(entry)
        except ReportError as error:
            self._ledger.put_off(entry.id, _state_after(error), str(error))
            raise
        claimed = self._ledger.claim(entry.id)
        if claimed is None:
            log.info("%s has it already", entry.recipient)
        elif claimed.state is DeliveryState.UNCERTAIN:
            raise UncertainDeliveryError(f"{entry.recipient} may have it already", why=claimed.error,
                                         fix="ask them; trigger the DAG with 'force' to send again")  # fmt: skip
        else:
            self._hand_over(session, parcel)

    def _hand_over(self, session: Session, parcel: Delivery) -> None:
        started = time.monotonic()
        try:
            receipt = session.send(parcel)
        except Exception as error:
            known = error if isinstance(error, ReportError) else _unforeseen(parcel.recipient.address, error)
            seconds = round(time.monotonic() - started, 3)
            self._ledger.settle(parcel.id, _state_after(known), error=str(known), seconds=seconds)
            if known is error:
                raise
            raise known from error
        seconds = round(time.monotonic() - started, 3)
        log.info("%s: delivered, %s bytes, %.2f s, %s", parcel.recipient, f"{receipt.size:,}", seconds, receipt.text)
        self._ledger.settle(
            parcel.id, DeliveryState.DELIVERED, receipt=receipt.text, size=receipt.size, seconds=seconds
        )

    def _opened(self) -> Session:
        """Open the session once; where that fails it fails for every recipient, without asking the server again."""
        if self._closed is not None:
            raise self._closed
        if self._session is None:
            try:
                self._session = self._stack.enter_context(self._channel.open(self._run.connect))
            except ReportError as error:
                self._closed = error
                raise
        return self._session

    def _delivery(self, entry: DeliveryEntry) -> Delivery:
        lacking = [key for key in self._channel.formats() if key not in self._artifacts]
        if lacking:
            why, fix = "the spec named it after rendering", "clear the task `render`"
            raise DeliveryError(f"the run has no file of format {lacking[0]!r}", why=why, fix=fix)
        carried = {key: self._artifacts[key] for key in self._channel.formats()}
        files = {key: self._files / artifact.path.removeprefix("files/") for key, artifact in carried.items()}
        circle = tuple(one for one in self._recipients.values() if one.copy is not Copy.BCC)
        return Delivery(
            entry.id, self._recipients[entry.identity], files, carried, self._run.words, self._notices, circle
        )


def _unforeseen(recipient: str, error: Exception) -> UncertainDeliveryError:
    """Return the error for a fault of the channel itself, of which nobody knows how far it came."""
    what, why = f"sending to {recipient} broke off", f"{type(error).__name__}: {error}"
    return UncertainDeliveryError(what, why=why, fix="ask them; trigger the DAG with 'force' to send again")


def _state_after(error: ReportError) -> DeliveryState:
    if isinstance(error, UncertainDeliveryError):
        return DeliveryState.UNCERTAIN
    return DeliveryState.RETRYING if error.retryable else DeliveryState.FAILED
