"""What the tests of e-mail share: a mail to send, and how the mail that arrived is read."""

import email
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.channels.email import Email
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError

PLAIN = {"disable_ssl": True, "disable_tls": True, "from_email": "Reports <reports@example.org>"}
PDF = ("sales.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\n..\n\x00\xff")
Connect = Callable[..., str]
Deliver = Callable[..., Delivery]


def channel(**fields: Any) -> Email:
    return Email.model_validate({"type": "email", "to": "anna@example.org", "attach": "pdf", **fields})


def send(mail: Email, *deliveries: Delivery) -> list[Receipt]:
    with mail.open(airflow_connection) as session:
        return [session.send(delivery) for delivery in deliveries]


def failure(mail: Email, delivery: Delivery) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        send(mail, delivery)
    return told.value


def received(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[return-value]


def words_of(part: Any) -> str:
    """The text of a part, with the line ends that it had before it travelled."""
    return str(part.get_content()).replace("\r\n", "\n")


def only(server: MailServer) -> EmailMessage:
    (path,) = server.messages()
    return received(path)
