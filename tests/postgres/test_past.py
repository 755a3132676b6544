"""What earlier runs measured, in a team's PostgreSQL: what tests/ledger/test_past.py says of SQLite holds here too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from judging import earlier_run
from runs import NOW, run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.findings import CheckEntry, checks_of, note_checks
from scheduled_reports.ledger.past import Measure, PastRuns, note_measures


@pytest.fixture
def ledger(tmp_path: Path, shop: Any) -> Iterator[Ledger]:
    opened = Ledger.open("shop", airflow_connection, tmp_path)
    yield opened
    opened.close()


def test_of_each_period_the_run_that_ended_last_counts_and_the_newest_comes_first(
    tmp_path: Path, ledger: Ledger
) -> None:
    run = run_of(tmp_path)
    for days in (3, 1, 2):
        earlier_run(ledger, run, days, "rows", Measure("calls", days))
    repeated = earlier_run(ledger, replace(run, run_id="again"), 2, "rows", Measure("calls", 2.5))
    stopped = replace(repeated, run_id="stopped")
    ledger.begin(stopped, [], NOW)
    note_measures(ledger, stopped, "rows", [Measure("calls", 0)])
    ledger.end(stopped, RunState.STOPPED)

    found = PastRuns(run, ledger).values("rows", "calls")

    assert [entry.value for entry in found] == [1, 2.5, 3]
    assert found[0].period_end == run.period.start
    assert [entry.value for entry in PastRuns(run, ledger).values("rows", "calls", limit=2)] == [1, 2.5]


def test_every_part_comes_with_its_own_values(tmp_path: Path, ledger: Ledger) -> None:
    run = run_of(tmp_path)
    name = """it's "Łódź" 🚚"""
    earlier_run(ledger, run, 1, "check", Measure("basis", 1, name), Measure("basis", 2, ""))
    earlier_run(ledger, run, 2, "check", Measure("basis", 3, name), Measure("other", 4, name))

    found = PastRuns(run, ledger).parts("check", "basis")

    assert {part: [entry.value for entry in entries] for part, entries in found.items()} == {name: [1, 3], "": [2]}


def test_what_a_database_refuses_is_noted_without_it(tmp_path: Path, ledger: Ledger) -> None:
    run = run_of(tmp_path)
    ledger.begin(run, [], NOW)

    note_measures(ledger, run, "check", [Measure("basis", math.nan, "p\0" * 400)])
    note_checks(ledger, run, [CheckEntry("odd", "odd", "p\0" * 400, "stop", "failed", "\0", math.inf, 1)])
    ledger.end(run, RunState.STOPPED, "\0\ud800")

    [entry] = checks_of(ledger, run)
    assert (entry.part, entry.reason, entry.value) == ("p\ufffd" * 250, "\ufffd", None)
    assert ledger.outcome(run) == (RunState.STOPPED, "\ufffd?")
