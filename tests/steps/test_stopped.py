"""What becomes of a run that a check stops: nobody gets it, and the owner gets one mail with the rows to mend."""

from __future__ import annotations

import email
import json
import sqlite3
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import CheckError, DeliveryError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.ledger.findings import checks_of
from scheduled_reports.run import Run
from scheduled_reports.steps import stopped
from scheduled_reports.steps.check import check
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.render import render
from specs import SALES, shop

CHECKS = """\
checks:
  - {type: complete, dataset: orders, columns: customer, description: Each order belongs to somebody.}
  - {type: complete, id: amounts, dataset: orders, columns: amount, severity: warn}
content:
"""
SPEC = SALES.replace("content:\n", CHECKS)


@pytest.fixture
def inbox(tmp_path: Path, connection: Callable[..., None]) -> Iterator[MailServer]:
    """A mail server, and a shop with an order that belongs to nobody."""
    shop(tmp_path / "shop.db")
    forget_customers(tmp_path, "Customer 1")
    connect_shop(connection, tmp_path)
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        yield server


def forget_customers(folder: Path, *names: str) -> None:
    with sqlite3.connect(folder / "shop.db") as connection:
        connection.executemany("UPDATE orders SET customer = NULL WHERE customer = ?", [(name,) for name in names])
    connection.close()


def stop(run: Run, ledger: Ledger) -> str:
    """Bring a run to where a check stops it; return what the task `close` fails with."""
    gate(run, ledger, NOW)
    extract(run)
    with pytest.raises(CheckError) as caught:
        check(run, ledger, NOW)
    assert not caught.value.retryable
    assert ledger.outcome(run)[0] is RunState.STOPPED
    with pytest.raises(DeliveryError) as failure:
        close(run, ledger, "mail")
    assert not failure.value.retryable
    return str(failure.value)


def mails(server: MailServer) -> list[EmailMessage]:
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in server.messages()]


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached(mail: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}


def test_nobody_gets_it_and_the_owner_gets_one_mail_with_the_failing_rows(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)

    failure = stop(run, ledger)

    (mail,) = mails(inbox)
    assert (mail["To"], mail["Subject"]) == ("owner@northwind.example", "Stopped: Sales, Thursday, 1 October 2026")
    text = body(mail)
    assert "Sales for Thursday, 1 October 2026 was stopped by its checks. Nobody got it." in text
    assert "complete_orders stops the report\n    orders: customer is empty in 1 of 3 rows, none allowed\n" in text
    assert "    Each order belongs to somebody.\n    Failing rows: 1 row\n    Attached: complete_orders.csv\n" in text
    assert "amounts" not in text, "what passed needs no words"
    assert "clear the task `extract`" in text
    assert "run manual__1" in text
    assert mail.get_content_type() == "multipart/mixed"
    assert attached(mail) == {"complete_orders.csv": b"\xef\xbb\xbfcustomer,amount\r\n,10.25\r\n"}
    assert failure.startswith("Sales, Thursday, 1 October 2026: stopped by 1 of its 2 checks: complete_orders: ")
    assert {entry.state for entry in owed(run, ledger)} == {DeliveryState.PLANNED}


def test_the_ledger_and_the_manifest_say_why(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)

    stop(run, ledger)

    state, reason = ledger.outcome(run)
    assert state is RunState.STOPPED
    assert "customer is empty in 1 of 3 rows" in reason
    manifest = run.folder.manifest()
    assert (manifest["state"], manifest["reason"]) == ("stopped", reason)
    assert manifest["failing_rows"] == [{
        "check": "complete_orders", "file": "failing/complete_orders.csv", "rows": 1, "failing": 1, "left_out": [],
        "error": "", "parts": 0,
    }]  # fmt: skip


def test_what_else_failed_is_told_after_what_stopped_it(tmp_path: Path, inbox: MailServer) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("UPDATE orders SET amount = NULL")
    connection.close()

    stop(run_of(tmp_path, SPEC), ledger_of(tmp_path))

    (mail,) = mails(inbox)
    text = body(mail)
    assert text.index("complete_orders stops the report") < text.index("amounts would put a warning on it")
    assert sorted(attached(mail)) == ["amounts.csv", "complete_orders.csv"]


def test_a_run_that_sends_nothing_is_stopped_as_well(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC, send=False), ledger_of(tmp_path)

    stop(run, ledger)

    assert [mail["Subject"] for mail in mails(inbox)] == ["Stopped: Sales, Thursday, 1 October 2026"]
    assert ledger.outcome(run)[0] is RunState.STOPPED


def test_who_has_it_from_an_earlier_run_is_said(tmp_path: Path, inbox: MailServer) -> None:
    ledger = ledger_of(tmp_path)
    good = run_of(tmp_path, SALES.replace(", ben@northwind.example", ""))
    deliver(rendered(good, ledger), ledger, "email")

    stop(run_of(tmp_path, SPEC), ledger)

    assert "Nothing more was sent; it went out before to ann@northwind.example." in body(mails(inbox)[-1])


