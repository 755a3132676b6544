"""Tell a report's owner what went wrong."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from scheduled_reports.connections import Connect
from scheduled_reports.errors import ReportError
from scheduled_reports.mail import ascii_domain, letter, mail_server

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail.

    Attributes:
        name: Its name.
        media_type: Its IANA media type: `text/csv`.
        content: Its bytes.
    """

    name: str
    media_type: str
    content: bytes


def tell_owner(
    connect: Connect, conn_id: str, owner: str, subject: str, text: str, attachments: Sequence[Attachment] = ()
) -> None:
    """Send one plain e-mail to `owner` through the mail server of the Airflow connection `conn_id`.

    Raises:
        UnknownConnectionError: There is no such connection, or it names no host.
        UncertainDeliveryError: The server may have accepted it.
        DeliveryError: The server does not have it.
    """
    with mail_server(connect, conn_id) as server:
        message = letter(server.sender, owner, subject, uuid.uuid4().hex)
        message.set_content(text)
        for file in attachments:
            main, _, sub = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        sender = ascii_domain(server.sender.addr_spec)
        server.transfer(message.as_bytes(), sender, ascii_domain(owner))


def tell_owner_or_log(connect: Connect, conn_id: str, owner: str, subject: str, text: str) -> None:
    """Tell the owner; that this may fail too is logged, and does not hide what it was about."""
    try:
        tell_owner(connect, conn_id, owner, subject, text)
    except ReportError as error:
        log.error("The owner %s could not be told: %s", owner, error)  # noqa: TRY400 - the text says all
