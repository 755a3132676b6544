"""The check `sql`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from judging import check_of, data_of, results_of, rows_in
from runs import run_of
from scheduled_reports.checks import Outcome
from scheduled_reports.errors import CheckError, SourceError
from specs import SALES

CALLS = {"id": [1, 2, 3, 4], "ch": ["phone", "phone", None, "it's"], "agent": [1, 7, 8, 9]}
AGENTS = {"id": [1]}
LOST = "SELECT c.id, ch FROM calls c LEFT JOIN agents a ON c.agent = a.id WHERE a.id IS NULL ORDER BY c.id"


def test_the_rows_it_returns_fail(tmp_path: Path) -> None:
    (result,) = results_of(check_of("sql", sql=LOST), tmp_path, calls=CALLS, agents=AGENTS)

    assert (result.outcome, result.count, result.value) == (Outcome.FAILED, 3, 3.0)
    assert result.reason == "the query returns 3 rows, none allowed"
    assert rows_in(result.failing, tmp_path)[0] == {"id": 2, "ch": "phone"}
    assert result.failing is not None
    assert result.failing.table == ""


@pytest.mark.parametrize(
    "sql",
    [
        "FROM calls WHERE id > 100",
        "SELECT * FROM calls WHERE id > 100 -- none\n;  -- really",
        "WITH found AS (FROM calls WHERE ch = ':x') FROM found /* ; */",
        "SELECT 1 WHERE :period_start_date <> '2026-10-01'",
        "SELECT '; --' WHERE false",
        "(SELECT 1 WHERE false) UNION ALL (SELECT 2 WHERE false)",
    ],
)
def test_a_query_without_rows_passes(tmp_path: Path, sql: str) -> None:
    (result,) = results_of(check_of("sql", sql=sql), tmp_path, calls=CALLS)

    assert (result.outcome, result.reason) == (Outcome.PASSED, "the query returns 0 rows, none allowed")


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("FROM calls; -- all", 4),
        ("PIVOT calls ON ch IN ('phone') USING count(*)", 4),
        ("SELECT 1 AS a, 2 AS a", 1),
        ("SELECT '-- ;'", 1),
        ("VALUES (1), (2)", 2),
        ("FROM calls LIMIT 3", 3),
        ("SELECT NULL", 1),
    ],
)
def test_any_query_may_be_written(tmp_path: Path, sql: str, count: int) -> None:
    (result,) = results_of(check_of("sql", sql=sql), tmp_path, calls=CALLS)

    assert result.count == count
    assert len(rows_in(result.failing, tmp_path)) == count


def test_it_may_stand_in_a_file(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    (run.include / "sql" / "lost.sql").write_text(f"{LOST};\n", encoding="utf-8")

    (result,) = results_of(check_of("sql", sql_file="lost.sql"), tmp_path, run=run, calls=CALLS, agents=AGENTS)

    assert result.count == 3


def test_some_rows_may_be_allowed(tmp_path: Path) -> None:
    (result,) = results_of(check_of("sql", sql="FROM calls", allow=4), tmp_path, calls=CALLS)

    assert (result.outcome, result.reason) == (Outcome.PASSED, "the query returns 4 rows, 4 allowed")


def test_the_rows_of_each_value_are_counted_by_themselves(tmp_path: Path) -> None:
    limits = {"phone": {"allow": 2}, "mail": {"allow": 0}}

    results = results_of(check_of("sql", sql="FROM calls", by="ch", limits=limits), tmp_path, calls=CALLS)

    assert [(result.part, result.outcome.value, result.reason) for result in results] == [
        ("", "failed", "the query (without ch) returns 1 row, none allowed"),
        ("it's", "failed", "the query (it's) returns 1 row, none allowed"),
        ("phone", "passed", "the query (phone) returns 2 rows, 2 allowed"),
        ("mail", "passed", "the query (mail) returns 0 rows, none allowed"),
    ]
    assert [rows_in(result.failing, tmp_path) for result in results[:2]] == [
        [{"id": 3, "ch": None, "agent": 8}], [{"id": 4, "ch": "it's", "agent": 9}],
    ]  # fmt: skip


def test_no_rows_of_no_value_are_a_result_too(tmp_path: Path) -> None:
    (result,) = results_of(check_of("sql", sql="FROM calls WHERE false", by="ch"), tmp_path, calls=CALLS)

    assert (result.outcome, result.part) == (Outcome.PASSED, "")


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"sql": "FROM cals"}, SourceError, "the SQL of check 'sql' failed.*cals"),
        ({"sql": "FROM calls WHERE"}, SourceError, "the SQL of check 'sql' failed"),
        ({"sql": "DROP TABLE calls"}, SourceError, "the SQL of check 'sql'"),
        ({"sql": "FROM calls; FROM calls"}, SourceError, "the SQL of check 'sql'"),
        ({"sql": "SELECT ch::INT AS n FROM calls", "by": "n"}, SourceError, "Could not convert"),
        ({"sql": "FROM read_csv('/etc/passwd')"}, SourceError, "the SQL of check 'sql' failed"),
        ({"sql": "FROM calls", "by": "chanel"}, CheckError, "its query has no column 'chanel'.*ch"),
        ({"sql": "SELECT range AS ch FROM range(1001)", "by": "ch"}, CheckError, "'ch' of its query has over 1,000"),
    ],
)
def test_what_cannot_be_judged_is_an_error(tmp_path: Path, given: dict[str, Any], error: type, told: str) -> None:
    with pytest.raises(error, match=f"(?s){told}"):
        results_of(check_of("sql", **given), tmp_path, calls=CALLS)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"sql": "a", "sql_file": "a.sql"},
        {"sql": "a", "allow": -1},
        {"sql": "a", "allow": True},
        {"sql": "a", "allow": "1%"},
        {"sql": "a", "limits": {"phone": {"allow": 1}}},
        {"sql": "a", "dataset": "calls"},
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check_of("sql", **given)


def test_sensitive_values_name_no_parts(tmp_path: Path) -> None:
    text = SALES.replace("    connection: shop\n", "    connection: shop\n    columns: {customer: {sensitive: true}}\n")
    text = text.replace("- type: table\n    title: Orders\n    dataset: orders", "- type: table\n    dataset: totals")
    text = text.replace("{type: csv, dataset: orders}", "{type: csv, dataset: totals}")
    data = data_of(tmp_path, run=run_of(tmp_path, text), orders={"customer": ["Ann"], "amount": [1]}, totals=AGENTS)
    leaking = check_of("sql", sql="SELECT upper(customer) AS who FROM orders", by="who")

    with pytest.raises(CheckError, match="'who' holds, or may hold, what is sensitive"):
        list(leaking.judge(data))

    counted = check_of("sql", sql="SELECT count(*) AS n FROM orders", by="n")
    assert [result.part for result in counted.judge(replace(data))] == ["1"]
