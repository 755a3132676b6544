"""A message with its headers and no content yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.mail.headers import (
    UNDISCLOSED,
    Line,
    add_addresses,
    add_text,
    add_token,
    folded_addresses,
    mail_address,
)  # fmt: skip


def letter(sender: Address, recipient: str, subject: str, unique: str, name: str = "") -> EmailMessage:
    """Return a message to one recipient with its headers and no content yet.

    Args:
        sender: Who it is from.
        recipient: The address of the one it is to.
        subject: What it is about; line breaks, which could begin another header, become spaces.
        unique: What makes the Message-ID unique, before the `@`; without spaces.
        name: The recipient's name, as people write it.

    Raises:
        DeliveryError: An address has a domain that cannot exist.
    """
    destination = mail_address(recipient, name)
    message = unaddressed(sender, destination, subject, unique)
    add_addresses(message, "To", [destination], wide=message.policy.utf8)  # type: ignore[attr-defined]
    return message


def unaddressed(sender: Address, destination: Address, subject: str, unique: str) -> EmailMessage:
    """Return a message as `letter` does, without saying whom it is to."""
    origin = mail_address(sender.addr_spec, sender.display_name)
    wide = not (origin.addr_spec + destination.addr_spec).isascii()
    message = EmailMessage((policy.SMTPUTF8 if wide else policy.SMTP).clone(cte_type="7bit"))
    add_addresses(message, "From", [origin], wide=wide)
    add_text(message, "Subject", subject)
    add_token(message, "Date", format_datetime(dt.datetime.now(dt.UTC)))
    message["Message-ID"] = Line.of("Message-ID", f"<{unique}@{origin.domain}>")
    add_token(message, "Auto-Submitted", "auto-generated")  # RFC 3834: no out-of-office note answers it
    # Exchange's words for it; "All" would hide bounces
    add_token(message, "X-Auto-Response-Suppress", "OOF, AutoReply")
    return message


class Circle:
    """Whom a destination's messages name: one another, but for those who get a copy that nobody is told of."""

    def __init__(self, members: Sequence[Recipient]) -> None:
        self._members = tuple(members)
        self._to = [one for one in members if one.copy is Copy.TO]
        self._lines: dict[bool, Line] = {}

    def is_of(self, members: Sequence[Recipient]) -> bool:
        """Return whether these are its members."""
        return self._members is members or self._members == tuple(members)

    def address(self, message: EmailMessage, recipient: Recipient, destination: Address) -> None:
        """Write `To:` and `Cc:` of one recipient's message.

        Who is in `to` sees their own address alone; a copy names the one whom the original went to, unless there are
        several, as none of them was told of the others.
        """
        wide: bool = message.policy.utf8  # type: ignore[attr-defined]
        if recipient.copy is Copy.TO:
            add_addresses(message, "To", [destination], wide=wide)
        elif len(self._to) == 1:
            add_addresses(message, "To", [_address(self._to[0])], wide=wide)
        else:
            message["To"] = Line.of("To", UNDISCLOSED)
        copies = self._copies(wide=wide)
        if copies:
            message["Cc"] = copies

    def _copies(self, *, wide: bool) -> Line:
        """Return the `Cc:` of all messages: a circle may have thousands, so it is written once."""
        if wide not in self._lines:
            named = [_address(one) for one in self._members if one.copy is Copy.CC]
            self._lines[wide] = folded_addresses("Cc", named, wide=wide)
        return self._lines[wide]


def _address(recipient: Recipient) -> Address:
    return mail_address(recipient.address, recipient.name)
