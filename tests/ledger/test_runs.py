"""All that the ledger knows of a run comes back with it, and with no other."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from deliveries import ANN, BEN, begin, deliver
from runs import NOW, ledger_of, run_of
from scheduled_reports.ledger import DeliveryState, RunState
from scheduled_reports.ledger.findings import CheckEntry, Decision, note_checks, note_decision
from scheduled_reports.ledger.past import Measure, note_measures
from scheduled_reports.ledger.runs import known_reports, runs_of

FAILED = CheckEntry("complete_orders", "complete", "", "warn", "failed", "shop is empty in 2 of 3 rows", 2.0, 2)
PASSED = CheckEntry("row_count_orders", "row_count", "web", "stop", "passed", "orders (web) has 3 rows", 3.0, None)
APPROVED = Decision("approval", "approved", "ana", "looks right", NOW)


def test_a_run_comes_back_with_its_measures_checks_decisions_and_deliveries(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    entries = begin(ledger, run, [ANN, BEN])
    deliver(ledger, entries[0].id)
    note_measures(ledger, run, "rows", [Measure("orders", 3), Measure("orders", 1, "web")])
    note_measures(ledger, run, "condition", [Measure("changed:1", "ab12")])
    note_checks(ledger, run, [PASSED, FAILED])
    note_decision(ledger, run, APPROVED)
    ledger.end(run, RunState.FAILED, "ben: mailbox full")

    [record] = runs_of(ledger, "sales")

    assert (record.state, record.reason, record.folder) == (RunState.FAILED, "ben: mailbox full", run.folder.uri)
    assert (record.period_start, record.period_end) == (run.period.start, run.period.end)
    assert record.of_kind("rows") == {"orders": 3.0, "orders (web)": 1.0}
    assert record.of_kind("condition") == {"changed:1": "ab12"}
    assert record.checks == (FAILED, PASSED)
    assert record.decisions == (APPROVED,)
    assert [entry.state for entry in record.deliveries] == [DeliveryState.DELIVERED, DeliveryState.PLANNED]


def test_runs_come_newest_first_and_keep_apart_what_is_theirs(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    for number in range(3):
        one = replace(run, run_id=f"run_{number}")
        ledger.begin(one, [], NOW + dt.timedelta(hours=number))
        note_measures(ledger, one, "rows", [Measure("orders", number)])

    assert [record.run_id for record in runs_of(ledger, "sales")] == ["run_2", "run_1", "run_0"]
    assert [record.of_kind("rows") for record in runs_of(ledger, "sales", limit=2)] == [
        {"orders": 2.0},
        {"orders": 1.0},
    ]
    assert [record.run_id for record in runs_of(ledger, "sales", run_id="run_1")] == ["run_1"]
    assert runs_of(ledger, "sales", schedule_id="weekly") == []
    assert runs_of(ledger, "other") == []
    assert known_reports(ledger) == ["sales"]


def test_what_a_run_measured_before_is_replaced_kind_by_kind(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ledger.begin(run, [], NOW)
    note_measures(ledger, run, "rows", [Measure("orders", 3), Measure("gone", 1)])
    note_measures(ledger, run, "seconds", [Measure("gate", 0.5)])
    note_measures(ledger, run, "rows", [Measure("orders", 4)])

    [record] = runs_of(ledger, "sales")

    assert record.of_kind("rows") == {"orders": 4.0}
    assert record.of_kind("seconds") == {"gate": 0.5}