def test_mended_data_are_sent_when_the_tasks_are_cleared(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    stop(run, ledger)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("UPDATE orders SET customer = 'Ann' WHERE customer IS NULL")
    connection.close()

    ledger.resume(run)
    extract(run)
    check(run, ledger, NOW)
    render(run, NOW)
    deliver(run, ledger, "email")

    assert close(run, ledger, "mail") == {"delivered": 2}
    assert ledger.outcome(run) == (RunState.DELIVERED, "")
    assert run.folder.manifest()["failing_rows"] == []


def test_rows_too_large_for_a_mail_stay_in_the_archive_and_the_mail_says_where(
    tmp_path: Path, inbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopped, "MOST_BYTES", 27)
    run = run_of(tmp_path, SPEC)

    stop(run, ledger_of(tmp_path))

    (mail,) = mails(inbox)
    assert attached(mail) == {}
    assert f"too large: {run.folder.uri}/failing/complete_orders.csv" in body(mail)


def test_a_server_that_takes_no_such_mail_gets_it_without_the_rows(
    tmp_path: Path, connection: Callable[..., None], inbox: MailServer
) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as orders:
        day = [(1_000_000 + number,) for number in range(1_500)]
        orders.executemany("INSERT INTO orders VALUES ('2026-09-30 22:00:00', NULL, ?)", day)
    orders.close()
    run = run_of(tmp_path, SPEC)

    with MailServer(tmp_path / "small", largest=8_000) as small:
        connect_mail(connection, small.port)
        stop(run, ledger_of(tmp_path))

        (mail,) = mails(small)
    assert "Failing rows: the first 1,000 of 1,501 rows" in body(mail)
    assert f"{run.folder.uri}/failing/complete_orders.csv" in body(mail)
    assert attached(mail) == {}


def test_rows_that_could_not_be_kept_are_said_in_the_mail(tmp_path: Path, inbox: MailServer) -> None:
    run = run_of(tmp_path, SPEC)
    blocked = Path(run.folder.root.path) / "failing" / "complete_orders.csv"
    blocked.mkdir(parents=True)

    stop(run, ledger_of(tmp_path))

    (mail,) = mails(inbox)
    assert "Failing rows: the rows could not be kept: cannot write" in body(mail)
    assert "orders: customer is empty in 1 of 3 rows" in body(mail)
    assert attached(mail) == {}


def test_rows_that_are_gone_do_not_keep_the_owner_from_the_mail(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    gate(run, ledger, NOW)
    extract(run)
    with pytest.raises(CheckError):
        check(run, ledger, NOW)
    (Path(run.folder.root.path) / "failing" / "complete_orders.csv").unlink()
    (Path(run.folder.root.path) / "manifest.json").write_text("{")

    with pytest.raises(DeliveryError, match="stopped by 1 of its 2 checks"):
        close(run, ledger, "mail")

    (mail,) = mails(inbox)
    assert "customer is empty in 1 of 3 rows" in body(mail)


def test_an_owner_who_cannot_be_told_does_not_make_the_run_green(
    tmp_path: Path, inbox: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.stop()

    stop(run_of(tmp_path, SPEC), ledger_of(tmp_path))

    assert "The owner owner@northwind.example could not be told" in caplog.text


def test_a_check_that_cannot_be_judged_stops_whatever_its_severity(tmp_path: Path, inbox: MailServer) -> None:
    text = SPEC.replace("columns: amount, severity: warn", "columns: amonut, severity: warn")

    stop(run_of(tmp_path, text), ledger_of(tmp_path))

    (mail,) = mails(inbox)
    assert (
        "amounts stops the report\n    it could not be judged: check 'amounts': orders has no column 'amonut'"
        in body(mail)
    )


def test_an_alert_that_is_quiet_for_want_of_data_is_stopped_not_skipped(tmp_path: Path, inbox: MailServer) -> None:
    quiet = "alert:\n  when: [{type: rows, dataset: orders, at_least: 99}]\nchecks:\n"

    stop(run_of(tmp_path, SPEC.replace("checks:\n", quiet)), ledger_of(tmp_path))

    assert [mail["To"] for mail in mails(inbox)] == ["owner@northwind.example"]


def test_of_a_check_that_warns_the_owner_gets_no_mail_and_the_ledger_keeps_it(
    tmp_path: Path, inbox: MailServer
) -> None:
    text = SPEC.replace("columns: customer,", "columns: customer, severity: warn,")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    gate(run, ledger, NOW)
    extract(run)
    check(run, ledger, NOW)
    render(run, NOW)
    deliver(run, ledger, "email")
    close(run, ledger, "mail")

    assert {mail["To"] for mail in mails(inbox)} == {"ann@northwind.example", "ben@northwind.example"}
    assert {mail["Subject"] for mail in mails(inbox)} == {"[WARNING] Sales · Thursday, 1 October 2026"}
    assert {(entry.name, entry.severity, entry.outcome) for entry in checks_of(ledger, run)} == {
        ("amounts", "warn", "passed"), ("complete_orders", "warn", "failed"),
    }  # fmt: skip
    assert json.loads((Path(run.folder.root.path) / "manifest.json").read_text())["failing_rows"][0]["rows"] == 1


def test_of_very_many_parts_the_mail_tells_the_first_and_where_all_are(tmp_path: Path, inbox: MailServer) -> None:
    parts = "  - {type: row_count, dataset: orders, at_least: 2, by: amount}\n"
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        rows = [("2026-09-30 22:30:00", "Ann", 1_000 + number) for number in range(40)]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
    connection.close()
    run, ledger = run_of(tmp_path, SPEC.replace("checks:\n", f"checks:\n{parts}", 1)), ledger_of(tmp_path)

    stop(run, ledger)

    (mail,) = mails(inbox)
    assert body(mail).count("has 1 row for") == 20
    assert "row_count_orders fails for 23 more parts; all of them: reports runs sales --run 'manual__1'" in body(mail)
    assert "complete_orders stops the report" in body(mail)
