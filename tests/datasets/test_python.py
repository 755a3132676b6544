"""A dataset that a function in include/python/ makes, from DataFrames to a DataFrame."""

from __future__ import annotations

import datetime as dt
import decimal
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pyarrow as pa
import pytest

from scheduled_reports.datasets.python import PythonDataset
from scheduled_reports.errors import SourceError

ORDERS = {"orders": {"customer": ["a", "b", "a"], "amount": [1, None, 4]}}
SCORE = 'score: {python: "scoring:score", inputs: orders}'
LEAST = "parameters:\n  least: {type: integer, default: 2}\n"

EVERY_TYPE = pa.table({
    "text": ["ä", None, "c"],
    "whole": pa.array([1, None, 2**53 + 1], pa.int64()),
    "money": pa.array([decimal.Decimal("0.10"), None, decimal.Decimal("12345678901234.56")], pa.decimal128(18, 2)),
    "number": [0.5, None, 1e300],
    "flag": [True, None, False],
    "day": pa.array([dt.date(2026, 10, 1), None, dt.date(1, 1, 1)]),
    "wall": pa.array([dt.datetime(2026, 10, 1, 9, 30, 0, 123456), None, dt.datetime(1900, 1, 1)]),  # noqa: DTZ001
    "moment": pa.array([dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC), None, None], pa.timestamp("us", "UTC")),
    "time": pa.array([dt.time(9, 30), None, dt.time(0)], pa.time64("us")),
    "raw": pa.array([b"\x00\xff", None, b""]),
    "nothing": pa.array([None, None, None], pa.string()),
})  # fmt: skip


