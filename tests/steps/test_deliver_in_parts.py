"""Deliveries that a mail server would not take whole: sent in parts, each once, or given up with the sizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from approvals import mails
from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger
from scheduled_reports.mail.outbox import Outbox
from scheduled_reports.run import Run
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import owed
from specs import SALES

ANN = "ann@northwind.example"
ONE = SALES.replace("to: [ann@northwind.example, ben@northwind.example]", f"to: {ANN}")
MANY = ONE.replace("    body: html_email\n    attach: csv", "    attach: csv\n    if_too_large: split")
LARGEST = 12_000
Made = Callable[[str], tuple[Run, Ledger]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """Run a mail server that says in its greeting that it takes no large message (RFC 1870)."""
    with MailServer(tmp_path / "inbox", largest=LARGEST) as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, connection: Callable[..., None], server: MailServer) -> Made:
    """Make a rendered run with 900 orders, and its ledger."""

    def make(text: str) -> tuple[Run, Ledger]:
        run, ledger = run_of(tmp_path, text, rows=900), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        return rendered(run, ledger), ledger

    return make


def rows_in(server: MailServer) -> list[str]:
    files = [part for mail in mails(server) for part in mail.iter_attachments()]
    return [line for file in files for line in file.get_content().splitlines()[1:]]


def entry_of(run: Run, ledger: Ledger) -> DeliveryEntry:
    [entry] = owed(run, ledger)
    return entry


def test_what_the_server_would_not_take_whole_arrives_in_parts(server: MailServer, made: Made) -> None:
    run, ledger = made(MANY)

    assert deliver(run, ledger, "email") == {"delivered": 1, "now": 1}

    found = mails(server)
    assert len(found) > 1
    assert [str(mail["Subject"])[-5:] for mail in found] == [
        f"({number}/{len(found)})" for number in range(1, len(found) + 1)
    ]
    assert all(path.stat().st_size <= LARGEST for path in server.messages())
    assert len({str(mail["Message-ID"]) for mail in found}) == len(found)
    assert len(set(rows_in(server))) == len(rows_in(server)) == 900
    entry = entry_of(run, ledger)
    assert (entry.state, sorted(entry.parts)) == (DeliveryState.DELIVERED, list(range(1, len(found) + 1)))
    assert entry.receipt.count("kept as") == len(found)
    assert "cut" not in entry.receipt


@pytest.fixture
def breaks_at_the_second(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the connection break before the second part; what is called lets it work again."""
    usual = Outbox.send

    def send(self: Outbox, delivery: Delivery) -> Receipt:
        if delivery.part[0] == 2:
            raise DeliveryError("the connection broke", retryable=True)
        return usual(self, delivery)

    monkeypatch.setattr(Outbox, "send", send)
    return lambda: monkeypatch.setattr(Outbox, "send", usual)


def test_another_try_sends_only_the_parts_that_are_missing(
    server: MailServer, made: Made, breaks_at_the_second: Callable[[], None]
) -> None:
    run, ledger = made(MANY)
    with pytest.raises(DeliveryError, match="the connection broke"):
        deliver(run, ledger, "email")
    assert (len(mails(server)), list(entry_of(run, ledger).parts)) == (1, [1])
    breaks_at_the_second()

    deliver(run, ledger, "email")

    assert len(set(rows_in(server))) == len(rows_in(server)) == 900


def test_a_part_that_arrived_and_could_not_be_noted_is_a_doubt_and_not_sent_twice(
    server: MailServer, made: Made
) -> None:
    run, ledger = made(MANY)
    with ledger.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON scheduled_reports_audit WHEN NEW.why LIKE 'part 2:%' "
            "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    with pytest.raises(DeliveryError, match=r"(?s)message 2 to ann@.*arrived.*the disk is full"):
        deliver(run, ledger, "email")
    sent = len(mails(server))

    with pytest.raises(DeliveryError, match="may have it already"):
        deliver(run, ledger, "email")

    assert (sent, len(mails(server))) == (2, 2)
    assert entry_of(run, ledger).state is DeliveryState.UNCERTAIN


def test_the_parts_that_are_left_are_not_sent_by_who_has_lost_the_delivery(
    tmp_path: Path, server: MailServer, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ledger = made(MANY)
    other, usual, [entry] = ledger_of(tmp_path), Outbox.send, owed(run, ledger)

    def send(self: Outbox, delivery: Delivery) -> Receipt:
        receipt = usual(self, delivery)
        other.claim(entry.id, resend_doubts=True)
        return receipt

    monkeypatch.setattr(Outbox, "send", send)
    with pytest.raises(DeliveryError, match="another worker took the delivery over"):
        deliver(run, ledger, "email", lease=dt.timedelta(0))

    assert len(mails(server)) == 1


def test_where_it_is_cut_otherwise_since_all_of_it_is_sent(
    tmp_path: Path, server: MailServer, made: Made, connection: Callable[..., None],
    breaks_at_the_second: Callable[[], None],
) -> None:  # fmt: skip
    run, ledger = made(MANY)
    with pytest.raises(DeliveryError):
        deliver(run, ledger, "email")
    breaks_at_the_second()
    with MailServer(tmp_path / "other", largest=LARGEST - 2_000) as smaller:
        connect_mail(connection, smaller.port)
        deliver(run, ledger, "email")

        assert len(set(rows_in(smaller))) == len(rows_in(smaller)) == 900


def test_without_a_rule_that_makes_it_fit_it_is_given_up_with_the_sizes(server: MailServer, made: Made) -> None:
    run, ledger = made(MANY.replace("if_too_large: split", "if_too_large: fail"))

    with pytest.raises(DeliveryError, match="the most that the other end takes is 12,000") as caught:
        deliver(run, ledger, "email")

    assert not caught.value.retryable
    assert (entry_of(run, ledger).state, mails(server)) == (DeliveryState.FAILED, [])


def test_a_file_that_is_too_large_is_named_by_the_run_s_page_in_airflow(
    server: MailServer, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.northwind.example")
    run, ledger = made(MANY.replace("if_too_large: split", "if_too_large: link"))

    deliver(run, ledger, "email")

    [mail] = mails(server)
    assert "https://airflow.northwind.example/dags/sales__daily/runs/manual__1" in mail.get_content()
    assert list(mail.iter_attachments()) == []
