"""What checks measure, as a spec says it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from textwrap import dedent, indent

import pytest

from runs import run_of
from scheduled_reports.checks.measure import Measures, short, shortened
from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write

FOUR = """\
- {type: row_count, dataset: orders, at_least: 1, by: customer, limits: {Ann: {at_least: 2}}}
- {type: freshness, dataset: orders, column: ordered_at, within: 2h, of: period_end, timezone: Europe/Berlin}
- {type: trend, dataset: orders, measure: sum(amount), within: 4, runs: 20, learn: 6, weekdays: true, ignore: "2%"}
- type: reconcile
  dataset: orders
  measure: sum(amount)
  with: {dataset: totals, measure: max(revenue), where: "orders > 0"}
  tolerance: 0.01
  severity: warn
"""


def with_checks(checks: str) -> str:
    return SALES.replace("content:\n", "checks:\n" + indent(dedent(checks), "  ") + "content:\n")


def problems(folder: Path, checks: str) -> list[str]:
    loaded = load(write(folder, with_checks(checks)), folder / "include")
    assert isinstance(loaded, BrokenReport)
    return [str(problem).partition("sales.yaml:")[2] for problem in loaded.problems]


def test_a_spec_may_have_all_of_them(tmp_path: Path) -> None:
    checks = run_of(tmp_path, with_checks(FOUR)).report.spec.checks

    assert [check.key for check in checks] == [
        "row_count_orders",
        "freshness_orders",
        "trend_orders",
        "reconcile_orders",
    ]


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        ("{type: row_count, dataset: orders, at_least: 2, at_most: 1}", "no table can meet that"),
        ("{type: row_count, dataset: ordres, at_least: 2}",
         "checks[1].dataset: there is no source or dataset 'ordres'"),
        ("{type: trend, dataset: orders, measure: 'sum(amount) / :rate'}",
         "checks[1].measure: unknown bind value ':rate' in line 1 of the SQL"),
        ("{type: trend, dataset: orders, learn: 20}", "it would be learning for ever"),
        ("{type: reconcile, dataset: orders, with: {dataset: payments}}",
         "checks[1].with.dataset: there is no source or dataset 'payments'"),
        ("{type: reconcile, dataset: orders, with: {dataset: totals, where: ':x = 1'}}",
         "checks[1].with.where: unknown bind value ':x'"),
        ("{type: freshness, dataset: orders, column: at, within: soon}", "'soon' is not a length of time"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, check: str, problem: str) -> None:
    [found] = problems(tmp_path, f"- {check}\n")

    assert problem in found
    assert found.startswith("16:")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.333333333", "0.333333"),
        ("1234567", "1234567"),
        ("1234567.6", "1234568"),
        ("-0.5", "-0.5"),
        ("12345.67", "12345.7"),
        ("-999999.6", "-1000000"),
    ],
)
def test_numbers_are_short_but_for_whole_ones(number: str, shown: str) -> None:
    assert short(Decimal(number)) == Decimal(shown)


@pytest.mark.parametrize(
    ("measure", "number", "said"),
    [
        ("count(*)", "1", " has 1 row"),
        ("count(*)", "0", " has 0 rows"),
        ("count(*)", "1234", " has 1,234 rows"),
        ("sum(amount);", "1234.50", ": sum(amount) is 1,234.5"),
        ("avg(x)", "NaN", ": avg(x) is NaN"),
    ],
)
def test_what_was_measured_is_said(measure: str, number: str, said: str) -> None:
    assert Measures(measure=measure).said(Decimal(number)) == said


def test_long_sql_is_said_in_one_short_line() -> None:
    sql = "sum(CASE\n  WHEN channel = 'phone' THEN seconds\n  WHEN channel = 'chat' THEN seconds * 2 ELSE 0 END) -- so"

    assert shortened(sql) == "sum(CASE WHEN channel = 'phone' THEN seconds WHEN channel = 'chat' THEN …"
