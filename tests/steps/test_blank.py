"""A report that shows nothing is skipped, or says so on top, or is sent because its author wants it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, run_of
from scheduled_reports.errors import CheckError, DeliveryError, DocumentError
from scheduled_reports.ledger import RunState
from scheduled_reports.ledger.findings import checks_of
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.check import check
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.render import render
from steps.blank_reports import NO_CONDITION, NOTHING, checked, mails, on_empty, text_of

CONTENT = NO_CONDITION[NO_CONDITION.index("content:\n") : NO_CONDITION.index("formats:\n")]
EMPTY_TEXT = NO_CONDITION.replace(CONTENT, "content:\n  - {type: text, markdown: \"{{ '' }}\"}\n").replace(
    "  - {type: html_email}\n", "  - {type: html_email}\n  - {type: pdf}\n  - {type: xlsx}\n  - {type: text}\n"
)
FILES = "sales_2026-10-01_mail.html and sales_2026-10-01.pdf and sales_2026-10-01.xlsx and sales_2026-10-01.txt"


@pytest.fixture
def inbox(tmp_path: Path, connection: Callable[..., None]) -> Iterator[MailServer]:
    connect_shop(connection, tmp_path)
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        yield server


def test_where_all_of_it_is_empty_the_run_is_skipped(tmp_path: Path, inbox: MailServer) -> None:
    run = run_of(tmp_path, NOTHING)

    with pytest.raises(RunSkipped) as skipped:
        checked(run, ledger_of(tmp_path))

    assert str(skipped.value) == (
        "Nothing to show for Thursday, 1 October 2026: totals has no figure but zero, orders has no rows"
    )
    assert run.folder.manifest()["notices"] == []


def test_what_stands_in_columns_that_are_not_shown_is_nothing_to_show(tmp_path: Path, inbox: MailServer) -> None:
    hidden = """content:
  - {type: table, dataset: orders}
  - type: columns
    only_if: orders
    left: [{type: kpis, dataset: one, items: [{label: One, value: one}]}]
    right: [{type: text, markdown: Beside it}]
