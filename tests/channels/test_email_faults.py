"""Mail that the server refuses, or a connection that breaks: what may be sent again, and what may not."""

import socket
from collections.abc import Callable

import pytest

from channels.faulty_smtp import FALL_SILENT, HANG_UP, FaultySmtp
from channels.letters import PDF, Deliver, channel, failure, only, send
from demo.mail_server import MailServer
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError


def test_a_bad_recipient_does_not_spoil_the_next(healthy: MailServer, delivery: Deliver) -> None:
    with channel().open(airflow_connection) as session:
        with pytest.raises(DeliveryError) as told:
            session.send(delivery("gone@example.org", pdf=PDF))
        session.send(delivery("anna@example.org", pdf=PDF))

    assert only(healthy)["To"] == "anna@example.org"
    assert not told.value.retryable
    assert "gone@example.org" in told.value.what
    assert "550 5.1.1 <gone@example.org> mailbox unavailable" in told.value.why


@pytest.mark.parametrize(
    ("step", "answer", "retryable"),
    [
        ("MAIL", "451 4.3.0 busy", True),
        ("MAIL", "553 5.7.1 not your address", False),
        ("RCPT", "450 4.2.0 greylisted", True),
        ("RCPT", "550 5.1.1 unknown", False),
        ("DATA", "451 4.3.2 later", True),
        ("DATA", "554 5.5.1 no", False),
        ("end", "452 4.3.1 disk full", True),
        ("end", "554 5.7.1 spam", False),
        ("MAIL", "421 4.7.0 too many messages", True),
    ],
)
def test_what_the_server_refuses_may_be_repeated_only_where_it_says_so(
    through: Callable[..., None], delivery: Deliver, step: str, answer: str, retryable: bool
) -> None:
    with FaultySmtp({step: answer}, times=1) as server:
        through(server)
        with channel().open(airflow_connection) as session:
            with pytest.raises(DeliveryError) as told:
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert (told.value.retryable, type(told.value)) == (retryable, DeliveryError)
    assert answer in told.value.why
    assert f"127.0.0.1:{server.port}" in told.value.why
    assert server.connections == (2 if answer.startswith("421") else 1)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [HANG_UP, FALL_SILENT])
def test_a_connection_lost_before_the_message_may_be_tried_again_and_the_next_mail_reconnects(
    through: Callable[..., None], delivery: Deliver, step: str, fault: str
) -> None:
    with FaultySmtp({step: fault}, times=1) as server:
        through(server, timeout=0.3)
        with channel().open(airflow_connection) as session:
            with pytest.raises(DeliveryError) as told:
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert (told.value.retryable, type(told.value)) == (True, DeliveryError)
    assert server.connections == 2
    assert len(server.messages) == 1


@pytest.mark.parametrize("fault", [HANG_UP, FALL_SILENT])
def test_a_connection_lost_after_the_message_leaves_it_uncertain_and_nothing_is_sent_twice(
    through: Callable[..., None], delivery: Deliver, fault: str
) -> None:
    with FaultySmtp({"end": fault}, times=1) as server:
        through(server, timeout=0.3)
        with channel().open(airflow_connection) as session:
            with pytest.raises(UncertainDeliveryError, match="nobody knows whether the mail to anna"):
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert [command for command in server.commands if command.startswith("RCPT")] == [
        "RCPT TO:<anna@example.org>",
        "RCPT TO:<bo@example.org>",
    ]


def test_a_server_may_take_ten_minutes_to_accept_unless_the_connection_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, healthy: MailServer, delivery: Deliver
) -> None:
    patience: list[float] = []
    monkeypatch.setattr(socket.socket, "settimeout", lambda _, seconds: patience.append(seconds))

    with channel().open(airflow_connection) as session:
        patience.clear()
        session.send(delivery("anna@example.org", pdf=PDF))

    assert patience == [600, 30]


def test_a_mail_that_is_too_large_is_not_even_begun(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}, features=["SIZE 5000"]) as server:
        through(server)
        error = failure(channel(), delivery("anna@example.org", pdf=("a.pdf", "application/pdf", bytes(5000))))
        send(channel(), delivery("anna@example.org", pdf=PDF))

    assert not error.retryable
    assert "at most 5,000" in error.why
    assert [command for command in server.commands if command.startswith("MAIL")] == [
        f"MAIL FROM:<reports@example.org> SIZE={len(server.messages[0]) - _dots(server.messages[0])}"
    ]


def _dots(message: bytes) -> int:
    return message.count(b"\n..")


def test_a_size_of_zero_is_no_limit(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({}, features=["SIZE 0"]) as server:
        through(server)
        send(channel(), delivery("anna@example.org", pdf=PDF))

    assert len(server.messages) == 1


def test_an_address_that_is_not_ascii_needs_a_server_that_takes_it(
    through: Callable[..., None], healthy: MailServer, delivery: Deliver
) -> None:
    send(channel(), delivery("jürgen@example.org", pdf=PDF))
    assert only(healthy)["To"] == "jürgen@example.org"

    with FaultySmtp({}) as server:
        through(server)
        error = failure(channel(), delivery("jürgen@example.org", pdf=PDF))

    assert not error.retryable
    assert "SMTPUTF8" in error.why
    assert server.messages == []


def test_goodbye_may_fail(through: Callable[..., None], delivery: Deliver) -> None:
    with FaultySmtp({"QUIT": HANG_UP}) as server:
        through(server)
        (receipt,) = send(channel(), delivery("anna@example.org", pdf=PDF))

    assert receipt.size > 0


@pytest.mark.parametrize("answer", ["354 go on", "what?", "150 wait"])
def test_what_is_no_answer_to_a_message_leaves_a_doubt(
    through: Callable[..., None], delivery: Deliver, answer: str
) -> None:
    with FaultySmtp({"end": answer}) as server:
        through(server)
        error = failure(channel(), delivery("anna@example.org", pdf=PDF))

    assert isinstance(error, UncertainDeliveryError)
    assert "no answer to it" in error.why
