"""What conditions measured is kept for later runs to compare with, unless it is of poor data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runs import NOW, connect_shop, ledger_of, run_of
from scheduled_reports.errors import SourceError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from specs import SALES

OLD = "  - {type: rows, dataset: orders, at_least: 1}\n"
GROWN = "  - {type: value, sql: SELECT sum(amount) FROM orders, change: {against: previous_run, at_least: 10%}}\n"


def judged(run: Run, ledger: Ledger) -> None:
    gate(run, ledger, NOW)
    extract(run)
    check(run, ledger, NOW)


def kept(run: Run, ledger: Ledger) -> float | None:
    """Return what a later run finds of this one."""
    [*_, condition] = [entry for _, entry in run.report.spec.run_when.conditions()]
    later = run_of(run.report.path.parent.parent, run.report.text, run_id="later")
    found = PastRuns(later, ledger).newest("condition", condition.key, states=set(RunState))
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