"""
    spec = NOTHING.replace(CONTENT, hidden).replace("datasets:\n", "datasets:\n  one:\n    sql: SELECT 1 AS one\n", 1)

    with pytest.raises(RunSkipped, match="orders has no rows"):
        checked(run_of(tmp_path, spec), ledger_of(tmp_path))


def test_a_column_that_the_data_lack_is_a_mistake_and_no_empty_report(tmp_path: Path, inbox: MailServer) -> None:
    table = "content:\n  - {type: table, dataset: orders, columns: [{name: custommer}]}\n"
    run = run_of(tmp_path, NO_CONDITION.replace(CONTENT, table))

    checked(run, ledger_of(tmp_path))

    with pytest.raises(DocumentError, match="there is no column 'custommer': did you mean 'customer'"):
        render(run, NOW)


def test_a_figure_that_is_not_zero_is_something_to_show(tmp_path: Path, inbox: MailServer) -> None:
    text = NOTHING.replace("count(*) AS orders", "count(*) + 1 AS orders")

    assert checked(run_of(tmp_path, text), ledger_of(tmp_path)) == {}


def test_where_it_is_to_be_sent_all_the_same_it_says_so_on_top_of_everything(tmp_path: Path, inbox: MailServer) -> None:
    text = on_empty(NOTHING, "send_notice").replace("{type: html_email}", "{type: html_email}\n  - {type: pdf}")
    text = text.replace("attach: csv", "attach: [csv, pdf]")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)

    found = checked(run, ledger)
    render(run, NOW)
    deliver(run, ledger, "email")
    close(run, ledger, "mail")

    said = "Nothing to show for Thursday, 1 October 2026: totals has no figure but zero, orders has no rows"
    assert found == {"on_empty": f"{said}: it is sent with the notice EMPTY"}
    for mail in mails(inbox):
        assert mail["Subject"] == "[EMPTY] Sales · Thursday, 1 October 2026"
        assert f"! EMPTY: {said}." in " ".join(text_of(mail, "plain").split())
        assert said in text_of(mail)
    with run.folder.fetch("files/sales_2026-10-01.pdf") as pdf:
        assert said in " ".join(PdfReader(pdf).pages[0].extract_text().split())
    assert len(mails(inbox)) == 2


def test_where_the_author_wants_it_it_is_sent_as_it_is_and_the_log_says_so(
    tmp_path: Path, inbox: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    run, ledger = run_of(tmp_path, on_empty(NOTHING, "send")), ledger_of(tmp_path)

    with caplog.at_level(logging.WARNING):
        checked(run, ledger)
    render(run, NOW)
    deliver(run, ledger, "email")

    assert [mail["Subject"] for mail in mails(inbox)] == ["Sales · Thursday, 1 October 2026"] * 2
    assert "Nothing to show: totals has no figure but zero, orders has no rows; on_empty is 'send'" in caplog.text


def test_a_blank_file_is_not_sent(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, EMPTY_TEXT), ledger_of(tmp_path)
    assert checked(run, ledger) == {}

    with pytest.raises(RunSkipped) as skipped:
        render(run, NOW)

    assert str(skipped.value) == (
        f"Nothing to show for Thursday, 1 October 2026: {FILES} are blank, with no text and no mark of the content"
    )
    with run.folder.fetch("files/sales_2026-10-01.pdf") as pdf:
        assert pdf.read_bytes().startswith(b"%PDF"), "whoever wonders can look at it in the archive"


def test_a_blank_file_that_is_to_be_sent_says_so_on_top(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, on_empty(EMPTY_TEXT, "send_notice")), ledger_of(tmp_path)
    checked(run, ledger)

    render(run, NOW)
    deliver(run, ledger, "email")

    assert {mail["Subject"] for mail in mails(inbox)} == {"[EMPTY] Sales · Thursday, 1 October 2026"}
    assert f"{FILES} are blank" in text_of(mails(inbox)[0])
    with run.folder.fetch("files/sales_2026-10-01.pdf") as pdf:
        assert "EMPTY: Nothing to show" in PdfReader(pdf).pages[0].extract_text()


def test_a_blank_file_is_sent_where_the_author_wants_it(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, on_empty(EMPTY_TEXT, "send")), ledger_of(tmp_path)
    checked(run, ledger)

    render(run, NOW)
    deliver(run, ledger, "email")

    assert {mail["Subject"] for mail in mails(inbox)} == {"Sales · Thursday, 1 October 2026"}


def test_a_report_of_nothing_but_data_is_blank_without_a_row(tmp_path: Path, inbox: MailServer) -> None:
    text = NOTHING.replace("  - {type: html_email}\n", "").replace("body: html_email\n    ", "")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    assert checked(run, ledger) == {}

    with pytest.raises(RunSkipped, match=r"sales_2026-10-01\.csv is blank"):
        render(run, NOW)


def test_data_without_a_row_beside_a_page_that_shows_something_are_sent(tmp_path: Path, inbox: MailServer) -> None:
    text = NO_CONDITION.replace("datasets:\n", "datasets:\n  odd: {sql: SELECT * FROM orders WHERE amount > 999}\n")
    run, ledger = (
        run_of(tmp_path, text.replace("{type: csv, dataset: orders}", "{type: csv, dataset: odd}")),
        ledger_of(tmp_path),
    )
    checked(run, ledger)

    render(run, NOW)

    assert deliver(run, ledger, "email") == {"delivered": 2, "now": 2}


def test_data_that_came_after_all_take_the_notice_away(tmp_path: Path, inbox: MailServer) -> None:
    ledger = ledger_of(tmp_path)
    run = run_of(tmp_path, on_empty(NOTHING, "send_notice"))
    checked(run, ledger)
    assert [entry["word"] for entry in run.folder.manifest()["notices"]] == ["EMPTY"]

    mended = run_of(tmp_path, on_empty(NO_CONDITION, "send_notice"))
    extract(mended)
    check(mended, ledger, NOW)

    assert mended.folder.manifest()["notices"] == []


def test_rendering_again_says_the_same(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, EMPTY_TEXT), ledger_of(tmp_path)
    checked(run, ledger)
    told = []
    for _ in range(2):
        with pytest.raises(RunSkipped) as skipped:
            render(run, NOW)
        told.append(str(skipped.value))

    assert told[0] == told[1]


def test_a_file_that_shows_something_after_all_takes_the_notice_away(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, on_empty(EMPTY_TEXT, "send_notice")), ledger_of(tmp_path)
    checked(run, ledger)
    render(run, NOW)

    mended = run_of(tmp_path, on_empty(EMPTY_TEXT, "send_notice").replace("{{ '' }}", "Sales went well."))
    render(mended, NOW)
    deliver(mended, ledger, "email")

    assert {mail["Subject"] for mail in mails(inbox)} == {"Sales · Thursday, 1 October 2026"}
    assert "Nothing to show" not in text_of(mails(inbox)[0])


def test_a_check_that_stops_the_report_does_so_where_it_is_empty_too(tmp_path: Path, inbox: MailServer) -> None:
    checks = "checks:\n  - {type: row_count, dataset: orders, at_least: 1}\ncontent:\n"
    run, ledger = run_of(tmp_path, NOTHING.replace("content:\n", checks, 1)), ledger_of(tmp_path)

    with pytest.raises(CheckError, match="row_count_orders: orders has 0 rows"):
        checked(run, ledger)

    assert ledger.outcome(run)[0] is RunState.STOPPED
    with pytest.raises(DeliveryError, match="stopped by 1 of its 1 checks"):
        close(run, ledger, "mail")
    assert [mail["Subject"] for mail in mails(inbox)] == ["Stopped: Sales, Thursday, 1 October 2026"]


def test_an_empty_report_whose_checks_only_warn_is_skipped(tmp_path: Path, inbox: MailServer) -> None:
    checks = "checks:\n  - {type: row_count, dataset: orders, at_least: 1, severity: warn}\ncontent:\n"
    run, ledger = run_of(tmp_path, NOTHING.replace("content:\n", checks, 1)), ledger_of(tmp_path)

    with pytest.raises(RunSkipped, match="Nothing to show"):
        checked(run, ledger)

    assert [entry.outcome for entry in checks_of(ledger, run)] == ["failed"]
