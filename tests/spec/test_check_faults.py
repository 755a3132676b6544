"""`reports check` tells what DuckDB's parser finds in the SQL of checks, at the line and column of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.spec.check_faults import check_problems
from scheduled_reports.spec.load import Report
from specs import SALES

ONE = "write one SQL expression, DuckDB's"
ALLOWED = "did you mean 'orders'? (allowed: orders, totals)"
FIRST = SALES.count("\n") + 2
"""The line in which the first check begins."""


def lines_of(report: Report, folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/report_specs/sales.yaml:") for problem in check_problems(report)]


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        ("{type: complete, dataset: orders, columns: a, where: a = = 1}",
         f"{FIRST}:62: checks[1].where: 'a = = 1' cannot be parsed: syntax error at or near \"=\"; {ONE}"),
        ("{type: complete, dataset: orders, columns: a, where: 'a = 1, b'}",
         f"{FIRST}:58: checks[1].where: 'a = 1, b' is not one expression; {ONE}"),
        ("{type: complete, dataset: orders, columns: a, where: a IN (SELECT a FROM ordrs)}",
         f"{FIRST}:78: checks[1].where: there is no source or dataset 'ordrs'; {ALLOWED}"),
        ("type: alert_threshold\n    dataset: orders\n    column: a\n    says: low\n    rule: stock < OR",
         f"{FIRST + 4}:19: checks[1].rule: 'stock < OR' cannot be parsed: syntax error at or near \"OR\"; {ONE}"),
        ("type: sql\n    sql: |\n      FROM orders\n      WHERE WHERE",
         (f"{FIRST + 3}:13: checks[1].sql: the SQL cannot be parsed: syntax error at or near \"WHERE\"; "
          "a check's SQL is DuckDB's")),
        ("{type: sql, sql: FROM ordrs}",
         f"{FIRST}:27: checks[1].sql: there is no source or dataset 'ordrs'; {ALLOWED}"),
        ("{type: sql, sql: DELETE FROM orders}",
         f"{FIRST}:22: checks[1].sql: the SQL is not one SELECT: it is DELETE; a check's SQL is DuckDB's"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path, check: str, problem: str
) -> None:
    lay({"report_specs/sales.yaml": f"{SALES}checks:\n  - {check}\n"})

    assert lines_of(loaded(), tmp_path) == [problem]


def test_a_mistake_in_a_file_is_told_at_its_place_there(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path
) -> None:
    lay({
        "report_specs/sales.yaml": f"{SALES}checks:\n  - {{type: sql, sql_file: lost.sql}}\n",
        "include/sql/lost.sql": "-- lost\nFROM orders\nWHERE WHERE\n",
    })  # fmt: skip

    (problem,) = lines_of(loaded(), tmp_path)
    assert problem.startswith(f"{tmp_path}/include/sql/lost.sql:3:7: checks[1].sql_file: the SQL cannot be parsed")


def test_good_sql_has_no_faults(lay: Callable, loaded: Callable[..., Report], tmp_path: Path) -> None:
    lay({"report_specs/sales.yaml": SALES + (
        "checks:\n"
        "  - {type: complete, dataset: orders, columns: a, where: 'placed >= :period_start -- so'}\n"
        "  - {type: sql, sql: 'FROM orders JOIN totals ON true;'}\n"
    )})  # fmt: skip

    assert lines_of(loaded(), tmp_path) == []


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("{type: value, sql: SELECT count(*) FROM ordrs, at_least: 1}",
         [f".sql: there is no source or dataset 'ordrs'; {ALLOWED}"]),
        ("{type: value, sql: SELECT count(* FROM orders, at_least: 1}",
         ['.sql: the SQL cannot be parsed: syntax error at or near "FROM"; without `connection` it is DuckDB\'s']),
        ("{type: value, connection: shop, sql: SELECT TOP 1 n FROM counts, at_least: 1}", []),
        ("{type: value, sql: SELECT count(*) FROM orders, at_least: 1}", []),
    ],
)  # fmt: skip
def test_the_sql_of_a_condition_on_the_runs_tables_is_looked_at_too(
    lay: Callable, loaded: Callable[..., Report], tmp_path: Path, condition: str, told: list[str]
) -> None:
    lay({"report_specs/sales.yaml": f"{SALES}alert: {{when: [{{not: {condition}}}]}}\n"})

    assert [line.partition(": alert.when[1].not")[2] for line in lines_of(loaded(), tmp_path)] == told
