"""A database that SQLAlchemy does not know, through its hook alone: DuckDB, by DB-API."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from airflow.providers.common.sql.hooks.sql import DbApiHook

from extracts import extracted, run_with, spec_with
from runs import run_of
from scheduled_reports.connections import Connection, airflow_connection
from scheduled_reports.databases.base import Asked
from scheduled_reports.databases.hook import _in_style
from scheduled_reports.errors import SourceError, UnknownConnectionError


class DuckHook(DbApiHook):
    conn_name_attr = "duck_conn_id"
    conn_type = "duckdb"
    _placeholder = "?"

    def get_conn(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.get_connection(self.get_conn_id()).host)


class SqliteByHand(DbApiHook):
    """As hooks are that know nothing of SQLAlchemy, and whose driver counts its binds."""

    conn_name_attr = "lite_conn_id"
    _placeholder = "?"

    def get_sqlalchemy_engine(self, engine_kwargs: Any = None) -> None:
        return None

    def get_conn(self) -> sqlite3.Connection:
        return sqlite3.connect(self.get_connection(self.get_conn_id()).host)


class BrokenHook(DuckHook):
    def get_conn(self) -> duckdb.DuckDBPyConnection:
        raise ConnectionRefusedError("nobody listens")


def through(hook: type[DbApiHook]) -> Callable[[str], Connection]:
    def connect(conn_id: str) -> Any:
        stored: Any = airflow_connection(conn_id)
        object.__setattr__(stored, "get_hook", lambda: hook(**{hook.conn_name_attr: conn_id}))
        return stored

    return connect


@pytest.fixture
def shop(tmp_path: Path, connection: Callable[..., None]) -> Path:
    connection("shop", conn_type="duckdb", host=str(tmp_path / "shop.duckdb"))
    with duckdb.connect(tmp_path / "shop.duckdb") as database:
        database.execute(
            "CREATE TABLE t AS SELECT i AS n, (i / 4)::DECIMAL(10, 2) AS price, 'word ' || i AS word, "
            "CASE WHEN i % 2 = 0 THEN i END AS even FROM range(60000) r(i)"
        )
    return tmp_path / "shop.duckdb"


def test_a_database_that_only_its_hook_knows_is_read(tmp_path: Path, shop: Path) -> None:
    query = "SELECT * FROM t WHERE n >= 10 AND :period_start < TIMESTAMP '2027-01-01' AND word LIKE 'w%' ORDER BY n"

    table = extracted(replace(run_with(tmp_path, query), connect=through(DuckHook)), tmp_path)

    assert table["n"].to_pylist() == list(range(10, 60_000))
    assert table.slice(0, 1).to_pylist() == [{"n": 10, "price": Decimal("2.50"), "word": "word 10", "even": 10}]
    assert pa.types.is_decimal(table.schema.field("price").type)


def test_its_types_are_those_of_its_values(tmp_path: Path, shop: Path) -> None:
    query = """
        SELECT 1.5::DOUBLE AS ratio, true AS yes, DATE '2026-10-01' AS day, TIMESTAMP '2026-10-01 08:00' AS wall,
               TIME '08:00' AS clock, '\\xFF'::BLOB AS raw, [1, 2] AS many, 2::HUGEINT ** 100 > 1 AS large,
               170141183460469231731687303715884105::HUGEINT AS huge, NULL AS nothing, INTERVAL 1 DAY AS lasted"""

    [row] = extracted(replace(run_with(tmp_path, query), connect=through(DuckHook)), tmp_path).to_pylist()

    assert row == {
        "ratio": 1.5, "yes": True, "day": dt.date(2026, 10, 1), "wall": dt.datetime(2026, 10, 1, 8),  # noqa: DTZ001
        "clock": dt.time(8), "raw": b"\xff", "many": "[1, 2]", "large": True,
        "huge": Decimal("170141183460469231731687303715884105"), "nothing": None, "lasted": 86_400.0,
    }  # fmt: skip


def test_a_hook_that_has_no_engine_is_used_with_its_own_binds(tmp_path: Path, connection: Callable[..., None]) -> None:
    connection("shop", conn_type="lite", host=str(tmp_path / "lite.db"))
    parameters = "parameters:\n  word: {type: text, default: it's 100%}\nsources:"
    text = spec_with("SELECT :word AS word, '?' AS mark, '%s' AS percent, :word || :timezone AS both")
    run = run_of(tmp_path, text.replace("sources:", parameters), connect=through(SqliteByHand))

    assert extracted(run, tmp_path).to_pylist() == [
        {"word": "it's 100%", "mark": "?", "percent": "%s", "both": "it's 100%Europe/Berlin"}
    ]


@pytest.mark.parametrize(
    ("style", "sql", "values"),
    [
        ("qmark", "x = ? AND y LIKE '5%' OR x = ?", (1, 1)),
        ("format", "x = %s AND y LIKE '5%%' OR x = %s", (1, 1)),
        ("pyformat", "x = %(a)s AND y LIKE '5%%' OR x = %(a)s", {"a": 1}),
        ("named", "x = :a AND y LIKE '5%' OR x = :a", {"a": 1}),
        ("numeric", "x = :1 AND y LIKE '5%' OR x = :1", (1,)),
    ],
)
def test_values_are_bound_as_the_driver_writes_them(style: str, sql: str, values: Any) -> None:
    asked = Asked("x = :a AND y LIKE '5%' OR x = :a", {"a": 1}, "UTC", "source 'x'")

    statement, bound = _in_style(asked, style)

    assert (" ".join(statement.split()), bound) == (sql, values)


@pytest.mark.parametrize(
    ("query", "why"),
    [("SELECT * FROM away", "Table with name away does not exist"), ("SELEC 1", "syntax error")],
)
def test_an_error_of_the_driver_is_told_with_its_place(tmp_path: Path, shop: Path, query: str, why: str) -> None:
    with pytest.raises(SourceError, match=why) as told:
        extracted(replace(run_with(tmp_path, query), connect=through(DuckHook)), tmp_path)

    assert "source 'orders' (sales.yaml:9, connection 'shop') failed" in str(told.value)
    assert not told.value.retryable


def test_a_hook_that_cannot_connect_is_told_with_its_place(tmp_path: Path, shop: Path) -> None:
    with pytest.raises(SourceError, match=r"sales.yaml:9.* failed: nobody listens") as told:
        extracted(replace(run_with(tmp_path, "SELECT 1"), connect=through(BrokenHook)), tmp_path)

    assert told.value.retryable


def test_a_query_that_takes_too_long_is_interrupted(tmp_path: Path, shop: Path) -> None:
    query = "SELECT sum(a.n * b.n + c.n) AS x FROM t a, t b, t c"
    run = replace(run_with(tmp_path, query, timeout="1s"), connect=through(DuckHook))

    with pytest.raises(SourceError, match="was ended after its `timeout` of 1s") as told:
        extracted(run, tmp_path)

    assert told.value.retryable


def test_a_query_that_writes_is_refused(tmp_path: Path, shop: Path) -> None:
    with pytest.raises(SourceError, match="the query begins with UPDATE"):
        extracted(replace(run_with(tmp_path, "UPDATE t SET n = 0"), connect=through(DuckHook)), tmp_path)


def test_what_is_no_database_is_not_taken_for_one(tmp_path: Path, connection: Callable[..., None]) -> None:
    connection("shop", conn_type="smtp", host="127.0.0.1")

    with pytest.raises(UnknownConnectionError, match="its hook is SmtpHook"):
        extracted(run_with(tmp_path, "SELECT 1"), tmp_path)
