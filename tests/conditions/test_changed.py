"""The condition `changed`: tables differ from what was last delivered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from judging import Columns, earlier_run, evidence_of
from runs import NOW, ledger_of, run_of
from scheduled_reports.conditions import Verdict
from scheduled_reports.conditions.changed import Changed
from scheduled_reports.errors import SourceError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure, note_measures
from scheduled_reports.run import Run

STOCK: Columns = {"sku": ["a", "b"], "left": [3, 5], "loaded": ["09:00", "09:00"]}
LATER: Columns = {"sku": ["b", "a"], "left": [5, 3], "loaded": ["10:00", "10:00"]}
SOLD: Columns = {"sku": ["a", "b"], "left": [2, 5], "loaded": ["09:00", "09:00"]}


def changed(datasets: Any = "stock", **more: Any) -> Changed:
    return Changed.model_validate({"type": "changed", "datasets": datasets, **more})


def judged(folder: Path, run: Run, ledger: Ledger, condition: Changed, **tables: Any) -> Verdict:
    return condition.judge(evidence_of(folder, run=run, ledger=ledger, **tables))


def delivered(
    folder: Path, ledger: Ledger, condition: Changed, *, days: int = 1, state: RunState = RunState.DELIVERED,
    **tables: Any,
) -> Run:  # fmt: skip
    """Note a run of an earlier period in the ledger that held these tables; return the run of today."""
    run = run_of(folder)
    digest = condition.judge(evidence_of(folder, run=run, **tables)).value
    earlier_run(ledger, run, days, "condition", Measure(condition.key, digest), state=state)
    return run


def test_the_first_run_happens(tmp_path: Path) -> None:
    verdict = judged(tmp_path, run_of(tmp_path), ledger_of(tmp_path), changed(), stock=STOCK)

    assert (verdict.met, verdict.reason) == (True, "nothing was delivered before")
    assert str(verdict.value).startswith("stock=")


def test_the_same_rows_are_no_news_in_whatever_order_and_another_value_is(tmp_path: Path) -> None:
    ledger, condition = ledger_of(tmp_path), changed(without="loaded")
    run = delivered(tmp_path, ledger, condition, stock=STOCK)

    same = judged(tmp_path, run, ledger, condition, stock=LATER)
    other = judged(tmp_path, run, ledger, condition, stock=SOLD)

    assert (same.met, same.reason) == (
        False, "stock is the same as what was delivered for Wednesday, 30 September 2026",
    )  # fmt: skip
    assert (other.met, other.reason) == (
        True, "stock differs from what was delivered for Wednesday, 30 September 2026",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "met"),
    [({}, True), ({"columns": ["sku", "left"]}, False), ({"columns": "loaded"}, True), ({"without": "loaded"}, False)],
)
def test_the_spec_says_which_columns_count(tmp_path: Path, fields: dict[str, Any], met: bool) -> None:
    ledger, condition = ledger_of(tmp_path), changed(**fields)
    run = delivered(tmp_path, ledger, condition, stock=STOCK)

    assert judged(tmp_path, run, ledger, condition, stock=LATER).met is met


def test_of_several_tables_those_that_differ_are_named(tmp_path: Path) -> None:
    ledger, condition = ledger_of(tmp_path), changed(["stock", "orders"])
    run = delivered(tmp_path, ledger, condition, stock=STOCK, orders={"n": [1]})

    same = judged(tmp_path, run, ledger, condition, stock=STOCK, orders={"n": [1]})
    one = judged(tmp_path, run, ledger, condition, stock=STOCK, orders={"n": [2]})
    both = judged(tmp_path, run, ledger, condition, stock=SOLD, orders={"n": []})

    assert (same.met, same.reason.partition(" what")[0]) == (False, "stock and orders are the same as")
    assert (one.met, one.reason.partition(" what")[0]) == (True, "orders differs from")
    assert (both.met, both.reason.partition(" what")[0]) == (True, "stock and orders differ from")


@pytest.mark.parametrize("state", sorted(set(RunState) - {RunState.DELIVERED}))
def test_what_nobody_got_does_not_count(tmp_path: Path, state: RunState) -> None:
    ledger, condition = ledger_of(tmp_path), changed()
    run = delivered(tmp_path, ledger, condition, state=state, stock=STOCK)

    assert judged(tmp_path, run, ledger, condition, stock=STOCK).reason == "nothing was delivered before"


def test_what_changed_and_changed_back_differs_from_what_was_delivered_in_between(tmp_path: Path) -> None:
    ledger, condition = ledger_of(tmp_path), changed()
    delivered(tmp_path, ledger, condition, days=2, stock=STOCK)
    run = delivered(tmp_path, ledger, condition, days=1, stock=SOLD)

    assert judged(tmp_path, run, ledger, condition, stock=STOCK).met


@pytest.mark.parametrize(("run_id", "met"), [("manual__0", False), ("manual__1", True)])
def test_an_earlier_run_of_the_same_period_counts_and_the_run_itself_does_not(
    tmp_path: Path, run_id: str, met: bool
) -> None:
    ledger, condition, run = ledger_of(tmp_path), changed(), run_of(tmp_path, run_id="manual__1")
    measured = judged(tmp_path, run, ledger, condition, stock=STOCK).value
    noted = replace(run, run_id=run_id)
    ledger.begin(noted, [], NOW - dt.timedelta(hours=1))
    note_measures(ledger, noted, "condition", [Measure(condition.key, measured)])
    ledger.end(noted, RunState.DELIVERED)

    assert judged(tmp_path, run, ledger, condition, stock=STOCK).met is met


def test_an_empty_table_is_told_from_one_with_rows(tmp_path: Path) -> None:
    ledger, condition = ledger_of(tmp_path), changed()
    nothing: Columns = {"sku": [], "left": [], "loaded": []}
    run = delivered(tmp_path, ledger, condition, stock=nothing)

    assert not judged(tmp_path, run, ledger, condition, stock=nothing).met
    assert judged(tmp_path, run, ledger, condition, stock=STOCK).met


def test_a_column_more_is_a_change(tmp_path: Path) -> None:
    ledger, condition = ledger_of(tmp_path), changed()
    run = delivered(tmp_path, ledger, condition, stock=STOCK)

    assert judged(tmp_path, run, ledger, condition, stock={**STOCK, "new": [None, None]}).met


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"columns": ["sku", "lft"]}, "stock has no column 'lft': did you mean 'left'?"),
        ({"without": "laoded"}, "stock has no column 'laoded': did you mean 'loaded'?"),
        ({"without": ["sku", "left", "loaded"]}, "no column of stock is left to compare"),
        ({"columns": ['"; DROP TABLE stock; --']}, "has no column"),
    ],
)
def test_a_column_that_is_not_there_is_an_error(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError) as caught:
        changed(**fields).judge(evidence_of(tmp_path, stock=STOCK))

    assert said in str(caught.value)


def test_a_column_may_be_left_out_that_only_one_of_the_tables_has(tmp_path: Path) -> None:
    condition = changed(["stock", "orders"], without="loaded")

    assert condition.judge(evidence_of(tmp_path, stock=STOCK, orders={"n": [1]})).met


def test_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="table 'stock' is not in this run"):
        changed().judge(evidence_of(tmp_path, orders={"n": [1]}))


def test_it_is_not_asked_before_there_are_tables(tmp_path: Path) -> None:
    assert changed().needs_data
    with pytest.raises(SourceError, match="before the extraction"):
        changed().judge(evidence_of(tmp_path))


@pytest.mark.parametrize(
    "fields", [{}, {"datasets": []}, {"datasets": 5}, {"datasets": "a", "columns": "x", "without": "y"}]
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Changed.model_validate({"type": "changed", **fields})
