"""A circle of datasets breaks a spec, and nothing that only looks like one does; DuckDB is asked only where it must."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.load import Report, load
from specs import SALES, write

TOTALS = "  totals:\n    sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders\n"


def with_datasets(text: str) -> str:
    return SALES.replace(TOTALS, TOTALS + text)


@pytest.mark.parametrize(
    ("datasets", "told"),
    [
        ("  a: {sql: FROM b}\n  b: {sql: FROM c JOIN orders ON true}\n  c: {sql: FROM a}\n",
         "13:6: datasets read each other in a circle: a -> b -> c -> a; let one of them read something else"),
        ("  a: {sql: FROM orders}\n  z: {sql: FROM m}\n  m: {sql: FROM a JOIN z USING (x)}\n",
         "14:6: datasets read each other in a circle: z -> m -> z; let one of them read something else"),
        ("  a: {sql: 'SELECT * FROM A'}\n",
         "13:6: the dataset 'a' reads itself; let one of them read something else"),
        ("  a: {from: b, metrics: {n: count(*)}}\n  b: {from: orders, filter: 'n > (SELECT max(n) FROM a)'}\n",
         "13:6: datasets read each other in a circle: a -> b -> a; let one of them read something else"),
        ("  a: {sql: PIVOT b ON x USING sum(y)}\n  b: {sql: FROM a}\n",
         "13:6: datasets read each other in a circle: a -> b -> a; let one of them read something else"),
        ("  a: {python: 'more:more', inputs: b}\n  b: {sql: FROM a}\n",
         "13:6: datasets read each other in a circle: a -> b -> a; let one of them read something else"),
    ],
)  # fmt: skip
def test_a_circle_is_told_whole_at_the_first_of_it(
    lay: Callable, problems: Callable[..., list[str]], datasets: str, told: str
) -> None:
    lay({"report_specs/sales.yaml": with_datasets(datasets), "include/python/more.py": "def more(b): ...\n"})

    assert problems() == [f"report_specs/sales.yaml:{told}"]


def test_a_circle_through_sql_files_is_told(lay: Callable, problems: Callable[..., list[str]]) -> None:
    lay({
        "report_specs/sales.yaml": with_datasets("  a: {sql_file: a.sql}\n  b: {sql: FROM a}\n"),
        "include/sql/a.sql": "SELECT * FROM b",
    })  # fmt: skip

    assert problems() == [
        (
            "report_specs/sales.yaml:13:6: datasets read each other in a circle: a -> b -> a; let one of them read "
            "something else"
        )
    ]


@pytest.mark.parametrize(
    "datasets",
    [
        "  a: {sql: 'WITH b AS (FROM orders) FROM b'}\n  b: {sql: FROM a}\n",
        "  a: {sql: 'SELECT customer, b FROM orders'}\n  b: {sql: FROM a}\n",
        "  a: {sql: \"SELECT 1 FROM orders WHERE customer = 'b'\"}\n  b: {sql: FROM a}\n",
        "  a: {sql: 'SELECT amount AS x, a FROM orders'}\n",
        "  a: {sql: 'SELECT orders.a FROM orders, orders.a'}\n",
        "  a: {sql: FROM b WHERE WHERE}\n  b: {sql: 'FROM a'}\n",
    ],
)
def test_what_only_looks_like_a_circle_is_none(tmp_path: Path, datasets: str) -> None:
    assert isinstance(load(write(tmp_path, with_datasets(datasets)), tmp_path / "include"), Report)


@pytest.mark.parametrize(
    ("datasets", "imported"),
    [
        ("  b: {sql: FROM a}\n  a: {sql: 'SELECT sum(amount) AS a, count(*) AS b FROM orders -- FROM b'}\n", False),
        ("  a: {sql: 'SELECT customer, a FROM orders'}\n", True),
    ],
)
def test_duckdb_is_imported_only_where_words_alone_would_make_a_circle(
    tmp_path: Path, datasets: str, imported: bool
) -> None:
    script = (
        "import sys, pathlib; from scheduled_reports.spec.load import load; "
        "report = load(pathlib.Path(sys.argv[1]), pathlib.Path('include')); "
        "print(type(report).__name__, 'duckdb' in sys.modules)"
    )
    path = write(tmp_path, with_datasets(datasets))

    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip

    assert done.stdout.split() == ["Report", str(imported)]
