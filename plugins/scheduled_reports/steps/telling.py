"""Tell somebody by mail, once: the ledger knows what they were told, however often a task is repeated or cleared."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduled_reports.errors import DeliveryError, LedgerError, ReportError, UncertainDeliveryError
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.told import note_told, told_of
from scheduled_reports.notify import Attachment, tell_owner
from scheduled_reports.run import Run

log = logging.getLogger(__name__)

_VARYING = re.compile(r"\b(?=\w*\d)\w{6,}\b|\b\d+(:\d\d)+\b|\b\d+\.\d+\b")
"""What differs from one attempt to the next where the cause is the same: queue ids, times, seconds."""


@dataclass(frozen=True)
class News:
    """What somebody is told.

    Attributes:
        facts: What makes it news: with the same facts it is told once.
        subject: The mail's subject.
        text: Its text.
        attachments: Files that go with it; where a server does not take it with them, it goes without.
    """

    facts: tuple[str, ...]
    subject: str
    text: str
    attachments: Sequence[Attachment] = ()


def steady(error: str) -> str:
    """Return an error without what each attempt has anew, to tell the same cause from another."""
    return _VARYING.sub("#", error)


def key_of(run: Run, facts: Iterable[str]) -> str:
    """Return the key of news of a run: the same for the same facts."""
    text = "\n".join((run.report.id, run.schedule.id, run.run_id, *sorted(facts)))
    return hashlib.sha256(text.encode()).hexdigest()


def tell_once(run: Run, ledger: Ledger, conn_id: str, addresses: Iterable[str], news: News) -> list[str]:
    """Tell those who have not been told; return whom. That somebody cannot be told is logged, and hides nothing else.

    Args:
        run: The run that it is about.
        ledger: Where it is noted who was told.
        conn_id: The SMTP connection by which they are.
        addresses: Who is told.
        news: What.
    """
    about, told = key_of(run, news.facts), list[str]()
    try:
        known = {address.casefold() for address in told_of(ledger, about)}
    except LedgerError as error:  # rather twice than never
        log.warning("Who was told cannot be read: %s", error)
        known = set()
    for address in addresses:
        if address.casefold() in known:
            log.info("%s was told before", address)
            continue
        try:
            _tell(run, conn_id, address, news)
            told.append(address)
            note_told(ledger, run, about, address)
        except ReportError as error:
            log.error("%s could not be told: %s", address, error)  # noqa: TRY400 - the text says all
    return told


def _tell(run: Run, conn_id: str, address: str, news: News) -> None:
    try:
        tell_owner(run.connect, conn_id, address, news.subject, news.text, news.attachments)
    except UncertainDeliveryError:
        raise
    except DeliveryError as error:
        if not news.attachments or error.retryable:
            raise
        log.warning("Told without attachments: %s", error)
        tell_owner(run.connect, conn_id, address, news.subject, news.text)
