"""Mail through a real Postfix: what it accepts, what it refuses, and what is in the mailbox then."""

import email
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from channels.letters import PLAIN, Connect, Deliver, channel, failure, send
from postfix_server import Postfix, postfix, why_not
from scheduled_reports.audience import Copy, Recipient
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError

pytestmark = pytest.mark.skipif(bool(why_not()) and not os.environ.get("CI"), reason=why_not() or "it is there")

PDF = ("Übersicht 3. März.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\n..\n\x00\xff" + bytes(range(256)) * 200)
REFUSALS = {
    "grey@example.org": "450 4.2.0 Greylisted, try again in 120 seconds",
    "full@example.org": "552 5.2.2 over quota",
    "spam@example.org": "554 5.7.1 not from you",
}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    pem = tmp_path_factory.mktemp("postfix") / "server.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(pem)
    more = {"smtpd_tls_security_level": "may", "smtpd_tls_chain_files": str(pem), "message_size_limit": "400000",
            "smtpd_timeout": "3s"}  # fmt: skip
    with postfix(("anna", "bo", "cleo", "dora", "jürgen", "eve", "fay"), REFUSALS, more) as running:
        yield running


@pytest.fixture(autouse=True)
def to_postfix(server: Postfix, connection: Connect) -> None:
    connection("smtp_default", conn_type="smtp", host="localhost", port=server.port, extra=PLAIN)


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def test_what_is_in_the_mailbox_is_what_was_sent(server: Postfix, delivery: Deliver) -> None:
    anna = Recipient("anna@example.org", "Anna Süd")
    circle = (anna, Recipient("bo@example.org", "Bo, Nord", Copy.CC))
    csv = ("a.csv", "text/csv", "\ufeffä;1\r\n.\r\n.x\r\n..".encode())
    sent = replace(delivery("x@example.org", pdf=PDF, csv=csv), recipient=anna, circle=circle)

    (receipt,) = send(channel(attach=["pdf", "csv"], sender_name="Büro, Süd"), sent)

    (content,) = server.mailbox("anna")
    mail = read(content)
    assert {name: str(mail[name]) for name in ("From", "To", "Cc", "Bcc", "Subject", "Reply-To", "Message-ID")} == {
        "From": '"Büro, Süd" <reports@example.org>',
        "To": "Anna Süd <anna@example.org>",
        "Cc": '"Bo, Nord" <bo@example.org>',
        "Bcc": "None",
        "Subject": "Umsätze 📈 · 3. März 2026",
        "Reply-To": "owner@example.org",
        "Message-ID": f"<{'d' * 32}@example.org>",
    }
    assert mail["Return-Path"] == "<reports@example.org>"
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()] == [
        (PDF[0], PDF[2]), (csv[0], csv[2]),
    ]  # fmt: skip
    queue_id = re.search(r"queued as (\w+)$", receipt.text)
    assert queue_id is not None
    assert f"with ESMTP id {queue_id[1]}" in mail["Received"]
    assert f"{queue_id[1]}: message-id={mail['Message-ID']}" in server.log
    assert not [defect for part in mail.walk() for defect in part.defects]


@pytest.mark.parametrize(
    ("address", "words", "retry_after"),
    [
        ("nobody@example.org", "550 5.1.1", None),
        ("full@example.org", "552 5.2.2 <full@example.org>: Recipient address rejected: over quota", None),
        ("spam@example.org", "554 5.7.1", None),
        ("grey@example.org", "450 4.2.0", 120.0),
        ("anna@elsewhere.example", "Relay access denied (it is not permitted", None),
    ],
)
def test_a_recipient_that_postfix_refuses_is_told_with_its_words_and_the_next_gets_theirs(
    server: Postfix, delivery: Deliver, address: str, words: str, retry_after: float | None
) -> None:
    before = len(server.mailbox("bo", 0))
    with channel().open(airflow_connection) as session:
        with pytest.raises(DeliveryError) as told:
            session.send(delivery(address, pdf=PDF))
        session.send(delivery("bo@example.org", pdf=PDF))

    assert words in told.value.why
    assert (told.value.retryable, told.value.retry_after) == (retry_after is not None, retry_after)
    assert len(server.mailbox("bo", before + 1)) == before + 1


def test_postfix_says_its_limit_before_anything_is_sent(server: Postfix, delivery: Deliver) -> None:
    with channel().open(airflow_connection) as session:
        assert getattr(session, "limit", None) == 400_000
        with pytest.raises(DeliveryError, match="at most 400,000") as told:
            session.send(delivery("cleo@example.org", pdf=(PDF[0], PDF[1], bytes(400_000))))

    assert not told.value.retryable
    assert server.mailbox("cleo", 0) == []


def test_many_mails_go_through_one_connection_to_postfix_as_fast_as_it_answers(
    server: Postfix, delivery: Deliver
) -> None:
    send(channel(), *(delivery("cleo@example.org", key=f"k{at}", pdf=PDF) for at in range(30)))

    ids = {str(read(content)["Message-ID"]) for content in server.mailbox("cleo", 30)}
    assert ids == {f"<k{at}@example.org>" for at in range(30)}
    assert re.search(r"disconnect .* mail=30 rcpt=30 data=30 quit=1", server.log)


def test_a_connection_that_postfix_has_closed_is_made_anew(server: Postfix, delivery: Deliver) -> None:
    with channel().open(airflow_connection) as session:
        session.send(delivery("dora@example.org", key="first", pdf=PDF))
        while "timeout after END-OF-MESSAGE" not in server.log:
            pass
        session.send(delivery("dora@example.org", key="second", pdf=PDF))

    assert len(server.mailbox("dora", 2)) == 2


def test_an_address_in_utf8_arrives(server: Postfix, delivery: Deliver) -> None:
    send(channel(), delivery("jürgen@example.org", pdf=PDF))

    (content,) = server.mailbox("jürgen")
    assert b"To: j\xc3\xbcrgen@example.org\n" in content
    assert "with UTF8SMTP" in str(read(content)["Received"])


def test_starttls_is_used_and_the_certificate_is_verified(
    server: Postfix, authority: trustme.CA, delivery: Deliver, connection: Connect, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    extra = {**PLAIN, "disable_tls": False}
    connection("smtp_default", conn_type="smtp", host="localhost", port=server.port, extra=extra)
    error = failure(channel(), delivery("eve@example.org", pdf=PDF))
    assert "CERTIFICATE_VERIFY_FAILED" in error.why

    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    send(channel(), delivery("eve@example.org", pdf=PDF))
    (content,) = server.mailbox("eve")
    assert "with ESMTPS" in str(read(content)["Received"])

    connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, extra=extra)
    error = failure(channel(), delivery("eve@example.org", pdf=PDF))
    assert "IP address mismatch" in error.why
    assert len(server.mailbox("eve")) == 1
