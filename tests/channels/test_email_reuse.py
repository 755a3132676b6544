"""One connection for many mails: it is used again, made anew where a server hangs up, and left alone where it asks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from channels.faulty_smtp import FALL_SILENT, HANG_UP, FaultySmtp
from channels.letters import PDF, PLAIN, Connect, Deliver, channel, send
from demo.mail_server import MailServer
from scheduled_reports.channels import Receipt, Session
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError
from scheduled_reports.mail.wire import Wire

Through = Callable[..., None]


def commands(server: FaultySmtp, verb: str) -> list[str]:
    return [command for command in server.commands if command.startswith(verb)]


def test_many_mails_go_through_one_connection(through: Through, delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server)
        receipts = send(channel(), *(delivery(f"p{at}@example.org", key=f"k{at}", pdf=PDF) for at in range(20)))

    assert server.connections == 1
    assert len(server.messages) == len({receipt.text for receipt in receipts}) == 20
    assert len(commands(server, "EHLO")) == len(commands(server, "QUIT")) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "fault", ["421 4.7.0 too many messages in this session", "421 4.4.2 idle for too long", HANG_UP, FALL_SILENT]
)
@pytest.mark.parametrize("features", [("8BITMIME",), ("PIPELINING",)], ids=["one by one", "pipelined"])
def test_a_server_that_hangs_up_after_some_mails_is_asked_once_more_through_a_new_connection(
    through: Through, delivery: Deliver, step: str, fault: str, features: tuple[str, ...]
) -> None:
    with FaultySmtp({}, times=1, features=features) as server:
        through(server, timeout=0.3)
        with channel().open(airflow_connection) as session:
            session.send(delivery("anna@example.org", key="a", pdf=PDF))
            server.faults[step] = fault
            receipt: Receipt = session.send(delivery("bo@example.org", key="b", pdf=PDF))

    assert receipt.text.endswith("250 2.0.0 queued as 4711")
    assert server.connections == 2
    assert [_id(message) for message in server.messages] == [b"<a@example.org>", b"<b@example.org>"]


def _id(message: bytes) -> bytes:
    return message.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]


def test_a_server_that_hangs_up_again_is_not_asked_a_third_time(through: Through, delivery: Deliver) -> None:
    with FaultySmtp({}, times=2) as server:
        through(server)
        with channel().open(airflow_connection) as session:
            session.send(delivery("anna@example.org", pdf=PDF))
            server.faults["MAIL"] = "421 4.3.2 going down"
            with pytest.raises(DeliveryError, match=r"421 4\.3\.2 going down") as told:
                session.send(delivery("bo@example.org", pdf=PDF))

    assert told.value.retryable
    assert (server.connections, len(server.messages)) == (2, 1)


@pytest.mark.parametrize("fault", [HANG_UP, FALL_SILENT])
def test_what_the_server_may_have_taken_is_not_repeated_through_a_new_connection(
    through: Through, delivery: Deliver, fault: str
) -> None:
    with FaultySmtp({}, times=1) as server:
        through(server, timeout=0.3)
        with channel().open(airflow_connection) as session:
            session.send(delivery("anna@example.org", pdf=PDF))
            server.faults["end"] = fault
            with pytest.raises(UncertainDeliveryError):
                session.send(delivery("bo@example.org", pdf=PDF))
            session.send(delivery("cleo@example.org", pdf=PDF))

    assert [command[9:-1] for command in commands(server, "RCPT")] == [
        "anna@example.org", "bo@example.org", "cleo@example.org",
    ]  # fmt: skip


def test_a_connection_takes_no_more_mails_than_the_provider_allows(through: Through, delivery: Deliver) -> None:
    with FaultySmtp({}) as server:
        through(server)
        send(channel(messages_per_connection=2), *(delivery(f"p{at}@example.org", pdf=PDF) for at in range(5)))

    assert server.connections == 3
    assert [command[:4] for command in server.commands if command[:4] in {"MAIL", "QUIT"}] == [
        *("MAIL", "MAIL", "QUIT") * 2, "MAIL", "QUIT",
    ]  # fmt: skip


def test_commands_go_together_where_the_server_allows_it_and_each_is_answered_for_itself(
    through: Through, delivery: Deliver
) -> None:
    with FaultySmtp({"RCPT": "550 5.1.1 unknown", "DATA": "554 5.5.1 no valid recipients"}, times=2,
                    features=["PIPELINING"]) as server:  # fmt: skip
        through(server)
        with channel().open(airflow_connection) as session:
            with pytest.raises(DeliveryError, match=r"refused recipient anna@example\.org: 550 5\.1\.1 unknown"):
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert server.connections == 1
    assert [command[:4] for command in server.commands] == [
        "EHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT",
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_server_that_would_take_a_message_to_nobody_gets_none(through: Through, delivery: Deliver, step: str) -> None:
    with FaultySmtp({step: "550 5.7.1 no"}, times=1, features=["PIPELINING"]) as server:
        through(server)
        with channel().open(airflow_connection) as session:
            with pytest.raises(DeliveryError, match=r"550 5\.7\.1 no"):
                session.send(delivery("anna@example.org", pdf=PDF))
            session.send(delivery("bo@example.org", pdf=PDF))

    assert [b"To: bo@example.org" in message for message in server.messages if message] == [True]
    assert server.connections == 2


def test_three_in_a_row_that_are_put_off_are_enough_to_leave_a_server_alone(
    through: Through, delivery: Deliver
) -> None:
    def put_off(session: Session, name: str) -> DeliveryError:
        with pytest.raises(DeliveryError) as told:
            session.send(delivery(name, pdf=PDF))
        return told.value

    with FaultySmtp({"MAIL": "451 4.7.1 rate exceeded, try again in 90 seconds"}) as server:
        through(server)
        with channel().open(airflow_connection) as session:
            errors = [put_off(session, f"p{at}@example.org") for at in range(5)]

    assert len(commands(server, "MAIL")) == 3
    assert all(error.retryable for error in errors)
    assert [error.retry_after for error in errors[:3]] == [90, 90, 90]
    assert all(80 < (error.retry_after or 0) <= 90 for error in errors[3:])
    assert "the server wants to be left alone" in errors[4].why
    assert "try again in 90 seconds" in errors[4].why


def test_a_mailbox_that_wants_it_later_keeps_no_other_waiting(through: Through, delivery: Deliver) -> None:
    with FaultySmtp({"RCPT": "452 4.2.2 mailbox full"}, times=4) as server:
        through(server)
        with channel().open(airflow_connection) as session:
            for _ in range(4):
                with pytest.raises(DeliveryError, match="the mailbox is full") as told:
                    session.send(delivery("anna@example.org", pdf=PDF))
                assert (told.value.retryable, told.value.retry_after) == (True, None)
            session.send(delivery("bo@example.org", pdf=PDF))

    assert len(server.messages) == 1


def test_what_is_encoded_for_one_is_not_encoded_again_for_the_next(
    healthy: MailServer, delivery: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (read.append(path), whole(path))[1])
    people = [delivery(f"p{at}@example.org", key=f"k{at}", pdf=PDF) for at in range(5)]

    send(channel(), *people)

    assert read == [people[0].files["pdf"]]
    assert len(healthy.messages()) == 5


def test_a_large_message_is_written_in_pieces_each_of_which_may_take_its_time() -> None:
    wire = Wire.of(b"A: b\r\n\r\n") + Wire.of(b".x\r\n" * 200_000)

    pieces = list(wire.writes())

    assert b"".join(pieces) == b"A: b\r\n\r\n" + b"..x\r\n" * 200_000 + b".\r\n"
    assert max(map(len, pieces)) <= 256 * 1024
    assert wire.size == 8 + 4 * 200_000


def test_a_server_that_refuses_in_the_middle_of_a_message_is_heard(connection: Connect, delivery: Deliver) -> None:
    with FaultySmtp({"DATA": "354 go on\r\n552 5.3.4 message too big"}, times=1) as server:
        server.hang_up_after_data = True
        connection("smtp_default", conn_type="smtp", host="127.0.0.1", port=server.port, extra={**PLAIN, "timeout": 5})
        with channel().open(airflow_connection) as session, pytest.raises(DeliveryError) as told:
            session.send(delivery("anna@example.org", pdf=("a.pdf", "application/pdf", bytes(20_000_000))))

    assert not told.value.retryable
    assert "552 5.3.4 message too big (the message is larger than the server takes)" in told.value.why
