"""What conditions measured is kept for later runs to compare with, unless it is of poor data."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deliveries import deliver
from runs import NOW, connect_shop, ledger_of, run_of
from scheduled_reports.errors import SourceError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from specs import SALES

OLD = "  - {type: rows, dataset: orders, at_least: 1}\n"
GROWN = "  - {type: value, sql: SELECT sum(amount) FROM orders, change: {against: previous_run, at_least: 10%}}\n"


def judged(run: Run, ledger: Ledger) -> None:
    gate(run, ledger, NOW)
    extract(run)
    check(run, ledger, NOW)


def key_of(run: Run) -> str:
    return [entry for _, entry in run.report.spec.run_when.conditions()][-1].key


def on_the_next_day(run: Run) -> Run:
    period = run.period
    day = period.end - period.start
    later = run.report.timing(run.schedule).period_between(period.start + day, period.end + day)
    return replace(run, run_id="later", period=later)


def kept(run: Run, ledger: Ledger) -> float | None:
    """Return what a later run finds of this one."""
    later = run_of(run.report.path.parent.parent, run.report.text, run_id="later")
    found = PastRuns(later, ledger).newest("condition", key_of(run), states=set(RunState))
    return found.value if found else None


@pytest.mark.parametrize(
    ("conditions", "reason", "value"),
    [
        (GROWN, "nothing to compare it with", 30.75),
        (OLD + GROWN, "nothing to compare it with", 30.75),
        (OLD.replace("at_least: 1", "at_least: 99") + GROWN, "at least 99 needed", None),
    ],
)
def test_the_value_of_a_skipped_run_is_kept_unless_other_conditions_say_that_its_data_is_poor(
    tmp_path: Path, connection: Callable[..., None], conditions: str, reason: str, value: float | None
) -> None:
    connect_shop(connection, tmp_path)
    run, ledger = run_of(tmp_path, SALES.replace(OLD, conditions)), ledger_of(tmp_path)

    with pytest.raises(RunSkipped, match=reason):
        judged(run, ledger)

    assert kept(run, ledger) == value


def test_a_run_that_goes_on_keeps_its_value(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_shop(connection, tmp_path)
    text = SALES.replace(OLD, OLD + GROWN.replace("}}", "}, without_history: run}"))
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)

    judged(run, ledger)

    assert kept(run, ledger) == 30.75


def test_a_dataset_that_fails_is_not_passed_over_because_there_is_nothing_to_compare_with(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    text = SALES.replace(OLD, GROWN).replace("SELECT count(*) AS orders, sum", "SELECT missing, sum")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    gate(run, ledger, NOW)

    with pytest.raises(SourceError, match="dataset 'totals'"):
        extract(run)


def test_a_value_is_kept_once_and_not_at_all_where_a_limit_on_it_says_that_it_is_poor(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    grown = GROWN.replace("}}", "}, without_history: run}")
    limit = "  - {type: value, sql: SELECT sum(amount) FROM orders, at_least: 99}\n"
    poor, good = run_of(tmp_path, SALES.replace(OLD, limit + grown)), run_of(tmp_path, SALES.replace(OLD, grown * 2))
    ledger = ledger_of(tmp_path)

    with pytest.raises(RunSkipped, match="at least 99 needed"):
        judged(poor, ledger)
    assert kept(poor, ledger) is None

    judged(good, ledger)
    ledger.end(good, RunState.DELIVERED)
    found = PastRuns(on_the_next_day(good), ledger).values("condition", key_of(good))
    assert [entry.value for entry in found] == [30.75]


def test_what_readers_have_is_compared_and_not_what_a_cleared_run_finds_after_it_was_delivered(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    run = run_of(tmp_path, SALES.replace(OLD, "  - {type: changed, datasets: orders}\n"))
    ledger = ledger_of(tmp_path)
    judged(run, ledger)
    for entry in owed(run, ledger):
        deliver(ledger, entry.id)
    ledger.end(run, RunState.DELIVERED)
    before = PastRuns(on_the_next_day(run), ledger).newest("condition", key_of(run))
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("UPDATE orders SET amount = amount + 1")
    shop.close()
    extract(run)

    check(run, ledger, NOW)

    assert before is not None
    assert PastRuns(on_the_next_day(run), ledger).newest("condition", key_of(run)) == before
