"""Small questions to a real database: the first rows, and one value."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from runs import connect_shop
from scheduled_reports.connections import airflow_connection
from scheduled_reports.databases import Asked, database_of
from scheduled_reports.databases.answer import answer, one_value
from scheduled_reports.errors import SourceError

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ask(tmp_path: Path, connection: Callable[..., None]) -> Callable[..., pa.Table]:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE numbers (n)")
        shop.executemany("INSERT INTO numbers VALUES (?)", [(number,) for number in range(5000)])
    shop.close()
    connect_shop(connection, tmp_path)

    def run(sql: str, *, rows: int = 2, timeout: dt.timedelta = MINUTE) -> pa.Table:
        asked = Asked(sql, {}, "UTC", "the question")
        return answer(database_of(airflow_connection, "shop"), asked, timeout, rows)

    return run


@pytest.mark.parametrize(("rows", "given"), [(1, 1), (2, 2), (700, 700), (5000, 5000), (9000, 5000)])
def test_only_the_first_rows_are_given(ask: Callable[..., pa.Table], rows: int, given: int) -> None:
    assert ask("SELECT n FROM numbers ORDER BY n", rows=rows).column("n").to_pylist() == list(range(given))


def test_no_row_still_has_its_columns(ask: Callable[..., pa.Table]) -> None:
    assert ask("SELECT n AS a, n AS b FROM numbers WHERE 0").column_names == ["a", "b"]


@pytest.mark.parametrize(
    ("sql", "value"),
    [("SELECT 1", 1), ("SELECT NULL", None), ("SELECT n FROM numbers WHERE 0", None), ("SELECT ''", "")],
)
def test_one_value_is_given_as_it_is_and_none_where_there_is_none(
    ask: Callable[..., pa.Table], sql: str, value: object
) -> None:
    assert one_value(ask(sql), "the question") == value


@pytest.mark.parametrize(
    ("sql", "why"),
    [("SELECT n FROM numbers", "several rows"), ("SELECT 1, 2", "2 columns"), ("SELECT NULL, 1", "2 col")],
)
def test_more_than_one_value_is_an_error(ask: Callable[..., pa.Table], sql: str, why: str) -> None:
    with pytest.raises(SourceError, match=f"the question must give one value: it gives {why}"):
        one_value(ask(sql), "the question")


def test_a_question_writes_nothing_and_ends_in_time(ask: Callable[..., pa.Table]) -> None:
    for sql in ("DELETE FROM numbers", "WITH x AS (SELECT 1) DELETE FROM numbers"):
        with pytest.raises(SourceError, match="the question failed"):
            ask(sql)
    endless = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x"
    with pytest.raises(SourceError, match="the question was ended after its `timeout` of 1s"):
        ask(endless, timeout=dt.timedelta(seconds=1))
    assert one_value(ask("SELECT count(*) FROM numbers"), "the question") == 5000