@pytest.fixture
def module(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a file below include/python/."""

    def write(text: str, name: str = "scoring") -> Path:
        path = tmp_path / "include" / "python" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


Made = Callable[..., dict[str, Any]]
Module = Callable[..., Path]


def test_a_function_gets_frames_by_name_and_returns_one(made: Made, module: Module) -> None:
    module("""\
        def score(orders):
            totals = orders.groupby("customer", as_index=False)["amount"].sum()
            return totals[totals["amount"] > 0].assign(rank=lambda frame: frame["amount"].rank())
        """)

    assert made(SCORE, ORDERS)["score"] == [{"customer": "a", "amount": 5, "rank": 1.0}]


def test_it_gets_the_values_of_the_run_that_it_asks_for(made: Made, module: Module) -> None:
    module("""\
        def score(orders, least, *, period_start, timezone="?", other=7):
            return orders.head(1).assign(least=least, start=str(period_start), zone=timezone, other=other)
        """)

    row = made(SCORE, ORDERS, LEAST)["score"][0]

    assert row == {"customer": "a", "amount": 1, "least": 2, "start": "2026-09-30 22:00:00",
                   "zone": "Europe/Berlin", "other": 7}  # fmt: skip


def test_every_type_and_every_gap_survives_the_way_there_and_back(given: Callable[..., Any], module: Module) -> None:
    module("def score(orders):\n    return orders.copy()\n")
    run, tables = given(SCORE, {"orders": EVERY_TYPE})

    run.report.spec.datasets["score"].make(run, "score", tables, tables.folder / "score.parquet")

    there, back = tables.read("orders"), tables.read("score")
    assert back.schema.types == there.schema.types
    assert back.to_pylist() == there.to_pylist() == EVERY_TYPE.to_pylist()


@pytest.mark.parametrize(
    ("returned", "rows"),
    [
        ('orders.groupby("customer")[["amount"]].sum()',
         [{"customer": "a", "amount": 5}, {"customer": "b", "amount": 0}]),
        ('orders[orders["amount"] > 1]', [{"customer": "a", "amount": 4}]),
        ('orders.sort_values("amount").tail(1)', [{"customer": "b", "amount": None}]),
        ('pd.DataFrame({"x": []})', []),
        ('pd.DataFrame({"x": pd.Categorical(["b", "a"])})', [{"x": "b"}, {"x": "a"}]),
        ('pd.DataFrame({"x": [0.5, float("nan")]})', [{"x": 0.5}, {"x": None}]),
        ('orders.assign(x=orders["amount"] / (orders["amount"] - orders["amount"])).head(2)[["x"]]',
         [{"x": float("inf")}, {"x": None}]),
        ('pa.table({"x": [1]})', [{"x": 1}]),
        ('pd.DataFrame({"x": [{"a": 1}]})', [{"x": {"a": 1}}]),
    ],
)  # fmt: skip
def test_what_it_returns_becomes_a_table(made: Made, module: Module, returned: str, rows: list[dict[str, Any]]) -> None:
    module(f"import pandas as pd\nimport pyarrow as pa\n\ndef score(orders):\n    return {returned}\n")

    assert made(SCORE, ORDERS)["score"] == rows


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("None", r"made no table: it returned NoneType\n  → return a pandas DataFrame"),
        ('orders["amount"]', "made no table: it returned Series\n  → return a pandas DataFrame; of a Series, .to"),
        ('pd.DataFrame({"x": [1, "a"]})', "the column 'x' holds int and str: "),
        ("pd.DataFrame([[1, 2]])", "the column 0 has no text for a name"),
        ('orders.pivot_table(index="customer", columns="amount", values=["amount"])', "has no text for a name"),
        ('pd.DataFrame([[1, 2]], columns=["x", "X"])', "has two columns called 'X'"),
        ("orders.describe()", "the index has no name: it would be lost"),
        ('orders.groupby("customer").sum().assign(customer="x")', "the index and a column are called 'customer'"),
        ('pd.DataFrame({"x": [pd.Timedelta(days=1)]})', "the column 'x' holds duration"),
        ('pd.DataFrame({"x": pd.period_range("2026-10", periods=1)})', "the column 'x' holds extension<pandas.period"),
        ('pa.table({"x": pa.array([1], pa.duration("s"))})', "the column 'x' holds duration"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told(made: Made, module: Module, returned: str, told: str) -> None:
    module(f"import pandas as pd\nimport pyarrow as pa\n\ndef score(orders):\n    return {returned}\n")

    with pytest.raises(SourceError) as caught:
        made(SCORE, ORDERS)

    assert "dataset 'score' (sales.yaml:6, scoring:score)" in str(caught.value)
    assert told.replace(r"\n", "\n") in str(caught.value)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def score(orders):\n    return help(orders)\n\ndef help(orders):\n    return orders['amuont']\n",
         "failed in include/python/scoring.py:5 (help): KeyError: 'amuont'"),
        ("import no_such_package\n\ndef score(orders): ...\n",
         "failed in include/python/scoring.py:1 (<module>): ModuleNotFoundError: No module named 'no_such_package'"),
        ("def score(orders):\n    raise SystemExit(0)\n", "scoring.py:2 (score): SystemExit: 0"),
    ],
)  # fmt: skip
def test_what_it_raises_is_told_with_its_line_and_its_words(made: Made, module: Module, text: str, told: str) -> None:
    module(text)

    with pytest.raises(SourceError) as caught:
        made(SCORE, ORDERS)

    assert told in str(caught.value)
    assert not caught.value.retryable
    assert caught.value.__cause__ is not None


def test_a_function_that_does_not_take_the_inputs_is_told(made: Made, module: Module) -> None:
    module("def score(order): ...\n")

    with pytest.raises(SourceError, match=r"does not fit its function: .*'order'\n  → give the function an argument"):
        made(SCORE, ORDERS)


def test_a_file_changed_after_loading_is_read_as_it_is(given: Callable[..., Any], module: Module) -> None:
    path = module("def score(orders): ...\n")
    run, tables = given(SCORE, ORDERS)
    dataset, target = run.report.spec.datasets["score"], tables.folder / "score.parquet"

    path.write_text("def scores(orders): ...\n")
    with pytest.raises(SourceError, match=r"scoring\.py has no function 'score'"):
        dataset.make(run, "score", tables, target)
    path.unlink()
    with pytest.raises(SourceError, match=r"there is no file .*scoring\.py"):
        dataset.make(run, "score", tables, target)


def test_what_lies_beside_it_can_be_imported_and_leaves_nothing_behind(made: Made, module: Module) -> None:
    module("FACTOR = 3\n", "northwind_factors")
    module("""\
        import northwind_factors
        import statistics

        def score(orders):
            return orders.head(1).assign(factor=northwind_factors.FACTOR, middle=statistics.median([1, 2]))
        """)
    module("raise RuntimeError('not the standard library')\n", "statistics")
    before, path = set(sys.modules), list(sys.path)

    row = made(SCORE, ORDERS)["score"][0]

    assert (row["factor"], row["middle"]) == (3, 1.5)
    assert sys.path == path
    assert not any("northwind" in name or "include_python" in name for name in set(sys.modules) - before)


def test_a_file_may_be_called_like_an_installed_module_and_lie_in_a_folder(made: Made, module: Module) -> None:
    import statistics

    module("def score(orders):\n    return orders.head(1)[['customer']]\n", "finance/statistics")

    rows = made('score: {python: "finance.statistics:score", inputs: [orders]}', ORDERS)["score"]

    assert rows == [{"customer": "a"}]
    assert sys.modules["statistics"] is statistics


def test_it_reads_its_inputs_and_shows_where_it_stands(module: Module, tmp_path: Path) -> None:
    module("\n\ndef score(orders): ...\n")
    dataset = PythonDataset(python="scoring:score", inputs=("orders", "calls"))

    assert dataset.reads({"orders", "agents"}, tmp_path) == {"orders"}
    assert dataset.shown(tmp_path / "include") == "-- include/python/scoring.py:3: score(orders, calls)"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("orders, calls", []),
        ("orders, calls, least, period_end", []),
        ("orders, calls, x=1, *, y=2", []),
        ("**tables", []),
        ("*, calls, **others", []),
        ("orders", ["the function score in scoring.py:1 has no argument 'calls'"]),
        ("orders, call", [
            "the function score in scoring.py:1 has no argument 'calls'",
            "the function score in scoring.py:1 needs 'call', which is neither an input nor a value of the run",
        ]),
        ("orders, calls, *, factor", [
            "the function score in scoring.py:1 needs 'factor', which is neither an input nor a value of the run"]),
        ("orders, /, calls", [
            "the function score in scoring.py:1 has no argument 'orders'",
            "the function score in scoring.py:1 takes 'orders' only by place"]),
    ],
)  # fmt: skip
def test_whether_a_function_fits_is_seen_without_importing_it(
    module: Module, tmp_path: Path, arguments: str, told: list[str]
) -> None:
    module(f"def score({arguments}): ...\n\nraise RuntimeError('imported')\n")
    dataset = PythonDataset(python="scoring:score", inputs=("orders", "calls"))

    faults = dataset.faults({"orders", "calls"}, {"least", "period_end"}, tmp_path / "include")

    assert [fault.message for fault in faults] == told
