"""The source `airflow`: our ledger's runs and deliveries as tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from airflow_rest import extracted, rows, spec
from deliveries import ANN, BEN, begin, deliver
from runs import ledger_of, run_of, use_settings
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import RunState, history
from scheduled_reports.schedule.earlier import periods_before
from scheduled_reports.tables import Tables


def test_the_ledgers_runs_and_deliveries_are_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, tmp_path)
    run, ledger = run_of(tmp_path, spec("table: runs")), ledger_of(tmp_path)
    started = dt.datetime(2026, 10, 1, 4, 30, tzinfo=dt.UTC)
    [before] = list(zip(range(1), periods_before(run.report.timing(run.schedule), run.period.start), strict=False))
    sent = replace(run, period=before[1], run_id="scheduled__1")
    ledger.begin(sent, [ANN, BEN], started)
    deliver(ledger, begin(ledger, sent, [ANN, BEN])[0].id)
    ledger.end(sent, RunState.FAILED, "ben@x.example: mailbox full")
    ledger.begin(replace(run, run_id="later"), [], dt.datetime(2026, 10, 1, 22, tzinfo=dt.UTC))

    [row] = extracted(run, tmp_path)

    assert {name: row[name] for name in ("report", "schedule", "run_id", "state", "reason", "started_at")} == {
        "report": "sales", "schedule": "daily", "run_id": "scheduled__1", "state": "failed",
        "reason": "ben@x.example: mailbox full", "started_at": started,
    }  # fmt: skip
    assert row["period_start"] == before[1].start
    today = replace(run, period=run.report.timing(run.schedule).period_between(started, dt.datetime.now(dt.UTC)))
    source = run_of(tmp_path, spec("table: deliveries")).report
    ann, ben = sorted(extracted(replace(today, report=source), tmp_path), key=lambda found: found["recipient"])
    assert (ann["recipient"], ann["state"], ann["receipt"], ann["size"], ann["seconds"]) == (
        "ann@x.example", "delivered", "<1@x>", 10, 0.5,
    )  # fmt: skip
    assert (ben["state"], ben["attempts"], ben["settled_at"]) == ("planned", 0, None)


def test_a_long_ledger_arrives_page_by_page_each_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    use_settings(monkeypatch, tmp_path)
    run, ledger = run_of(tmp_path, spec("table: runs")), ledger_of(tmp_path)
    moment = dt.datetime(2026, 10, 1, 4, tzinfo=dt.UTC)
    for number in range(9):  # seven of one moment, so that pages end among them
        ledger.begin(replace(run, run_id=f"run_{number}"), [], moment + dt.timedelta(hours=max(0, number - 6)))

    assert sorted(row["run_id"] for row in extracted(run, tmp_path)) == [f"run_{number}" for number in range(9)]


def test_an_empty_ledger_gives_an_empty_table_with_its_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, tmp_path)
    ledger_of(tmp_path)

    assert rows(tmp_path, "table: deliveries") == []

    kinds = {column.name: str(column.type) for column in Tables(tmp_path / "out").read("health").schema}
    assert (kinds["planned_at"], kinds["size"], kinds["error"]) == ("timestamp[us, tz=UTC]", "int64", "string")


def test_a_ledger_that_is_not_there_is_not_made_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))

    with pytest.raises(LedgerError, match=r"there is no ledger .*/home/scheduled_reports/ledger\.db") as caught:
        rows(tmp_path, "table: runs")

    assert "set AIRFLOW_HOME" in caught.value.fix
    assert not caught.value.retryable
    assert not (tmp_path / "home").exists()
