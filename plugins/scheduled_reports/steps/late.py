"""Tell those who wait for a report that it is late: once, in their language, and never after they got it."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from email.headerregistry import Address

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.email import Email
from scheduled_reports.errors import ReportError
from scheduled_reports.language import Language, language_of
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.ledger.told import note_told, told_of
from scheduled_reports.mail import MailServer, ascii_domain, letter, mail_server
from scheduled_reports.run import Run
from scheduled_reports.steps.deliver import due_rule
from scheduled_reports.steps.plan import pages, recipients_of, replaced

log = logging.getLogger(__name__)

_HAVE_IT = frozenset(
    {DeliveryState.DELIVERED, DeliveryState.UNCERTAIN, DeliveryState.SENDING, DeliveryState.NOT_NEEDED}
)
"""States of those whom the news would confuse: they have it, may have it, or get none."""


def tell_late(run: Run, ledger: Ledger, now: dt.datetime | None = None) -> int:
    """Tell the recipients of a run's e-mails who have nothing yet, where the spec wants that; return how many.

    That somebody cannot be told is logged: it hides nothing of why the report is late.

    Args:
        run: The run.
        ledger: Where it is noted who was told.
        now: What time it is, aware, where the run still goes on: then those who are to get theirs later are not told.
    """
    spec, told = run.report.spec, 0
    if not spec.tell_late or not run.send:
        return 0
    for channel in spec.deliver:
        if isinstance(channel, Email) and not channel.standby and channel.only_if is None:
            try:
                told += 0 if channel.key in replaced(run, ledger) else _tell(run, ledger, channel, now)
            except ReportError as error:
                log.error("%s: they could not be told that it is late: %s", channel.key, error)  # noqa: TRY400
    return told


def _tell(run: Run, ledger: Ledger, channel: Email, now: dt.datetime | None) -> int:
    """Tell those of one destination, through one connection."""
    about, count = _key(run), 0
    known = told_of(ledger, about)
    with ExitStack() as stack:
        server: MailServer | None = None
        for recipient in _waiting(run, ledger, channel, now):
            if recipient.address in known:
                continue
            server = server or stack.enter_context(mail_server(run.connect, channel.connection))
            try:
                _send(run, channel, recipient, server)
            except ReportError as error:
                log.error("%s could not be told that it is late: %s", recipient, error)  # noqa: TRY400
                continue
            note_told(ledger, run, about, recipient.address)
            known.add(recipient.address)
            count += 1
    return count


def _waiting(run: Run, ledger: Ledger, channel: Email, now: dt.datetime | None) -> Iterator[Recipient]:
    recipients, rule = recipients_of(run, channel), due_rule(run, channel)
    for page in pages(run, ledger, channel, recipients):
        for entry in page:
            recipient = recipients[entry.identity]
            late = now is None or rule.moment(recipient, now) <= now
            if late and entry.state not in _HAVE_IT and not recipient.fault:
                yield recipient


def _send(run: Run, channel: Email, recipient: Recipient, server: MailServer) -> None:
    sender = server.sender if channel.sender is None else Address(addr_spec=channel.sender)
    title, language = run.report.spec.title, _language(run, recipient)
    period = run.words_in(recipient.language)["period"]["label"]
    subject = language.text("Late: {title}, {period}", title=title, period=period)
    text = language.text("{title} for {period} is late. We are on it, and you get it as soon as it is ready.",
                         title=title, period=period)  # fmt: skip
    message = letter(sender, recipient.address, subject, f"late-{_key(run)[:32]}-{_short(recipient.address)}")
    message["Reply-To"] = channel.reply_to or run.report.spec.owner
    message.set_content(f"{text}\n")
    server.transfer(message.as_bytes(), ascii_domain(sender.addr_spec), ascii_domain(recipient.address))


def _language(run: Run, recipient: Recipient) -> Language:
    """Return the recipient's language; the report's where there are no texts in it."""
    spec = run.report.spec
    if recipient.language is not None and recipient.language != spec.language:
        try:
            return language_of(recipient.language, None, run.include)
        except ReportError as error:
            log.warning("%s is told in the report's language: %s", recipient, error)
    return language_of(spec.language, spec.locale, run.include)


def _key(run: Run) -> str:
    """Return the key of the news: of the period, so that a second run for it does not tell it again."""
    return _short(f"late|{run.report.id}|{run.schedule.id}|{run.period.slug}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
