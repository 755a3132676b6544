"""Every kind of check passes on good data, and fails on the same data broken in each way that it is made to find.

A new kind without an example here fails the first test: add its `Example`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from judging import check_of, earlier_run, results_of, rows_in
from runs import NOW, ledger_of, run_of
from scheduled_reports.checks import AnyCheck, Outcome
from scheduled_reports.checks.base import Result
from scheduled_reports.ledger.past import Measure
from scheduled_reports.registry import type_of
from scheduled_reports.spec.load import Report, load
from scheduled_reports.spec.schema import schema_text
from specs import SALES, write

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Example:
    """A check, data that it is to let pass, and what may be wrong with that data.

    Attributes:
        check: What a spec says.
        good: Tables that are as they should be.
        broken: What is wrong, in words, and the tables that differ then.
        rows: How many rows of the broken data fail; None where the check is not about rows.
        earlier: How many rows `orders` had in the runs of the days before, the newest first.
    """

    check: Mapping[str, Any]
    good: Mapping[str, Columns]
    broken: Mapping[str, Mapping[str, Columns]]
    rows: int | None = 1
    earlier: Sequence[int] = ()

    @property
    def kind(self) -> str:
        return str(self.check["type"])


ORDERS = {"id": [1, 2, 3], "channel": ["phone", "chat", "phone"], "sku": ["AB-1", "AB-2", "AB-1"],
          "amount": [10.0, 20.0, 30.0], "day": [dt.date(2026, 10, 1)] * 3}  # fmt: skip
STOCK = {"sku": ["AB-1", "AB-2"], "stock": [3, 9], "level": [5, 5], "note": ["Below reorder level", "enough"]}


def orders(**changes: Sequence[Any]) -> Mapping[str, Columns]:
    """Return the orders with other columns in place of theirs."""
    return {"orders": {**ORDERS, **changes}}


def moments(*minutes: int) -> list[dt.datetime]:
    """Return moments so many minutes before it is now."""
    return [NOW - dt.timedelta(minutes=number) for number in minutes]


GOOD = {**orders(), "stock": STOCK}
OF_ORDERS = {"dataset": "orders"}

EXAMPLES = [
    Example({"type": "complete", **OF_ORDERS, "columns": ["id", "channel"]}, GOOD, {
        "a value is missing": orders(channel=["phone", None, "phone"]),
        "a value of the other column is missing": orders(id=[None, 2, 3]),
        "both are missing in one row": orders(id=[None, 2, 3], channel=[None, "chat", "phone"]),
    }),
    Example({"type": "unique", **OF_ORDERS, "columns": "id"}, GOOD, {
        "a row is there twice": orders(id=[1, 2, 2]),
        "first and last are the same": orders(id=[1, 2, 1]),
    }, rows=2),
    Example({"type": "unique", **OF_ORDERS, "columns": ["sku", "amount"]}, GOOD, {
        "the whole key is there twice": orders(amount=[10.0, 20.0, 10.0]),
    }, rows=2),
    Example({"type": "between", **OF_ORDERS, "column": "amount", "at_least": 0, "below": 31}, GOOD, {
        "one is too small": orders(amount=[-0.01, 20.0, 30.0]),
        "one is too large": orders(amount=[10.0, 20.0, 31.0]),
        "one is infinite": orders(amount=[10.0, 20.0, float("-inf")]),
        "one is no number": orders(amount=[10.0, float("nan"), 30.0]),
    }),
    Example({"type": "between", **OF_ORDERS, "column": "day", "above": "2026-09-30", "at_most": "2026-10-01"}, GOOD, {
        "a day is too early": orders(day=[dt.date(2026, 9, 30), *ORDERS["day"][1:]]),
        "a day is too late": orders(day=[*ORDERS["day"][1:], dt.date(2026, 10, 2)]),
    }),
    Example({"type": "between", **OF_ORDERS, "column": "amount", "by": "channel", "at_most": 30,
             "limits": {"chat": {"at_most": 20}}}, GOOD, {
        "a part is above its own limit": orders(amount=[10.0, 20.5, 30.0]),
        "a part is above the general limit": orders(amount=[10.0, 20.0, 30.5]),
    }),
    Example({"type": "in_set", **OF_ORDERS, "column": "channel", "values": ["phone", "chat"]}, GOOD, {
        "a value is unknown": orders(channel=["phone", "chat", "fax"]),
        "a value is written otherwise": orders(channel=["Phone", "chat", "phone"]),
        "a value is blank": orders(channel=["phone", "", "phone"]),
    }),
    Example({"type": "in_set", **OF_ORDERS, "column": "id", "not_in": [0, -1]}, GOOD, {
        "a value is banned": orders(id=[1, 2, -1]),
    }),
    Example({"type": "matches", **OF_ORDERS, "column": "sku", "pattern": "[A-Z]{2}-[0-9]+"}, GOOD, {
        "a text has another form": orders(sku=["AB1", "AB-2", "AB-1"]),
        "only a part of a text matches": orders(sku=["AB-1", "AB-2 ", "AB-1"]),
        "a text is blank": orders(sku=["AB-1", "AB-2", ""]),
    }),
    Example({"type": "references", **OF_ORDERS, "columns": "sku", "to": "stock"}, GOOD, {
        "a value has no row there": orders(sku=["AB-1", "AB-9", "AB-1"]),
        "the row there is gone": {"stock": {key: values[:1] for key, values in STOCK.items()}},
        "the value there is gone": {"stock": {**STOCK, "sku": ["AB-1", None]}},
    }),
    Example({"type": "alert_threshold", "dataset": "stock", "column": "note", "says": "below reorder level",
             "rule": "stock < level"}, GOOD, {
        "it says so and should not": {"stock": {**STOCK, "stock": [5, 9]}},
        "it says so and nobody knows": {"stock": {**STOCK, "stock": [None, 9]}},
        "it does not say so and should": {"stock": {**STOCK, "stock": [3, 4]}},
        "it says nothing and should": {"stock": {**STOCK, "note": [None, "enough"]}},
    }),
    Example({"type": "sql", "sql": "SELECT sku FROM orders GROUP BY sku HAVING sum(amount) > 40"}, GOOD, {
        "it returns a row": orders(amount=[10.5, 20.0, 30.0]),
    }),
    Example({"type": "sql", "id": "each", "sql": "FROM orders WHERE amount > 15", "by": "channel", "allow": 1}, GOOD, {
        "it returns too many rows of a part": orders(amount=[20.0, 20.0, 30.0]),
    }, rows=2),
    Example({"type": "row_count", **OF_ORDERS, "at_least": 2, "at_most": 3}, GOOD, {
        "there are too few rows": {"orders": {key: values[:1] for key, values in ORDERS.items()}},
        "there are too many rows": {"orders": {key: [*values, *values] for key, values in ORDERS.items()}},
        "there are no rows": {"orders": {key: [] for key in ORDERS}},
    }, rows=None),
    Example({"type": "row_count", **OF_ORDERS, "by": "channel", "limits": {"chat": {"at_least": 1}}}, GOOD, {
        "a part is missing": orders(channel=["phone", None, "phone"]),
    }, rows=None),
    Example({"type": "freshness", "dataset": "log", "column": "seen_at", "within": "2h", "of": "now"},
            {"log": {"seen_at": moments(500, 119)}}, {
        "the newest is too old": {"log": {"seen_at": moments(500, 121)}},
        "there is none": {"log": {"seen_at": [None, *moments()]}},
    }, rows=None),
    Example({"type": "trend", **OF_ORDERS}, GOOD, {
        "there are far fewer than usual": {"orders": {key: [] for key in ORDERS}},
        "there are far more than usual": {"orders": {key: [*values] * 20 for key, values in ORDERS.items()}},
    }, rows=None, earlier=[3, 3, 4, 3, 3, 2, 3, 3, 3, 4, 3, 3, 3, 3]),
    Example({"type": "reconcile", **OF_ORDERS, "measure": "sum(amount)",
             "with": {"dataset": "paid", "measure": "sum(total)"}, "tolerance": "1%"},
            {**GOOD, "paid": {"total": [40.0, 20.2]}}, {
        "one total is smaller": orders(amount=[10.0, 20.0, 29.0]),
        "the other total is smaller": {"paid": {"total": [40.0]}},
        "the other has no rows": {"paid": {"total": []}},
        "a total is no number": orders(amount=[10.0, float("nan"), 30.0]),
    }, rows=None),
]  # fmt: skip

KINDS = {type_of(kind) for kind in get_args(get_args(AnyCheck)[0]) if kind.__module__.startswith("scheduled_reports.")}
CASES = [
    pytest.param(example, words, id=f"{example.kind}: {words}") for example in EXAMPLES for words in example.broken
]


def judged(folder: Path, example: Example, tables: Mapping[str, Columns]) -> list[Result]:
    run, ledger = run_of(folder), ledger_of(folder)
    for days, rows in enumerate(example.earlier, start=1):
        earlier_run(ledger, run, days, "rows", Measure("orders", rows))
    given = dict(example.check)
    return results_of(check_of(given.pop("type"), **given), folder, ledger=ledger, run=run, now=NOW, **tables)


def test_every_kind_of_check_has_an_example() -> None:
    assert {example.kind for example in EXAMPLES} == KINDS


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.kind)
def test_good_data_passes(tmp_path: Path, example: Example) -> None:
    results = judged(tmp_path, example, example.good)

    assert {result.outcome for result in results} == {Outcome.PASSED}, results


@pytest.mark.parametrize(("example", "words"), CASES)
def test_data_that_is_broken_fails(tmp_path: Path, example: Example, words: str) -> None:
    results = judged(tmp_path, example, {**example.good, **example.broken[words]})

    failed = [result for result in results if result.outcome is Outcome.FAILED]
    assert len(failed) == 1, results
    assert failed[0].count == example.rows
    if example.rows is not None:
        assert len(rows_in(failed[0].failing, tmp_path)) == example.rows


def test_a_spec_may_say_every_example(tmp_path: Path) -> None:
    tables = {name for example in EXAMPLES for name in example.good} - {"orders"}
    datasets = "datasets:\n" + "".join(f"  {name}: {{sql: FROM orders}}\n" for name in sorted(tables))
    checks = [{"id": f"check_{number}", **example.check} for number, example in enumerate(EXAMPLES)]
    text = SALES.replace("datasets:\n", datasets) + yaml.safe_dump({"checks": checks})

    report = load(write(tmp_path, text), tmp_path / "include")

    assert isinstance(report, Report), [str(problem) for problem in report.problems]
    assert [check.kind for check in report.spec.checks] == [example.kind for example in EXAMPLES]
    jsonschema.validate(yaml.safe_load(text), json.loads(schema_text()))
