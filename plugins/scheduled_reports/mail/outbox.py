"""The session of an e-mail destination: writes each recipient's message and hands it to the server."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from email.headerregistry import Address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scheduled_reports.channels.base import Delivery, Receipt
from scheduled_reports.document.document import mark
from scheduled_reports.mail.content import Content, content_of
from scheduled_reports.mail.headers import add_addresses, add_token, ascii_domain, mail_address
from scheduled_reports.mail.letter import Circle, unaddressed
from scheduled_reports.mail.pace import Pace
from scheduled_reports.mail.server import MailServer
from scheduled_reports.mail.wire import Wire
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from scheduled_reports.channels.email import Email

_KEPT_BYTES = 64 * 1024 * 1024
"""How much of what was encoded is kept for the next recipient; the newest is kept whatever its size."""


class Outbox:
    """Writes messages and hands them to the server."""

    def __init__(self, channel: Email, server: MailServer) -> None:
        self._channel, self._server = channel, server
        self._pace = Pace(channel.rate)
        self._circle = Circle(())
        self._encoded: OrderedDict[Hashable, _Encoded] = OrderedDict()

    @property
    def limit(self) -> int | None:
        """How many bytes the server takes in one message, as it says; None where it says nothing."""
        return self._server.limit

    def send(self, delivery: Delivery) -> Receipt:
        """Send one message; its Message-ID is the same on every attempt.

        Raises:
            UncertainDeliveryError: The server may have accepted it.
            DeliveryError: It has not, or the files do not make a mail.
            SpecError: The subject's template cannot be filled.
        """
        sender, recipient = self._sender(delivery.words), mail_address(delivery.recipient.address)
        headers, unique = self._headers(delivery, sender, recipient)
        encoded = self._content(delivery)
        message = Wire.of(headers, encoded.headers, b"\r\n") + encoded.body
        self._pace.wait(self._server.rest)
        try:
            answer = self._server.transfer(message, ascii_domain(sender.addr_spec), recipient.addr_spec)
        finally:
            self._pace.count()
        return Receipt(f"{unique} {answer}", message.size)

    def _sender(self, words: Mapping[str, Any]) -> Address:
        own = self._channel.sender
        address = self._server.sender if own is None else mail_address(own)
        name = self._channel.sender_name or words["brand"]["sender_name"] or address.display_name
        return mail_address(address.addr_spec, name)

    def _headers(self, delivery: Delivery, sender: Address, recipient: Address) -> tuple[bytes, str]:
        """Return all headers but those of the content, and the Message-ID."""
        channel, words, (part, parts) = self._channel, delivery.words, delivery.part
        several = f" ({part}/{parts})" if parts > 1 else ""
        unique = quote(delivery.id, safe="") + (f".{part}of{parts}" if parts > 1 else "")
        subject = mark(delivery.notices) + fill(channel.subject, words) + several
        destination = mail_address(recipient.addr_spec, delivery.recipient.name)
        message = unaddressed(sender, destination, subject, unique)
        if not self._circle.is_of(delivery.circle):
            self._circle = Circle(delivery.circle)
        self._circle.address(message, delivery.recipient, destination)
        wide: bool = message.policy.utf8  # type: ignore[attr-defined]
        add_addresses(message, "Reply-To", [mail_address(channel.reply_to or words["report"]["owner"])], wide=wide)
        add_token(message, "X-Report", f"{words['report']['id']}/{words['schedule']['id']}")
        return message.as_bytes().removesuffix(b"\r\n"), str(message["Message-ID"])

    def _content(self, delivery: Delivery) -> _Encoded:
        """Return what the delivery carries, encoded once for all recipients who get the same."""
        key = self._key(delivery)
        if key not in self._encoded:
            while self._encoded and sum(one.body.size for one in self._encoded.values()) > _KEPT_BYTES:
                self._encoded.popitem(last=False)
            self._encoded[key] = _Encoded(content_of(*self._carried(delivery), delivery))
        self._encoded.move_to_end(key)
        return self._encoded[key]

    def _carried(self, delivery: Delivery) -> tuple[list[str], list[str]]:
        """Return which formats are text and which are files of this message: one of several holds some of them."""
        body, attach = self._channel.body, self._channel.attach
        return [key for key in body if key in delivery.files], [key for key in attach if key in delivery.files]

    def _key(self, delivery: Delivery) -> Hashable:
        """Return what decides how the content looks."""
        words = delivery.words
        return (
            tuple((str(path), delivery.artifacts[key]) for key, path in delivery.files.items()),
            delivery.notices, delivery.links, delivery.part, delivery.language,
            words["report"]["title"], words["period"]["label"],
        )  # fmt: skip


class _Encoded:
    def __init__(self, content: Content) -> None:
        self.headers, self.body = content.headers, Wire.of(content.body)
