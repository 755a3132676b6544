"""`reports runs`: analysts see what became of each run, and why, from the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from deliveries import ANN, BEN, begin, deliver
from runs import NOW, ledger_of, run_of, use_settings
from scheduled_reports.ledger import RunState
from scheduled_reports.ledger.findings import CheckEntry, Decision, note_checks, note_decision
from scheduled_reports.ledger.past import Measure, note_measures
from specs import SALES, write

Reports = Callable[..., Result]


@pytest.fixture
def history(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose report `sales` was stopped once by a check, and delivered to Ann once approved."""
    use_settings(monkeypatch, project)
    ledger = ledger_of(project)
    stopped = run_of(project, run_id="scheduled__1")
    ledger.begin(stopped, [], NOW - dt.timedelta(hours=1))
    note_checks(ledger, stopped, [
        CheckEntry("complete_orders", "complete", "", "stop", "failed", "shop is empty in 2 of 3 rows", 2.0, 2),
        CheckEntry("usual", "trend", "web", "warn", "learning", "learning, 2 of 5 runs", 3.0, None),
    ])  # fmt: skip
    ledger.end(stopped, RunState.STOPPED, "complete_orders: shop is empty in 2 of 3 rows")
    sent = run_of(project, run_id="manual__2")
    deliver(ledger, begin(ledger, sent, [ANN, BEN])[0].id)
    note_measures(ledger, sent, "rows", [Measure("orders", 12345)])
    note_measures(ledger, sent, "kpi", [Measure("Net sales", 1234.5), Measure("Year to date", 1234567.89)])
    note_checks(ledger, sent, [
        CheckEntry("complete_orders", "complete", "", "stop", "passed", "shop is empty in 0 of 3 rows", 0.0, 0),
    ])  # fmt: skip
    note_decision(ledger, sent, Decision("approval", "approved", "ana", "looks [red]right[/]", NOW))
    ledger.end(sent, RunState.DELIVERED)
    return project


def test_each_run_says_what_became_of_it_and_why(history: Path, reports: Reports) -> None:
    found = reports("runs", "sales")

    assert found.exit_code == 0
    newest, oldest = found.stdout.split("2026-10-02 05:30")
    assert "delivered  Thursday, 1 October 2026" in newest
    assert "1 of 2 delivered · orders 12,345 · checks: 1 passed" in newest
    assert 'approval approved by ana at 2026-10-02 06:30: "looks [red]right[/]"' in newest
    assert "stopped    Thursday, 1 October 2026" in oldest
    assert oldest.count("complete_orders: shop is empty in 2 of 3 rows") == 1
    assert "usual (web): learning: learning, 2 of 5 runs" in oldest


def test_one_run_shows_all_that_is_known_of_it(history: Path, reports: Reports) -> None:
    text = reports("runs", "sales", "--run", "manual__2").stdout

    assert "key figures: Net sales 1,234.5, Year to date 1,234,568" in text
    assert "complete_orders: passed: shop is empty in 0 of 3 rows" in text
    assert "email → ann@x.example: delivered <1@x>" in text
    assert "scheduled__1" not in text


def test_limit_and_schedule_choose_runs(history: Path, reports: Reports) -> None:
    assert "stopped" not in reports("runs", "sales", "--limit", "1").stdout
    refused = reports("runs", "sales", "--schedule", "weekly")
    assert refused.exit_code == 2
    assert "sales has no schedule weekly in the ledger" in refused.stderr
    assert "schedule daily, run manual__2" in refused.stderr


def test_json_has_everything(history: Path, reports: Reports) -> None:
    newest, oldest = json.loads(reports("runs", "sales", "--json").stdout)

    assert newest["state"] == "delivered"
    assert newest["measures"][0] == {"kind": "kpi", "name": "Net sales", "part": "", "value": 1234.5}
    assert newest["decisions"][0]["decided_at"] == NOW.isoformat()
    assert [entry["outcome"] for entry in oldest["checks"]] == ["failed", "learning"]


def test_runs_of_a_report_whose_spec_is_gone_are_still_told(history: Path, reports: Reports) -> None:
    (history / "report_specs" / "sales.yaml").unlink()

    assert "2026-09-30 22:00 to 2026-10-01 22:00 UTC" in reports("runs", "sales").stdout


def test_what_is_not_there_is_told_with_what_is(history: Path, reports: Reports) -> None:
    write(history, SALES, "new_one")

    for name, expected in {"sale": "did you mean 'sales'?", "new_one": "new_one has not run yet"}.items():
        found = reports("runs", name)
        assert found.exit_code == 2
        assert expected in found.stderr


def test_without_a_ledger_it_says_where_one_would_be(
    project: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(project / "home"))
    monkeypatch.delenv("AIRFLOW__SCHEDULED_REPORTS__LEDGER_CONN_ID", raising=False)

    found = reports("runs", "sales")

    assert found.exit_code == 2
    assert f"there is no ledger in {project}/home/scheduled_reports: nothing has run yet" in found.stderr
    assert not (project / "home").exists()
