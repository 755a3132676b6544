"""Telling a report's owner."""

import email
import json
from collections.abc import Iterator
from email import policy
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UnknownConnectionError
from scheduled_reports.notify import tell_owner


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    server = MailServer(tmp_path / "inbox", refuse=frozenset({"gone@example.org"}))
    with server:
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "reports@bücher.example"}
        fields = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(fields))
        yield server


def test_the_owner_gets_the_text_as_it_is(inbox: MailServer) -> None:
    text = "Umsätze konnte nicht gesendet werden:\n\n  550 unknown\n.\nEnde 📉\n"

    tell_owner(airflow_connection, "mail", "owner@example.org", "Not delivered:\n sales ❌", text)

    (path,) = inbox.messages()
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Not delivered: sales ❌"
    assert mail["To"] == mail["X-Envelope-To"] == "owner@example.org"
    assert mail["From"] == mail["X-Envelope-From"] == "reports@xn--bcher-kva.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == text


def test_two_notices_are_two_messages(inbox: MailServer) -> None:
    for _ in range(2):
        tell_owner(airflow_connection, "mail", "owner@example.org", "Late", "sales is late\n")

    first, second = (email.message_from_bytes(path.read_bytes())["Message-ID"] for path in inbox.messages())
    assert first != second


def test_an_owner_who_cannot_be_reached_is_told_to_the_caller(inbox: MailServer) -> None:
    with pytest.raises(DeliveryError, match=r"gone@example\.org was not sent.*550"):
        tell_owner(airflow_connection, "mail", "gone@example.org", "Late", "sales is late\n")


def test_a_missing_connection_is_told_to_the_caller() -> None:
    with pytest.raises(UnknownConnectionError, match="absent"):
        tell_owner(airflow_connection, "absent", "owner@example.org", "Late", "sales is late\n")
