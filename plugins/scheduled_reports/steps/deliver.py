"""Send one destination's deliveries, each exactly once."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from pathlib import Path

from scheduled_reports.channels import Channel, Delivery, Session
from scheduled_reports.errors import DeliveryError, LedgerError, ReportError, UncertainDeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.render import artifacts_of

log = logging.getLogger(__name__)


def deliver(run: Run, ledger: Ledger, destination: str) -> dict[str, str]:
    """Send what `destination` still owes; return each recipient's receipt.

    A recipient that has a receipt is passed over, so that a retried or cleared task sends only what is missing; one bad
    recipient does not keep the others from theirs.

    Raises:
        DeliveryError: At least one delivery did not arrive. Retryable only where trying again can help one of them.
        ArchiveError: The run's files cannot be read.
        LedgerError: The ledger cannot be reached; nothing more is sent.
    """
    channel = next(entry for entry in run.report.spec.deliver if entry.key == destination)
    failures: dict[str, ReportError] = {}
    receipts: dict[str, str] = {}
    with run.folder.fetch("files") as files, ExitStack() as stack:
        sender = _Sender(run, ledger, channel, files, stack)
        for entry in owed(run, ledger):
            if entry.destination == destination:
                try:
                    receipts[entry.recipient] = sender.send(entry)
                except LedgerError:
                    raise
                except ReportError as error:
                    failures[entry.recipient] = error
                    log.error("%s: %s", entry.recipient, error)  # noqa: TRY400 - the text says all, a trace hides it
    if failures:
        raise _summary(destination, failures, len(receipts))
    return receipts


def _summary(destination: str, failures: dict[str, ReportError], delivered: int) -> DeliveryError:
    told = "; ".join(f"{recipient}: {error}" for recipient, error in failures.items())
    what = f"{destination}: {len(failures)} of {len(failures) + delivered} deliveries failed"
    return DeliveryError(what, why=told, retryable=any(error.retryable for error in failures.values()))


class _Sender:
    """Sends the deliveries of one destination through one session, opened when the first is due."""

    def __init__(self, run: Run, ledger: Ledger, channel: Channel, files: Path, stack: ExitStack) -> None:
        self._run, self._ledger, self._channel, self._files, self._stack = run, ledger, channel, files, stack
        self._artifacts = artifacts_of(run)
        self._session: Session | None = None
        self._closed: ReportError | None = None

    def send(self, entry: DeliveryEntry) -> str:
        """Claim, send, note the receipt and return it."""
        claimed = self._ledger.claim(entry.id)
        if claimed is None:
            log.info("%s has it already: %s", entry.recipient, entry.receipt)
            return entry.receipt
        if claimed.state is DeliveryState.UNCERTAIN:
            raise UncertainDeliveryError(f"{entry.recipient} may have it already", why=claimed.error,
                                         fix="ask them; trigger the DAG with 'force' to send again")  # fmt: skip
        started = time.monotonic()
        try:
            receipt = self._opened().send(self._delivery(entry))
        except ReportError as error:
            self._ledger.settle(entry.id, _state_after(error), error=str(error), seconds=time.monotonic() - started)
            raise
        seconds = round(time.monotonic() - started, 3)
        self._ledger.settle(entry.id, DeliveryState.DELIVERED, receipt=receipt.text, size=receipt.size, seconds=seconds)
        log.info("%s: delivered, %s bytes, %.2f s, %s", entry.recipient, f"{receipt.size:,}", seconds, receipt.text)
        return receipt.text

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
        carried = {key: self._artifacts[key] for key in self._channel.formats()}
        files = {key: self._files / artifact.name for key, artifact in carried.items()}
        return Delivery(entry.id, entry.recipient, files, carried, self._run.words)


def _state_after(error: ReportError) -> DeliveryState:
    if isinstance(error, UncertainDeliveryError):
        return DeliveryState.UNCERTAIN
    return DeliveryState.RETRYING if error.retryable else DeliveryState.FAILED
