"""`reports check` tells what DuckDB's parser finds in the SQL of datasets, at the line and column of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.dataset_faults import dataset_problems
from scheduled_reports.spec.load import Report
from specs import SALES

TOTALS = "    sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders\n"
SYNTAX = "datasets.totals.sql: the SQL cannot be parsed: syntax error at or near \"WHERE\"; a dataset's SQL is DuckDB's"
ALLOWED = "did you mean 'orders'? (allowed: orders, totals)"


def told(report: Report, folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in dataset_problems(report)]


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("    sql: |\n      SELECT 'é', :period_start::DATE\n      FROM orders\n        WHERE WHERE\n",
         f"15:15: {SYNTAX}"),
        ("    sql: |2-\n\n      SELECT 1\n      FROM orders WHERE WHERE\n", f"15:25: {SYNTAX}"),
        ("    sql: FROM orders WHERE WHERE\n", f"12:28: {SYNTAX}"),
        ("    sql: 'FROM orders WHERE WHERE'\n", f"12:29: {SYNTAX}"),
        ("    sql: \"FROM orders\\n WHERE WHERE\"\n", f"12:10: {SYNTAX}"),
        ("    sql: >\n      FROM orders\n      WHERE WHERE\n", f"12:10: {SYNTAX}"),
        ("    {sql: FROM orders WHERE WHERE}\n", f"12:29: {SYNTAX}"),
        ("    sql: |\n      SELECT *\n      FROM ordrs JOIN Orders USING (x)\n",
         f"14:12: datasets.totals.sql: there is no source or dataset 'ordrs'; {ALLOWED}"),
        ("    sql: WITH a AS (FROM orders) SELECT * FROM a JOIN 'x.csv' USING (x)\n",
         "12:55: datasets.totals.sql: there is no source or dataset 'x.csv'; allowed: orders, totals"),
        ("    sql: CREATE TABLE x AS FROM orders\n",
         "12:10: datasets.totals.sql: the SQL is not one SELECT: it is CREATE; a dataset's SQL is DuckDB's"),
        ("    from: orders\n    filter: [amount > 1, customer = = 'a']\n",
         ("13:37: datasets.totals.filter[2]: \"customer = = 'a'\" cannot be parsed: syntax error at or near \"=\"; "
         "write one SQL expression")),
        ("    from: orders\n    metrics:\n      n: count(*), max(amount)\n",
         "14:10: datasets.totals.metrics.n: 'count(*), max(amount)' is not one expression; write one SQL expression"),
        ("    from: orders\n    group_by:\n      - {name: day, expression: (SELECT max(d) FROM ordrs)}\n",
         f"14:53: datasets.totals.group_by[1].expression: there is no source or dataset 'ordrs'; {ALLOWED}"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path, sql: str, problem: str
) -> None:
    lay({"report_specs/sales.yaml": SALES.replace(TOTALS, sql)})

    assert told(loaded(), tmp_path) == [f"report_specs/sales.yaml:{problem}"]


def test_a_mistake_in_a_file_is_told_at_its_place_there(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path
) -> None:
    lay({
        "report_specs/sales.yaml": SALES.replace(TOTALS, "    sql_file: by/total.sql\n"),
        "include/sql/by/total.sql": "-- the total\nSELECT *\nFROM orders WHERE WHERE\n",
    })  # fmt: skip

    syntax = SYNTAX.replace(".sql:", ".sql_file:").replace("; a", " (used by report_specs/sales.yaml); a")
    assert told(loaded(), tmp_path) == [f"include/sql/by/total.sql:3:19: {syntax}"]


def test_a_function_that_does_not_fit_is_told_where_the_spec_says_what_it_gets(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path
) -> None:
    lay({
        "report_specs/sales.yaml": SALES.replace(TOTALS, "    python: scoring:score\n    inputs: [orders]\n"),
        "include/python/scoring.py": "\n\ndef score(order): ...\n",
    })  # fmt: skip

    head = "the function score in scoring.py:3"
    first, second = told(loaded(), tmp_path)
    assert first.endswith(f":13:13: datasets.totals.inputs: {head} has no argument 'orders'; it has: order")
    assert f":12:13: datasets.totals.python: {head} needs 'order', which is neither an input nor a value" in second


def test_what_is_right_is_passed_over(lay: Callable, loaded: Callable[..., Report], tmp_path: Path) -> None:
    lay({"report_specs/sales.yaml": SALES})

    assert told(loaded(), tmp_path) == []
