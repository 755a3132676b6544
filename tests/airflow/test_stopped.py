"""On a real Airflow: a run that a check stops is red, and one that shows nothing is skipped; nobody gets either."""

from __future__ import annotations

import email
import json
import sqlite3
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from specs import SALES, write

RunDag = Callable[..., tuple[str, dict[str, Any]]]

CHECKED = SALES.replace("content:\n", "checks:\n  - {type: complete, dataset: orders, columns: customer}\ncontent:\n")
CONTENT = SALES[SALES.index("content:\n") : SALES.index("formats:\n")]
BLANK = SALES.replace(CONTENT, "content:\n  - {type: text, markdown: \"{{ '' }}\"}\n")


def states(instances: dict[str, Any]) -> dict[str, str]:
    return {name.partition("[")[0]: str(instance.state) for name, instance in sorted(instances.items())}


def manifest(project: Path) -> dict[str, Any]:
    (path,) = (project / "archive").rglob("manifest.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture
def nobody(project: Path) -> None:
    """Let an order belong to nobody."""
    with sqlite3.connect(project / "shop.db") as connection:
        connection.execute("UPDATE orders SET customer = NULL WHERE customer = 'Customer 1'")
    connection.close()


def test_a_stopped_run_is_red_and_the_owner_alone_gets_a_mail_with_the_rows(
    project: Path, inbox: MailServer, run_dag: RunDag, nobody: None
) -> None:
    write(project, CHECKED)

    state, instances = run_dag("sales__daily")

    assert state == "failed"
    assert states(instances) == {
        "gate": "success", "extract": "success", "check": "failed", "render": "upstream_failed",
        "deliver": "upstream_failed", "close": "failed",
    }  # fmt: skip
    (path,) = inbox.messages()
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("owner@northwind.example", "Stopped: Sales, Thursday, 1 October 2026")
    (rows,) = mail.iter_attachments()
    assert rows.get_filename() == "complete_orders.csv"
    assert rows.get_payload(decode=True) == b"\xef\xbb\xbfcustomer,amount\r\n,10.25\r\n"
    noted = manifest(project)
    assert noted["state"] == "stopped"
    assert "customer is empty in 1 of 3 rows" in noted["reason"]


def test_a_run_whose_file_is_blank_is_skipped_with_the_reason(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, BLANK)

    state, instances = run_dag("sales__daily")

    assert (state, inbox.messages()) == ("success", [])
    assert states(instances) == {
        "gate": "success", "extract": "success", "check": "success", "render": "skipped", "deliver": "skipped",
        "close": "skipped",
    }  # fmt: skip
    assert manifest(project)["state"] == "skipped"
    assert manifest(project)["reason"] == (
        "Nothing to show for Thursday, 1 October 2026: sales_2026-10-01_mail.html is blank, with no text and no mark "
        "of the content"
    )
