"""Reports whose conditions are not met, in vain or in spite, on a real Airflow; `make tour` has those that are met."""

from __future__ import annotations

import email
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from specs import SALES, write

RunDag = Callable[..., tuple[str, dict[str, Any]]]
ROWS = "run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n"


def flagged(wait: str) -> str:
    """Return the small spec that waits for a flag file."""
    return SALES.replace(ROWS, f"run_when:\n  all: [{{type: flag, file: ready.txt}}]\n  {wait}\n")


def manifest(project: Path) -> dict[str, Any]:
    paths = sorted((project / "archive").rglob("manifest.json"), key=lambda path: path.stat().st_mtime)
    return json.loads(paths[-1].read_text())


def ledger(project: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(project / "ledger.db")) as connection:
        return connection.execute(sql).fetchall()


def outcome(project: Path) -> tuple[str, str]:
    """Return the state and the reason of the newest run, on which ledger and manifest must agree."""
    state, reason = ledger(project, "SELECT state, reason FROM scheduled_reports_run ORDER BY started_at")[-1]
    noted = manifest(project)
    assert (noted["state"], noted["reason"]) == (state, reason)
    return state, reason


def mails(server: MailServer) -> dict[str, EmailMessage]:
    found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in server.messages()]
    return {mail["To"]: mail for mail in found}


def states(instances: dict[str, Any]) -> dict[str, str]:
    return {name: str(instance.state) for name, instance in instances.items()}


def test_a_run_whose_conditions_are_not_met_is_skipped_with_the_reason_everywhere(
    project: Path, inbox: MailServer, run_dag: RunDag, capfd: pytest.CaptureFixture[str]
) -> None:
    write(project, flagged("wait_for: 2s\n  every: 1s"))

    state, instances = run_dag("sales__daily")

    assert (state, inbox.messages()) == ("success", [])
    assert set(states(instances).values()) == {"skipped"}
    found, reason = outcome(project)
    assert found == "skipped"
    assert reason.endswith("after 2s of waiting")
    assert "ready.txt" in reason
    assert f"Skipped: {reason}" in capfd.readouterr().out


def test_a_report_that_waited_in_vain_tells_its_owner(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, flagged("wait_for: 1s\n  every: 1s\n  then: alert"))

    assert run_dag("sales__daily")[0] == "success"

    state, reason = outcome(project)
    assert (state, list(mails(inbox))) == ("skipped", ["owner@northwind.example"])
    assert reason.endswith("after 1s of waiting; owner@northwind.example was told")


def test_a_database_that_stays_away_while_it_waits_fails_the_run_and_its_owner_is_told(
    project: Path, inbox: MailServer, run_dag: RunDag, connection: Callable[..., None]
) -> None:
    connection("away", conn_type="postgres", host="127.0.0.1", port=9, schema="x", login="x", password="x")
    text = flagged("wait_for: 1s\n  every: 1s").replace("owner:", "retries: 1\nowner:")
    write(
        project,
        text.replace("{type: flag, file: ready.txt}", "{type: value, connection: away, sql: SELECT 1, above: 0}"),
    )

    state, instances = run_dag("sales__daily")

    assert (state, states(instances)["gate"], list(mails(inbox))) == ("failed", "failed", ["owner@northwind.example"])
    assert instances["gate"].try_number == 2
    assert "Connection refused" in outcome(project)[1]


def test_whoever_triggers_it_may_ignore_its_conditions_and_is_recorded(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(
        project,
        flagged("wait_for: 5m").replace(
            "content:\n", "alert: {when: [{type: rows, dataset: orders, at_least: 99}]}\ncontent:\n", 1
        ),
    )

    assert run_dag("sales__daily", ignore_conditions=True)[0] == "success"

    assert outcome(project) == ("delivered", "")
    assert len(inbox.messages()) == 2
    assert ledger(project, "SELECT kind, decision, decided_by FROM scheduled_reports_decision") == [
        ("conditions", "ignored", "dag_test")
    ]
    assert manifest(project)["overridden"] == "ignored, as dag_test asked"
