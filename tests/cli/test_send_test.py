"""`reports send-test`: the mail of a report, marked as a test, to somebody else, and nothing of it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from approvals import mails
from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, ledger_of, rendered, run_of, use_settings
from scheduled_reports.ledger.tables import audit, delivery
from specs import SALES, write

Reports = Callable[..., Result]
ZOE = "zoe@northwind.example"
DAY = ("--period", "2026-10-01")


@pytest.fixture
def server(project: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]) -> Iterator[MailServer]:
    """Run a mail server for a project with one report, which has not run."""
    use_settings(monkeypatch, project)
    monkeypatch.setenv("LOGNAME", "anna")
    connect_shop(connection, project)
    run_of(project)
    with MailServer(project / "inbox", largest=100_000) as running:
        connect_mail(connection, running.port)
        yield running


def test_it_is_mailed_to_that_address_alone_and_marked_as_a_test(server: MailServer, reports: Reports) -> None:
    found = reports("send-test", "sales", "--to", ZOE, *DAY)

    assert found.exit_code == 0, found.output
    [mail] = mails(server)
    assert mail["To"] == ZOE
    assert mail["Subject"].startswith("[TEST] Sales")
    text = mail.get_body(("html",)).get_content()
    assert "TEST" in text
    assert "This is a test that anna sent to zoe@northwind.example only; it does not count" in text
    assert [part.get_filename() for part in mail.iter_attachments()] == ["sales_2026-10-01.csv"]
    assert f"email → {ZOE}: <test-" in found.stdout


def test_nothing_of_it_is_in_the_ledger_or_the_archive(server: MailServer, project: Path, reports: Reports) -> None:
    reports("send-test", "sales", "--to", ZOE, *DAY)

    assert not (project / "ledger.db").exists()
    assert not (project / "archive").exists()


def test_each_address_and_each_test_has_a_message_of_its_own(server: MailServer, reports: Reports) -> None:
    reports("send-test", "sales", "--to", ZOE, "--to", "max@northwind.example", *DAY)
    reports("send-test", "sales", "--to", ZOE, *DAY)

    assert [mail["To"] for mail in mails(server)] == [ZOE, "max@northwind.example", ZOE]
    assert len({str(mail["Message-ID"]) for mail in mails(server)}) == 3


def test_from_an_archived_run_it_has_that_data_and_the_run_stays_as_it_was(
    server: MailServer, project: Path, reports: Reports
) -> None:
    ledger = ledger_of(project)
    rendered(run_of(project), ledger)
    (project / "shop.db").unlink()
    before = {path: path.read_bytes() for path in (project / "archive").rglob("*") if path.is_file()}
    counts = [ledger.read(select(func.count()).select_from(table))[0][0] for table in (delivery, audit)]

    found = reports("send-test", "sales", "--to", ZOE, "--run", "manual__1")

    assert found.exit_code == 0, found.output
    [mail] = mails(server)
    assert "[TEST]" in mail["Subject"]
    assert "Customer 2" in next(mail.iter_attachments()).get_content()
    assert {path: path.read_bytes() for path in (project / "archive").rglob("*") if path.is_file()} == before
    assert [ledger.read(select(func.count()).select_from(table))[0][0] for table in (delivery, audit)] == counts


def test_an_address_outside_of_the_allowed_domains_gets_nothing(
    server: MailServer, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ALLOWED_DOMAINS", "northwind.example")

    found = reports("send-test", "sales", "--to", "zoe@elsewhere.example", *DAY)

    assert found.exit_code == 2
    assert "no test can be sent to zoe@elsewhere.example" in found.stderr
    assert "the setting `allowed_domains`" in found.stderr
    assert mails(server) == []


def test_what_is_no_address_is_told(server: MailServer, reports: Reports) -> None:
    assert "is not an e-mail address" in reports("send-test", "sales", "--to", "zoe", *DAY).stderr


def test_other_ways_than_mail_cannot_go_elsewhere(server: MailServer, project: Path, reports: Reports) -> None:
    write(project, SALES.replace("schedules:", "  - {type: archive, files: csv}\nschedules:"))

    found = reports("send-test", "sales", "--to", ZOE, "--destination", "archive", *DAY)

    assert found.exit_code == 2
    assert "only e-mail can go to another address; archive is archive" in found.stderr
    assert reports("send-test", "sales", "--to", ZOE, *DAY).exit_code == 0
    assert len(mails(server)) == 1


def test_a_server_that_refuses_ends_with_one(
    server: MailServer, project: Path, reports: Reports, connection: Callable[..., None]
) -> None:
    with MailServer(project / "other", refuse=frozenset({ZOE})) as refusing:
        connect_mail(connection, refusing.port)
        found = reports("send-test", "sales", "--to", ZOE, *DAY)

    assert found.exit_code == 1
    assert "550 5.1.1 <zoe@northwind.example> mailbox unavailable" in found.stdout


def test_it_is_split_as_the_report_would_be(server: MailServer, project: Path, reports: Reports) -> None:
    (project / "shop.db").unlink()
    size = "    attach: csv\n    max_size: 12 KB\n    if_too_large: split"
    run_of(project, SALES.replace("    body: html_email\n    attach: csv", size), rows=900)

    found = reports("send-test", "sales", "--to", ZOE, *DAY)

    assert found.exit_code == 0, found.output
    files = [part for mail in mails(server) for part in mail.iter_attachments()]
    count = len(mails(server))
    assert count > 1
    assert [file.get_filename() for file in files] == [
        f"sales_2026-10-01-{number}-of-{count}.csv" for number in range(1, count + 1)
    ]
    rows = [line for file in files for line in file.get_content().splitlines()[1:]]
    assert len(set(rows)) == len(rows) == 900
    assert all(path.stat().st_size < 12_000 for path in server.messages())


def test_options_of_a_preview_do_not_go_with_a_run(server: MailServer, reports: Reports) -> None:
    assert "--run has its own period" in reports("send-test", "sales", "--to", ZOE, "--run", "x", *DAY).stderr
