"""`make tour`: each thing that may become of a run, on a whole Airflow, and what people get of it."""

from __future__ import annotations

import email
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from session import ROOT, free_port

LIMIT = 400
pytestmark = pytest.mark.timeout(LIMIT + 100)  # the whole tour is one fixture


@dataclass(frozen=True)
class Toured:
    """What a tour has left.

    Attributes:
        printed: What it printed.
        code: Its exit code.
        folder: Its home, ledger, archive and inbox.
    """

    printed: str
    code: int
    folder: Path

    def mails(self, *parts: str) -> list[EmailMessage]:
        """Return the mails whose subject has all of the given parts, oldest first."""
        paths = sorted((self.folder / "out/demo/inbox").glob("*.eml"))
        found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [mail for mail in found if all(part in str(mail["Subject"]) for part in parts)]

    def manifest(self, report: str, day: str = "2026-10-01") -> dict[str, Any]:
        """Return the manifest of a report's run."""
        archive = self.folder / ".airflow/scheduled_reports/archive"
        [path] = (archive / report / "daily" / day).glob("*/manifest.json")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def ledger(self, query: str) -> list[tuple[Any, ...]]:
        """Return what an SQL query gives of the ledger."""
        with sqlite3.connect(self.folder / ".airflow/scheduled_reports/ledger.db") as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Toured:
    """Run `make tour`'s command in a folder of its own."""
    folder = tmp_path_factory.mktemp("tour")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    environment |= {"PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT / 'include'}", "DEMO_FOLDER": str(folder)}
    command = [sys.executable, "-m", "demo.tour", "--port", str(free_port())]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            printed, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # so that it ends its Airflow
            printed, _ = process.communicate(timeout=60)
    return Toured(printed, process.returncode, folder)


def test_every_run_becomes_what_its_spec_says(tour: Toured) -> None:
    assert tour.code == 0, tour.printed


def test_a_condition_that_is_not_met_skips_the_run_with_its_reason(tour: Toured) -> None:
    assert "the number of orders at the market is 0" in tour.manifest("skipped")["reason"]
    assert tour.mails("Market Orders") == []


def test_a_run_waits_without_a_worker_until_its_condition_is_met(tour: Toured) -> None:
    assert "gate was deferred until" in " ".join(tour.printed.split())
    [mail] = tour.mails("Closed Books")
    assert mail["To"] == "director@northwind.example"


def test_a_run_that_waited_in_vain_goes_on_with_a_banner(tour: Toured) -> None:
    [mail] = tour.mails("Early Figures")

    assert str(mail["Subject"]).startswith("[STALE] ")


def test_a_failed_check_keeps_the_report_from_all_and_sends_the_owner_the_rows(tour: Toured) -> None:
    [mail] = tour.mails("Customer Orders")

    assert mail["To"] == "ana@northwind.example"
    [rows] = [part.get_content() for part in mail.iter_attachments()]
    text = rows.decode() if isinstance(rows, bytes) else str(rows)
    assert "23,2026-10-01" in text
    assert text.strip().count("\n") == 1


def test_a_held_report_is_sent_once_somebody_has_approved_it(tour: Toured) -> None:
    question, report = tour.mails("Orders and Payments")

    assert (question["To"], report["To"]) == ("demo@northwind.example", "director@northwind.example")
    query = "SELECT decision, decided_by, comment FROM scheduled_reports_decision WHERE report_id = 'approved'"
    assert tour.ledger(query) == [("approved", "demo", "The missing payment is known")]


def test_a_held_report_that_nobody_approves_is_dropped_and_its_owner_told(tour: Toured) -> None:
    asked, told = tour.mails("Unapproved Payments")

    assert [asked["To"], told["To"]] == ["demo@northwind.example", "ana@northwind.example"]
    assert "5s" in tour.manifest("dropped")["reason"]


def test_a_warning_stands_in_the_subject_and_on_top_of_every_file(tour: Toured) -> None:
    mail = tour.mails("Orders by Channel", "1 October 2026")[0]

    assert str(mail["Subject"]).startswith("[WARNING] ")
    body = mail.get_body(("html",))
    assert body is not None
    assert "orders (web)" in body.get_content()
    book = next(part for part in mail.iter_attachments() if str(part.get_filename()).endswith(".xlsx"))
    first = openpyxl.load_workbook(io.BytesIO(book.get_content())).worksheets[0]
    assert any("WARNING" in str(cell.value) for row in first.iter_rows(max_row=8) for cell in row)


def test_a_trend_without_history_says_that_it_learns(tour: Toured) -> None:
    outcomes = tour.ledger("SELECT outcome, reason FROM scheduled_reports_check_result WHERE report_id = 'warned' "
                           "AND type = 'trend' ORDER BY period_start")  # fmt: skip

    assert [outcome for outcome, _ in outcomes] == ["learning", "learning"]
    assert "0 of 5" in outcomes[0][1]
    assert "1 of 5" in outcomes[1][1]


def test_a_report_without_data_says_so_and_one_that_is_a_blank_page_is_not_sent(tour: Toured) -> None:
    [mail] = tour.mails("Returned Goods")

    assert str(mail["Subject"]).startswith("[EMPTY] ")
    assert tour.mails("Editor's Note") == []
    assert "blank" in tour.manifest("blank_file")["reason"]


def test_an_alert_is_sent_when_a_product_falls_low_and_again_only_after_it_had_recovered(tour: Toured) -> None:
    days = [str(mail["Subject"]) for mail in tour.mails("Low Stock")]

    assert len(days) == 2
    assert "1 October 2026" in days[0]
    assert "4 October 2026" in days[1]
    assert "still" in tour.manifest("low_stock", "2026-10-02")["reason"]
