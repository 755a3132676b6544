"""Runs are compared with those before them that were sent: day after day through gate, extract and check."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from runs import connect_shop, ledger_of, run_of
from scheduled_reports.archive import RunFolder
from scheduled_reports.errors import CheckError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.findings import checks_of
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from specs import SALES

CHECKS = dedent("""\
    checks:
      - {id: rows, type: trend, dataset: orders, learn: 3, weekdays: false, severity: warn}
      - {id: revenue, type: trend, dataset: orders, measure: sum(amount), learn: 3, weekdays: false}
      - {id: wide_revenue, type: trend, dataset: orders, measure: sum(amount), learn: 3, weekdays: false, within: 50}
    """)
SPEC = SALES.replace("content:\n", f"{CHECKS}content:\n")
FIRST = dt.date(2026, 9, 1)


def fill(path: Path, *amounts: list[int]) -> None:
    """Make a shop with the orders of some days, at noon."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (ordered_at TEXT, customer TEXT, amount NUMERIC)")
        for number, values in enumerate(amounts):
            noon = f"{FIRST + dt.timedelta(days=number)} 12:00:00"
            connection.executemany("INSERT INTO orders VALUES (?, 'Ann', ?)", [(noon, value) for value in values])
    connection.close()


def run_on(folder: Path, number: int, spec: str = SPEC) -> Run:
    run = run_of(folder, spec, run_id=f"scheduled__{number}")
    period = run.report.timing(run.schedule).period_of(FIRST + dt.timedelta(days=number))
    archive = RunFolder.of((folder / "archive").as_uri(), run.report.id, run.schedule.id, period.slug, run.run_id)
    return replace(run, period=period, folder=archive)


def judged(run: Run, ledger: Ledger) -> dict[str, str]:
    gate(run, ledger, run.period.end + dt.timedelta(hours=6))
    extract(run)
    return check(run, ledger)


def send(run: Run, ledger: Ledger) -> dict[str, str]:
    found = judged(run, ledger)
    ledger.end(run, RunState.DELIVERED)
    return found


def test_it_learns_then_judges_and_a_bad_day_does_not_become_usual(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    ledger = ledger_of(tmp_path)
    good, bad = [100, 200, 300], [1, 1, 1]
    fill(tmp_path / "shop.db", good, [*good, 5], good, good, bad, bad, bad, bad, good)

    learned = [send(run_on(tmp_path, number), ledger)["revenue"] for number in range(4)]
    assert learned[:3] == [
        f"learning: orders: sum(amount) is {value}; learning, {known} of 3 runs"
        for known, value in enumerate((600, 605, 600))
    ]
    assert learned[3].startswith("passed: orders: sum(amount) is 600; the last 3 runs had 600 to 605 (median 600), so")

    for number in range(4, 8):  # however often it happens
        with pytest.raises(
            CheckError, match=r"stopped by 2 of its 3 checks: revenue: orders: sum\(amount\) is 3; the last"
        ):
            judged(run_on(tmp_path, number), ledger)
        assert ledger.outcome(run_on(tmp_path, number))[0] is RunState.STOPPED

    assert send(run_on(tmp_path, 8), ledger)["revenue"].startswith("passed")


def test_each_value_is_noted_once_and_again_when_the_step_is_cleared(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    ledger = ledger_of(tmp_path)
    fill(tmp_path / "shop.db", [100], [100])
    run = run_on(tmp_path, 0)
    send(run, ledger)
    check(run, ledger)
    basis = run.report.spec.checks[1].basis("orders", "sum(amount)", "", "")

    past = PastRuns(run_on(tmp_path, 1), ledger)

    assert [entry.value for entry in past.values("check", basis)] == [100]
    assert [entry.value for entry in past.values("rows", "orders")] == [1]
    assert {entry.name: entry.outcome for entry in checks_of(ledger, run)} == dict.fromkeys(
        ("rows", "revenue", "wide_revenue"), "learning"
    )


def test_a_check_that_is_new_knows_the_numbers_of_rows_of_runs_before_it(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    ledger = ledger_of(tmp_path)
    fill(tmp_path / "shop.db", *[[100, 200]] * 3, [100])
    for number in range(3):
        send(run_on(tmp_path, number, SALES), ledger)

    found = judged(run_on(tmp_path, 3), ledger)

    assert found["rows"].startswith("passed: orders has 1 row; the last 3 runs all had 2, so 1 to 3 is usual")
    assert found["revenue"] == "learning: orders: sum(amount) is 100; learning, 0 of 3 runs"
