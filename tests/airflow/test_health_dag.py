"""The DAG `reports_health`, run by a real Airflow against sources that live and die."""

from __future__ import annotations

import email
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from runs import connect_shop, ledger_of
from scheduled_reports.errors import SettingError
from scheduled_reports.ledger.probes import failing_since, history
from scheduled_reports.live.health_dag import health_dag
from specs import SALES, write


def run_health() -> tuple[str, dict[str, str]]:
    """Run the DAG; return its state, and those of its tasks by name or by what they looked at."""
    dag = health_dag()
    assert dag is not None
    dag_run = dag.test(logical_date=None)
    found = {each.rendered_map_index or each.task_id: str(each.state) for each in dag_run.get_task_instances()}
    return str(dag_run.state), found


def letters(server: MailServer) -> list[tuple[str, str, str]]:
    """Return recipient, subject and text of each mail, in the order of their arrival."""
    found = []
    for path in server.messages():
        message: Any = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        found.append((message["To"], message["Subject"], message.get_content()))
    return found


def test_a_dead_source_is_told_once_and_its_recovery_too(
    project: Path, inbox: MailServer, airflow_database: Path, connection: Callable[..., None]
) -> None:
    write(project)
    connection("shop", conn_type="sqlite", host=str(project / "elsewhere.db"))

    first = run_health()
    second = run_health()
    connect_shop(connection, project)
    third = run_health()

    dead = {"plan": "success", "mail": "success", "shop": "failed", "the archive": "success", "tell": "failed"}
    assert first == second == ("failed", dead)
    assert third == ("success", dict.fromkeys(dead, "success"))
    [begin, end] = letters(inbox)
    assert begin[:2] == ("owner@northwind.example", "Cannot be used: connection shop, needed by Sales")
    assert f"there is no file {project}/elsewhere.db" in begin[2]
    assert "correct the host of the Airflow connection" in begin[2]
    assert end[:2] == ("owner@northwind.example", "Works again: connection shop")


def test_every_probe_is_in_the_ledger_with_its_state_and_seconds(
    project: Path, inbox: MailServer, airflow_database: Path, connection: Callable[..., None]
) -> None:
    write(project, SALES.replace("FROM orders\n", "FROM orderz\n", 1))

    state, _ = run_health()

    assert state == "failed"
    ledger = ledger_of(project)
    [*_, source] = history(ledger, "source", "orders", "sales")
    assert source.state == "failed"
    assert "no such table: orderz" in source.reason
    [shop] = history(ledger, "connection", "shop")[:1]
    assert (shop.state, shop.seconds is not None) == ("ok", True)
    assert [entry.state for entry in history(ledger, "destination", "email", "sales")] == ["ok"]
    assert failing_since(ledger, ("source", "orders", "sales")) == source.probed_at
    assert len(letters(inbox)) == 1


def test_it_is_off_where_the_setting_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__HEALTH_SCHEDULE", "off")

    assert health_dag() is None


def test_it_runs_when_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__HEALTH_SCHEDULE", "*/15 6-20 * * *")

    dag = health_dag()

    assert dag is not None
    assert "15" in dag.timetable.summary


@pytest.mark.parametrize("wrong", ["hourly", "61 * * * *", "* * *"])
def test_a_setting_that_is_no_cron_line_is_loud(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__HEALTH_SCHEDULE", wrong)

    with pytest.raises(SettingError, match="health_schedule is") as caught:
        health_dag()

    assert "0 * * * *" in caught.value.fix
