"""The demo mail server, spoken to by the standard library's SMTP client over a real socket."""

import signal
import smtplib
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

import demo
from demo.mail_server import MailServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path / "inbox", refuse=frozenset({"Gone@example.com"})) as running:
        yield running


def letter(subject: str = "Tagesbericht 1. Oktober", to: str = "ada@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "reports@example.com", to, subject
    message.set_content("Grüße aus Köln\n.ein Punkt am Zeilenanfang\n")
    message.add_attachment(bytes(range(256)), maintype="application", subtype="octet-stream", filename="a.bin")
    return message


def test_a_message_is_kept_byte_for_byte_below_the_envelope(server: MailServer) -> None:
    sent = letter().as_bytes(policy=policy.SMTP)
    with smtplib.SMTP(server.host, server.port) as client:
        client.sendmail("bounces@example.com", ["ada@example.com", "bob@example.com"], sent)

    (path,) = server.messages()
    envelope = b"X-Envelope-From: bounces@example.com\r\nX-Envelope-To: ada@example.com, bob@example.com\r\n"
    assert path.read_bytes() == envelope + sent


def test_a_kept_message_parses_back(server: MailServer) -> None:
    with smtplib.SMTP(server.host, server.port) as client:
        client.send_message(letter())

    kept = message_from_bytes(server.messages()[0].read_bytes(), policy=policy.default)
    assert kept["Subject"] == "Tagesbericht 1. Oktober"
    assert kept["X-Envelope-To"] == "ada@example.com"
    assert kept.get_body().get_content().splitlines() == ["Grüße aus Köln", ".ein Punkt am Zeilenanfang"]
    assert next(iter(kept.iter_attachments())).get_content() == bytes(range(256))
    assert not kept.defects


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Tagesbericht 1. Oktober", "001_ada@example.com_tagesbericht-1.-oktober.eml"),
        ("../../etc/passwd", "001_ada@example.com_etc-passwd.eml"),
        ("销售报告 ☀️", "001_ada@example.com_销售报告.eml"),
        ("☀️", "001_ada@example.com_no-subject.eml"),
    ],
)
def test_the_file_name_tells_recipient_and_subject(server: MailServer, subject: str, name: str) -> None:
    with smtplib.SMTP(server.host, server.port) as client:
        client.send_message(letter(subject))

    assert [path.name for path in server.messages()] == [name]


def test_an_endless_subject_still_makes_a_file_name(server: MailServer) -> None:
    with smtplib.SMTP(server.host, server.port) as client:
        client.send_message(letter("销售报告" * 100))

    assert len(server.messages()[0].name.encode()) < 255


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "041_somebody_something.eml").write_bytes(b"Subject: old\r\n\r\n")
    for _ in range(2):
        with MailServer(tmp_path) as server, smtplib.SMTP(server.host, server.port) as client:
            client.send_message(letter())

    assert [path.name[:3] for path in server.messages()] == ["041", "042", "043"]


def test_a_refused_recipient_gets_550_and_the_others_their_mail(server: MailServer) -> None:
    with smtplib.SMTP(server.host, server.port) as client:
        refused = client.send_message(letter(), to_addrs=["gone@EXAMPLE.com", "ada@example.com"])

    assert refused == {"gone@EXAMPLE.com": (550, b"5.1.1 <gone@EXAMPLE.com> mailbox unavailable")}
    assert b"X-Envelope-To: ada@example.com\r\n" in server.messages()[0].read_bytes()


def test_mail_to_nobody_but_a_refused_recipient_is_not_kept(server: MailServer) -> None:
    with (
        smtplib.SMTP(server.host, server.port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused, match="550"),
    ):
        client.send_message(letter(to="gone@example.com"))

    assert server.messages() == []


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path, username="reports", password="geheim-ß") as running:
        yield running


def test_the_right_login_may_send(guarded: MailServer) -> None:
    credentials = b64encode("\0reports\0geheim-ß".encode()).decode()  # smtplib's login() knows ASCII only
    with smtplib.SMTP(guarded.host, guarded.port) as client:
        client.ehlo()
        code, _ = client.docmd("AUTH", f"PLAIN {credentials}")
        client.send_message(letter())

    assert code == 235
    assert len(guarded.messages()) == 1


def test_a_wrong_password_is_answered_535(guarded: MailServer) -> None:
    with (
        smtplib.SMTP(guarded.host, guarded.port) as client,
        pytest.raises(smtplib.SMTPAuthenticationError) as refusal,
    ):
        client.login("reports", "guess")

    assert refusal.value.smtp_code == 535


def test_mail_without_login_is_answered_530(guarded: MailServer) -> None:
    with (
        smtplib.SMTP(guarded.host, guarded.port) as client,
        pytest.raises(smtplib.SMTPSenderRefused) as refusal,
    ):
        client.send_message(letter())

    assert refusal.value.smtp_code == 530
    assert guarded.messages() == []


def test_a_username_without_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only one of username and password"):
        MailServer(tmp_path, username="reports")


def test_mail_that_cannot_be_written_is_not_accepted(server: MailServer) -> None:
    server.inbox.rmdir()
    with smtplib.SMTP(server.host, server.port) as client, pytest.raises(smtplib.SMTPDataError) as refusal:
        client.send_message(letter())

    assert refusal.value.smtp_code == 451


def test_a_taken_port_is_an_error_at_once(server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        MailServer(tmp_path, port=server.port).start()


def test_stopping_hangs_up_on_clients_and_ends_the_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with MailServer(tmp_path) as server:
        client = smtplib.SMTP(server.host, server.port)
        client.ehlo()

    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=2)
    assert not set(threading.enumerate()) - before


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "demo.mail_server",
        "--inbox",
        str(tmp_path),
        "--port",
        "0",
    ]
    environment = {"PYTHONPATH": str(Path(demo.__file__).parents[1])}
    with subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True) as process:
        greeting = process.stdout.readline()
        with smtplib.SMTP("127.0.0.1", int(greeting.split("127.0.0.1:")[1].split(",")[0])) as client:
            client.send_message(letter())
        process.send_signal(ending)
        _, complaints = process.communicate(timeout=10)

    assert (process.returncode, complaints) == (0, "")
    assert len(list(tmp_path.glob("001_*.eml"))) == 1
