"""E-mail: a message of its own for each recipient, so that no address delays or repeats another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.audience import Copy, Recipient, once
from scheduled_reports.audience.domains import mailbox
from scheduled_reports.audience.entries import Entries
from scheduled_reports.channels.base import Audience, Channel, Delivery, Session
from scheduled_reports.connections import Connect
from scheduled_reports.mail import mail_server, rehearsed
from scheduled_reports.mail.pace import Rate
from scheduled_reports.model import ConnectionId, EmailAddress, OneOrMany
from scheduled_reports.spec.marks import BodyFormatId, FormatId, Template


class Email(Channel):
    """E-mail through a mail server that Airflow has a connection to."""

    sends_messages: ClassVar[bool] = True

    type: Literal["email"]
    connection: ConnectionId = Field(
        "smtp_default", description="Airflow connection id of the mail server, of type smtp."
    )
    to: Entries = Field(
        min_length=1,
        description="Who gets it: addresses, people and groups in `include/recipients/`, or tables of recipients. Each "
        "mailbox gets one message of its own, however often it is named.",
    )
    cc: Entries = Field((), description="Who gets a copy, in the same words; who is in `to` gets no other.")
    bcc: Entries = Field(
        (), description="Who gets a copy that nobody is told of; who is in `to` or `cc` gets no other."
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
    rate: Rate | None = Field(
        None,
        description="How many messages the provider takes: `30/minute`; a number and `second`, `minute` or `hour`. In "
        "no such span more are sent, by one attempt of this destination. Any number unless given.",
    )
    messages_per_connection: int | None = Field(
        None,
        ge=1,
        description="How many messages the provider takes through one connection; then a new one is made. Any number "
        "unless given; where a server hangs up after some, that is no error.",
    )

    @model_validator(mode="after")
    def _carries_something(self) -> Self:
        if not self.body and not self.attach:
            raise ValueError("an e-mail needs 'body' or 'attach'; name the formats that it carries")
        return self

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return each mailbox once, whatever its spelling: those of `to`, then of `cc`, then of `bcc`."""
        named = ((Copy.TO, self.to), (Copy.CC, self.cc), (Copy.BCC, self.bcc))
        return once(recipient for copy, entries in named for recipient in audience.people(entries, copy))

    def identity(self, address: str) -> str:
        """Return the same for every spelling of a mailbox: no mail system in use tells Ann@ from ann@."""
        return mailbox(address)

    def formats(self) -> tuple[str, ...]:
        """Return the formats of the body, then those attached."""
        return tuple(dict.fromkeys((*self.body, *self.attach)))

    def body_formats(self) -> tuple[str, ...]:
        """Return the formats of the body: each mail's text is whole."""
        return self.body

    def weight(self, delivery: Delivery) -> int:
        """Return how many bytes the mail has at most, attachments in base64."""
        from scheduled_reports.parcels.weights import mail_weight

        return mail_weight(delivery, self.body, self.attach)

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
        from scheduled_reports.mail.outbox import Outbox

        with mail_server(connect, self.connection, self.messages_per_connection) as server:
            yield Outbox(self, server)
