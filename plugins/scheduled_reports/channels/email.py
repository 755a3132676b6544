"""E-mail: a message of its own for each recipient, so that no address delays or repeats another's."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import mimetypes
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import PurePath
from typing import Any, Literal, NamedTuple, Self
from urllib.parse import quote, unquote_to_bytes

from pydantic import Field, model_validator

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.base import Audience, Channel, Delivery, Receipt, Session
from scheduled_reports.connections import Connect
from scheduled_reports.document.document import mark
from scheduled_reports.errors import DeliveryError
from scheduled_reports.model import ConnectionId, EmailAddress, OneOrMany
from scheduled_reports.smtp import MailServer, mail_server
from scheduled_reports.spec.marks import BodyFormatId, FormatId, Template
from scheduled_reports.templates import fill

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_IMAGE = re.compile(
    r"""<!--.*?--> | <(?P<raw>script|style)\b.*?</(?P=raw)      # nothing in these is an image
    | (?P<start><img\b (?:[^>"'] | "[^"]*" | '[^']*')*? \ssrc\s*=\s*)
      (?P<quote>["']) data:image/(?P<subtype>[\w.+-]+) (?P<options>[^,"']*) , (?P<data>[^"']*) (?P=quote)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


class Email(Channel):
    """E-mail through a mail server that Airflow has a connection to."""

    type: Literal["email"]
    connection: ConnectionId = Field(
        "smtp_default", description="Airflow connection id of the mail server, of type smtp."
    )
    to: OneOrMany[EmailAddress] = Field(
        min_length=1, description="Who gets it; each address gets a message of its own and sees no other."
    )
    sender: EmailAddress | None = Field(
        None,
        description="Sender's address; the `from_email` of the connection's extra, or its login, unless given.",
    )
    sender_name: str | None = Field(
        None,
        min_length=1,
        description="Sender's name, shown beside the address; "
        "unless given the brand's `sender_name`, or that of the connection.",
    )
    reply_to: EmailAddress | None = Field(None, description="Where answers go; to the report's owner unless given.")
    subject: Template = Field(
        "{{ report.title }} · {{ period.label }}",
        min_length=1,
        description="Subject; may hold templates. Where the report has a notice, `[STALE]` say, it stands before it.",
    )
    body: OneOrMany[BodyFormatId] = Field(
        (),
        description="Formats that are the mail's own text: at most one `html_email` and one `text`. Where there is "
        "no plain text, a short one is made.",
    )
    attach: OneOrMany[FormatId] = Field((), description="Formats to attach as files.")

    @model_validator(mode="after")
    def _carries_something(self) -> Self:
        if not self.body and not self.attach:
            raise ValueError("an e-mail needs 'body' or 'attach'; name the formats that it carries")
        return self

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return each address once, whatever its letter case."""
        found: dict[str, Recipient] = {}
        for recipient in audience.people(self.to):
            found.setdefault(self.identity(recipient.address), recipient)
        return tuple(found.values())

    def identity(self, address: str) -> str:
        """Return the address without letter case: no mail system in use tells Ann@ from ann@."""
        return address.casefold()

    def formats(self) -> tuple[str, ...]:
        """Return the formats of the body, then those attached."""
        return tuple(dict.fromkeys((*self.body, *self.attach)))

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str:
        """Log in and begin a mail that is not sent; every hour without its recipients, who would look like a search."""
        with mail_server(connect, self.connection) as server:
            sender = self.sender or server.sender.addr_spec
            asked = self.recipients(audience) if thorough else ()
            return rehearsed(server, sender, tuple(recipient.address for recipient in asked))

    @contextmanager
    def open(self, connect: Connect) -> Iterator[Session]:
        """Log in to the mail server.

        Raises:
            UnknownConnectionError: There is no such connection, or it names no host.
            DeliveryError: The server cannot be reached, or does not let us in.
        """
        with mail_server(connect, self.connection) as server:
            yield _Outbox(self, server)


def rehearsed(server: MailServer, sender: str, recipients: tuple[str, ...]) -> str:
    """Return what the server says to a mail that is not sent.

    Raises:
        DeliveryError: It refuses the sender, or a recipient.
    """
    refused = server.rehearse(ascii_domain(sender), [ascii_domain(recipient) for recipient in recipients])
    if refused:
        told = "; ".join(f"{recipient}: {reply}" for recipient, reply in refused.items())
        what = f"{server.name} refuses {len(refused)} of {len(recipients)} recipients"
        raise DeliveryError(what, why=told, fix="correct the addresses in the spec")
    count = f" and {len(recipients)} recipient{'s' if len(recipients) != 1 else ''}" if recipients else ""
    return f"{server.name} takes mail from {sender}{count}"


class _Outbox:
    """Writes messages and hands them to the server."""

    def __init__(self, channel: Email, server: MailServer) -> None:
        self._channel, self._server = channel, server

    def send(self, delivery: Delivery) -> Receipt:
        """Send one message; its Message-ID is the same on every attempt.

        Raises:
            UncertainDeliveryError: The server may have accepted it.
            DeliveryError: It has not, or the files do not make a mail.
            SpecError: The subject's template cannot be filled.
        """
        sender, recipient = self._sender(delivery.words), ascii_domain(delivery.recipient.address)
        message = self._message(delivery, sender, recipient)
        content = message.as_bytes()
        answer = self._server.transfer(content, ascii_domain(sender.addr_spec), recipient)
        return Receipt(f"{message['Message-ID']} {answer}", len(content))

    def _sender(self, words: Mapping[str, Any]) -> Address:
        own = self._channel.sender
        address = self._server.sender if own is None else Address(addr_spec=own)
        name = self._channel.sender_name or words["brand"]["sender_name"] or address.display_name
        return Address(name, address.username, address.domain)

    def _message(self, delivery: Delivery, sender: Address, recipient: str) -> EmailMessage:
        channel, words = self._channel, delivery.words
        subject = mark(delivery.notices) + fill(channel.subject, words)
        message = letter(sender, recipient, subject, quote(delivery.id, safe=""))
        message["Reply-To"] = _address(channel.reply_to or words["report"]["owner"])
        message["X-Report"] = _one_line(f"{words['report']['id']}/{words['schedule']['id']}")
        texts = _texts(channel.body, delivery)
        message.set_content(texts.get("text/plain") or _short_text(channel, delivery))
        if "text/html" in texts:
            _add_html(message, texts["text/html"])
        for key in channel.attach:
            main, _, sub = _media_type(delivery, key).partition("/")
            name = _one_line(PurePath(delivery.artifacts[key].name).name)
            message.add_attachment(_content(delivery, key), maintype=main, subtype=sub, filename=name)
        return message


def letter(sender: Address, recipient: str, subject: str, unique: str) -> EmailMessage:
    """Return a message with its headers and no content yet.

    Args:
        sender: Who it is from.
        recipient: The address of the one it is to.
        subject: What it is about; line breaks, which could begin another header, become spaces.
        unique: What makes the Message-ID unique, before the `@`; without spaces.

    Raises:
        DeliveryError: An address has a domain that cannot exist.
    """
    origin, destination = _address(sender.addr_spec), _address(recipient)
    ascii_only = (origin.addr_spec + destination.addr_spec).isascii()
    message = EmailMessage((policy.SMTP if ascii_only else policy.SMTPUTF8).clone(cte_type="7bit"))
    message["From"] = Address(_one_line(sender.display_name), origin.username, origin.domain)
    message["To"] = destination
    message["Subject"] = _one_line(subject)
    message["Date"] = dt.datetime.now(dt.UTC)
    message["Message-ID"] = f"<{unique}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note answers it
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange's words for it; "All" would hide bounces
    return message


def ascii_domain(address: str) -> str:
    """Return `address` with its domain in the letters that DNS knows (IDNA).

    Raises:
        DeliveryError: The domain cannot exist.
    """
    return _address(address).addr_spec


def _address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    try:
        return Address("", local, domain if domain.isascii() else domain.encode("idna").decode("ascii"))
    except ValueError as error:
        raise DeliveryError(f"{text!r} is no address for mail", why=str(error), fix="correct it") from error


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _media_type(delivery: Delivery, key: str) -> str:
    return delivery.artifacts[key].media_type.partition(";")[0].strip().lower()


def _content(delivery: Delivery, key: str) -> bytes:
    try:
        return delivery.files[key].read_bytes()
    except OSError as error:
        what = f"the mail to {delivery.recipient} was not sent: the file of format {key!r} cannot be read"
        raise DeliveryError(what, why=str(error), fix="clear the render task", retryable=True) from error


def _texts(keys: tuple[str, ...], delivery: Delivery) -> dict[str, str]:
    """Return the texts of the mail by media type: at most one HTML and one plain text."""
    texts: dict[str, str] = {}
    for key in keys:
        kind, what = _media_type(delivery, key), f"format {key!r} cannot be the text of an e-mail"
        if kind not in {"text/html", "text/plain"}:
            raise DeliveryError(what, why=f"it is {kind}", fix="name it in 'attach' instead of 'body'")
        if kind in texts:
            raise DeliveryError(what, why=f"another format in 'body' is {kind}", fix="leave one of them out")
        try:
            texts[kind] = _content(delivery, key).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DeliveryError(what, why=f"it is not UTF-8: {error}", fix="mend the format") from error
    return texts


def _short_text(channel: Email, delivery: Delivery) -> str:
    """Return what a mail says to those who see no HTML: what to beware of, what it is, of when, what is attached."""
    notices = [f"! {notice}\n" for notice in delivery.notices]
    words, names = delivery.words, [delivery.artifacts[key].name for key in channel.attach]
    return "\n".join([*notices, words["report"]["title"], words["period"]["label"], "", *names]).rstrip() + "\n"


def _add_html(message: EmailMessage, text: str) -> None:
    """Add the HTML; its `data:` images, which mail programs hide, become parts of the message (RFC 2392)."""
    images: dict[str, _Image] = {}

    def _refer(found: re.Match[str]) -> str:
        image = _image_in(found) if found["data"] else None
        if image is None:
            return found[0]
        images.setdefault(image.cid, image)
        return f"{found['start']}{found['quote']}cid:{image.cid}{found['quote']}"

    message.add_alternative(_IMAGE.sub(_refer, text), subtype="html")
    part = message.get_body(("html",))
    if part is None or not images:
        return
    for number, image in enumerate(images.values(), start=1):
        name = f"image-{number}{mimetypes.guess_extension(f'image/{image.subtype}') or ''}"
        part.add_related(
            image.content, "image", image.subtype, cid=f"<{image.cid}>", filename=name, disposition="inline"
        )
    part.set_param("type", "text/html")  # RFC 2387, 3.1


class _Image(NamedTuple):
    """An image taken out of HTML."""

    subtype: str
    content: bytes

    @property
    def cid(self) -> str:
        """The same for the same bytes, so that a repeated image travels once."""
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}@image.invalid"


def _image_in(found: re.Match[str]) -> _Image | None:
    """Return the image of a `data:` URI (RFC 2397), or None where it is not valid."""
    content = unquote_to_bytes(html.unescape(found["data"]))
    if found["options"].lower().endswith(";base64"):
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except ValueError:
            return None
    return _Image(found["subtype"].lower(), content)
