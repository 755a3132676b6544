"""Send deliveries of one destination, each claimed in the ledger before, and noted there after."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Self

from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.channels import Channel, Delivery, Receipt, Session
from scheduled_reports.document.document import Notice
from scheduled_reports.editions import Edition, edition_for
from scheduled_reports.errors import DeliveryError, LedgerError, ReportError, UncertainDeliveryError
from scheduled_reports.formats.base import Artifact
from scheduled_reports.language import Language
from scheduled_reports.ledger import Claim, ClaimOutcome, DeliveryEntry, DeliveryState, Ledger
from scheduled_reports.parcels import Packing, seal
from scheduled_reports.parcels.links import link_to
from scheduled_reports.run import Run
from scheduled_reports.steps.heartbeat import Heartbeat
from scheduled_reports.steps.mending import resend
from scheduled_reports.steps.render import artifacts_of, notices_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Cargo:
    """What the readers of one edition get.

    Attributes:
        artifacts: The files, by format id.
        notices: What stands on top of them.
        language: What a message says of them in.
    """

    artifacts: Mapping[str, Artifact]
    notices: tuple[Notice, ...]
    language: Language


class Sender:
    """Sends the deliveries of one destination through one session, opened when the first is due.

    Use it in a `with` statement, which hangs up in the end.

    Args:
        run: The run.
        ledger: Where its deliveries are claimed and noted.
        channel: The destination.
        recipients: Who gets them, by identity.
        lease: How long a claim holds without being renewed.
    """

    def __init__(
        self, run: Run, ledger: Ledger, channel: Channel, recipients: Mapping[str, Recipient], lease: dt.timedelta
    ) -> None:
        self._run, self._ledger, self._channel, self._recipients = run, ledger, channel, recipients
        self._lease, self._heart = lease, Heartbeat(ledger, lease)
        self._stack = ExitStack()
        self._session: Session | None = None
        self._closed: ReportError | None = None
        self._cargoes: dict[Edition, _Cargo] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def resends_doubts(self) -> bool:
        """Whether a delivery that may have arrived is sent again: as the spec says, else where that does no harm."""
        otherwise = "resend" if self._channel.repeats_safely else "hold"
        return (self._channel.on_uncertain or otherwise) == "resend"

    def send(self, entry: DeliveryEntry) -> Receipt | None:
        """Prepare, claim, send, and note the receipt; None where it has it already.

        What fails before the claim leaves the delivery open.

        Raises:
            UncertainDeliveryError: Nobody knows whether it arrived.
            DeliveryError: It did not arrive; or another worker is at it, and this one leaves it alone.
            LedgerError: The ledger cannot be reached.
            ReportError: Its files cannot be read, or the other end cannot be reached.
        """
        try:
            session, parcels = self._opened(), self._parcels(self._delivery(entry))
        except ReportError as error:
            self._ledger.put_off(entry.id, _state_after(error), str(error))
            raise
        claim = self._ledger.claim(entry.id, lease=self._lease, resend_doubts=self.resends_doubts)
        if claim.outcome is ClaimOutcome.HAS_RECEIPT:
            log.info("%s has it already", entry.recipient)
            return None
        if claim.outcome is ClaimOutcome.BUSY:
            raise _busy(claim)
        if claim.outcome is ClaimOutcome.IN_DOUBT:
            raise UncertainDeliveryError(f"{entry.recipient} may have it already", why=claim.entry.error,
                                         fix=_ask(self._run))  # fmt: skip
        with self._heart.keeping(entry.id):
            return self._hand_over(session, parcels, claim.entry)

    def _hand_over(self, session: Session, parcels: list[Delivery], entry: DeliveryEntry) -> Receipt:
        started = time.monotonic()
        try:
            receipt = self._sent(session, parcels, entry)
        except _TakenOverError:
            raise
        except Exception as error:
            known = self._told(entry, error)
            seconds = round(time.monotonic() - started, 3)
            self._ledger.settle(entry.id, _state_after(known), error=str(known), seconds=seconds)
            if known is error:
                raise
            raise known from error
        seconds = round(time.monotonic() - started, 3)
        kept = self._ledger.settle(
            entry.id, DeliveryState.DELIVERED, receipt=receipt.text, size=receipt.size, seconds=seconds
        )
        if not kept:
            raise _TakenOverError(entry, receipt)
        log.info("%s: delivered, %s bytes, %.2f s, %s", entry.recipient, f"{receipt.size:,}", seconds, receipt.text)
        return receipt

    def _sent(self, session: Session, parcels: list[Delivery], entry: DeliveryEntry) -> Receipt:
        """Send a delivery's messages but those that arrived before; return one receipt for all of them.

        Where it was cut otherwise before, all of them are sent: those that arrived do not make a whole with these.
        """
        mark = f" (cut {seal(parcels)})" if len(parcels) > 1 else ""
        receipts, size = {number: text for number, text in entry.parts.items() if mark and text.endswith(mark)}, 0
        for parcel in parcels:
            number, of_all = parcel.part
            if number in receipts:
                continue
            if self._heart.has_lost(entry.id):
                raise _TakenOverError(entry)
            receipt = session.send(parcel)
            receipts[number], size = f"{receipt.text}{mark}", size + receipt.size
            if of_all > 1:
                self._note_part(entry, number, receipts[number])
        return Receipt("; ".join(text.removesuffix(mark) for _, text in sorted(receipts.items())), size)

    def _note_part(self, entry: DeliveryEntry, number: int, text: str) -> None:
        """Note that a message arrived; where that fails, it must not be taken for one that did not."""
        try:
            kept = self._ledger.note_part(entry.id, number, text)
        except LedgerError as error:
            what = f"nobody noted that message {number} to {entry.recipient} arrived: {text}"
            raise UncertainDeliveryError(what, why=str(error), fix=_ask(self._run)) from error
        if not kept:
            raise _TakenOverError(entry, Receipt(text, 0))

    def _told(self, entry: DeliveryEntry, error: Exception) -> ReportError:
        """Return the error as ours; of a fault of the channel itself nobody knows how far it came."""
        known = error if isinstance(error, ReportError) else None
        if known is None:
            what, why = f"sending to {entry.recipient} broke off", f"{type(error).__name__}: {error}"
            known = UncertainDeliveryError(what, why=why, fix=_ask(self._run))
        if isinstance(known, UncertainDeliveryError) and self.resends_doubts:
            known.retryable = True
        return known

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
            self._stack.enter_context(self._heart)
        return self._session

    @cached_property
    def _files(self) -> Path:
        return self._stack.enter_context(self._run.folder.fetch("files"))

    @cached_property
    def _circle(self) -> tuple[Recipient, ...]:
        return tuple(one for one in self._recipients.values() if one.copy is not Copy.BCC and not one.fault)

    def _delivery(self, entry: DeliveryEntry) -> Delivery:
        recipient = self._recipients[entry.identity]
        if recipient.fault:
            raise DeliveryError(f"nothing can be sent to {recipient}", why=recipient.fault, fix="mend it at its origin")
        edition = edition_for(self._run.report, self._channel, recipient)
        cargo = self._cargo(edition)
        files = {key: self._files / made.path.removeprefix("files/") for key, made in cargo.artifacts.items()}
        words = self._run.words_in(edition.language)
        return Delivery(entry.id, recipient, files, cargo.artifacts, words, cargo.notices, self._circle,
                        language=cargo.language)  # fmt: skip

    def _parcels(self, delivery: Delivery) -> list[Delivery]:
        """Return the messages that a delivery goes in."""
        return self._packing.fitted(delivery)

    @cached_property
    def _packing(self) -> Packing:
        run, limit = self._run, getattr(self._opened(), "limit", None)
        records = {entry.key: entry.records() for entry in run.report.spec.formats}
        folder = cache(lambda: self._stack.enter_context(run.folder.scratch()))
        return Packing(self._channel, limit, folder, records, partial(link_to, run))

    def _cargo(self, edition: Edition) -> _Cargo:
        """Return what the readers of an edition get; it is read from the manifest once."""
        if edition not in self._cargoes:
            made = artifacts_of(self._run, edition)
            lacking = [key for key in self._channel.formats() if key not in made]
            if lacking:
                why, fix = "the spec named it after rendering", "clear the task `render`"
                raise DeliveryError(f"the run has no file of format {lacking[0]!r}", why=why, fix=fix)
            carried = {key: made[key] for key in self._channel.formats()}
            language = self._run.language_in(edition.language)
            self._cargoes[edition] = _Cargo(carried, notices_of(self._run, edition), language)
        return self._cargoes[edition]


class _TakenOverError(DeliveryError):
    """Another worker has taken the delivery over meanwhile; what became of it is that worker's to note."""

    default_retryable = True

    def __init__(self, entry: DeliveryEntry, receipt: Receipt | None = None) -> None:
        why = f"its lease ended; it was sent nevertheless: {receipt.text}" if receipt else "its lease ended"
        super().__init__(f"{entry.recipient}: another worker took the delivery over", why=why,
                         fix="nothing has to be done: the next attempt looks what became of it")  # fmt: skip


def _busy(claim: Claim) -> DeliveryError:
    until = claim.until or dt.datetime.now(dt.UTC)
    error = DeliveryError(
        f"{claim.entry.recipient}: another worker is sending it",
        why=f"its claim holds until {until:%Y-%m-%d %H:%M:%S %Z} and is renewed while that worker lives",
        fix="nothing has to be done: the next attempt looks what became of it", retryable=True,
    )  # fmt: skip
    error.retry_after = max((until - dt.datetime.now(dt.UTC)).total_seconds(), 1.0)
    return error


def _ask(run: Run) -> str:
    return f"ask them; where they have nothing, `{resend(run, '--only-uncertain')}` sends it again"


def _state_after(error: ReportError) -> DeliveryState:
    if isinstance(error, UncertainDeliveryError):
        return DeliveryState.UNCERTAIN
    return DeliveryState.RETRYING if error.retryable else DeliveryState.FAILED
