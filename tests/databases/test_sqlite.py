"""SQLite by columns and by rows: the same types and values, or the one way says that it cannot."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extracts import answer, extracted, read, run_with
from scheduled_reports.databases.base import BATCH_ROWS, NotColumnarError
from scheduled_reports.errors import SourceError
from scheduled_reports.parquet import write_rows

WHOLE = st.integers(-(2**63), 2**63 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
VALUES = {
    "whole": WHOLE,
    "small": st.integers(-5, 5),
    "fraction": st.floats(allow_nan=False),
    "words": WORDS,
    "bytes": st.binary(max_size=10),
    "nothing": st.none(),
}
columns_of_values = st.lists(
    st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2).flatmap(
        lambda names: st.lists(st.none() | st.one_of([VALUES[name] for name in names]), min_size=5, max_size=5)
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture
def shop(tmp_path: Path, connection: Callable[..., None]) -> Callable[[Sequence[Sequence[Any]]], None]:
    """Return a function that fills the table `t` of the database behind the connection `shop`."""
    connection("shop", conn_type="sqlite", host=str(tmp_path / "shop.db"))

    def fill(rows: Sequence[Sequence[Any]], declared: str = "") -> None:
        width = len(rows[0])
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("DROP TABLE IF EXISTS t")
            database.execute(f"CREATE TABLE t ({', '.join(f'c{index} {declared}' for index in range(width))})")
            database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * width)})", rows)
        database.close()

    return fill


def told(call: Callable[[], pa.Table]) -> Any:
    try:
        table = call()
    except SourceError as error:
        return error.what.partition(": ")[2], error.why
    return table.schema, table.to_pylist()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=columns_of_values)
def test_every_value_comes_back_the_same_by_columns_and_by_rows(
    tmp_path: Path, shop: Any, columns: list[list[Any]]
) -> None:
    shop(list(zip(*columns, strict=True)))
    by_rows = told(lambda: read("rows", tmp_path, "SELECT * FROM t"))

    try:
        by_columns = told(lambda: read("columns", tmp_path, "SELECT * FROM t"))
    except NotColumnarError:
        mixed = any(len({type(value) for value in column} - {type(None)}) > 1 for column in columns)
        large = any(isinstance(value, float) and abs(value) >= 2**53 for column in columns for value in column)
        assert mixed or large, "what keeps to one type is read by columns"
    else:
        assert by_columns == by_rows
    assert told(lambda: extracted(run_with(tmp_path, "SELECT * FROM t"), tmp_path)) == by_rows


@pytest.mark.parametrize("later", [1, 2.5, 2**60 + 1, "x", b"x", None, 1e300], ids=repr)
@pytest.mark.parametrize("first", [1, 2.5, "x", b"x", None], ids=repr)
def test_a_type_that_changes_late_is_found_whichever_way_it_is_read(
    tmp_path: Path, shop: Any, first: Any, later: Any
) -> None:
    values = [first] * (BATCH_ROWS + 10) + [later] * 10
    shop([(value,) for value in values])

    def of_values() -> pa.Table:
        batches = [[(value,) for value in part] for part in (values[:500], values[500:20_500], values[20_500:])]
        write_rows(["c0"], batches, tmp_path / "expected.parquet", "x")
        return pa.parquet.read_table(tmp_path / "expected.parquet")

    expected = told(of_values)
    found = told(lambda: extracted(run_with(tmp_path, "SELECT * FROM t"), tmp_path))

    assert found[0] == expected[0] if isinstance(expected[0], pa.Schema) else isinstance(found[0], str)
    if isinstance(expected[0], pa.Schema):
        assert found[1] == expected[1]


@pytest.mark.parametrize(
    ("declared", "values", "kind"),
    [
        ("NUMERIC", [10, 10.25, None], pa.float64()),
        ("DECIMAL(10, 2)", ["10.25", 3], pa.float64()),
        ("INTEGER", [1, None], pa.int64()),
        ("BOOLEAN", [True, False, None], pa.int64()),
        ("DATE", ["2026-10-01", None], pa.string()),
        ("DATETIME", ["2026-10-01 08:00:00"], pa.string()),
        ("JSON", ['{"a": 1}'], pa.string()),
        ("BLOB", [b"\x00\xff", b""], pa.binary()),
        ("TEXT", ["a\x00b", "ä🎉", ""], pa.string()),
    ],
)
def test_what_a_column_declares_means_what_sqlite_makes_of_it(
    tmp_path: Path, shop: Any, declared: str, values: list[Any], kind: Any
) -> None:
    shop([(value,) for value in values], declared)

    tables = [read(way, tmp_path, "SELECT * FROM t") for way in ("columns", "rows")]

    assert tables[0].equals(tables[1])
    assert tables[0].schema.field("c0").type == kind
    assert [str(value) for value in tables[0]["c0"].to_pylist()] == [
        str(float(value))
        if kind == pa.float64() and value is not None
        else str(int(value) if value is True or value is False else value)
        for value in values
    ]


def test_the_way_by_columns_is_the_one_taken(tmp_path: Path, shop: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    shop([(n, n / 4, f"word {n}", None) for n in range(70_000)])
    query = "SELECT * FROM t WHERE c0 >= 10 AND :period_start < '2027' -- a comment;"

    table = extracted(run_with(tmp_path, query), tmp_path)

    assert table["c0"].to_pylist() == list(range(10, 70_000))
    assert table.schema.types == [pa.int64(), pa.float64(), pa.string(), pa.null()]
    assert "row by row" not in caplog.text


def test_no_rows_still_have_columns(tmp_path: Path, shop: Any) -> None:
    shop([(1, "x")])

    for way in ("columns", "rows"):
        table = read(way, tmp_path, "SELECT * FROM t WHERE c0 > 1")
        assert (table.column_names, table.num_rows) == (["c0", "c1"], 0)


def test_a_query_that_takes_long_to_begin_is_right_too(tmp_path: Path, shop: Any) -> None:
    shop([(n,) for n in range(30_000)])
    query = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000)
        SELECT c0, 'word ' || c0 AS word, (SELECT count(*) FROM n) AS many FROM t ORDER BY c0 DESC"""

    table = extracted(run_with(tmp_path, query), tmp_path)

    assert table["c0"].to_pylist() == list(range(29_999, -1, -1))
    assert set(table["many"].to_pylist()) == {2_000_000}


@pytest.mark.parametrize(
    ("fields", "query", "reason"),
    [
        ({}, "SELECT 1 AS a, 2 AS b; -- end", "does not stand in brackets"),
        ({"host": "shop.db?cached_statements=9"}, "SELECT * FROM t", "the connection has cached_statements"),
        ({}, "SELECT c0, CASE c0 WHEN 1 THEN 9007199254740993 ELSE 0.0 END AS x FROM t WHERE c0 = 2", ""),
    ],
)
def test_what_the_columnar_driver_cannot_do_is_read_row_by_row(
    tmp_path: Path, shop: Any, connection: Any, caplog: Any, fields: dict[str, str], query: str, reason: str
) -> None:
    caplog.set_level(logging.INFO)
    shop([(1,), (2,)])
    if fields:
        connection("shop", conn_type="sqlite", host=f"{tmp_path}/{fields['host']}")

    assert extracted(run_with(tmp_path, query), tmp_path).num_rows
    assert not reason or f"read row by row, as {reason}" in caplog.text or reason in caplog.text


def test_a_file_that_this_process_has_open_is_left_to_its_own_sqlite(tmp_path: Path, shop: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    shop([(1,)])
    mine = sqlite3.connect(tmp_path / "shop.db")
    mine.execute("SELECT * FROM t").fetchall()

    assert extracted(run_with(tmp_path, "SELECT * FROM t"), tmp_path).num_rows == 1
    mine.close()
    assert "whose locks a second SQLite in it would drop" in caplog.text


def test_text_that_is_no_utf8_is_an_error_and_never_other_text(tmp_path: Path, shop: Any) -> None:
    shop([("x",)])

    with pytest.raises(SourceError, match=r"sales.yaml:9.*Could not decode to UTF-8") as caught:
        extracted(run_with(tmp_path, "SELECT CAST(x'ff' AS TEXT) AS word FROM t"), tmp_path)

    assert not caught.value.retryable


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, shop: Any, connection: Any) -> None:
    connection("shop", conn_type="sqlite", host=str(tmp_path / "elsewhere.db"))

    with pytest.raises(SourceError, match=r"sales.yaml:9.*there is no file .*elsewhere.db") as caught:
        extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path)

    assert "host of the Airflow connection" in caught.value.fix
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_missing_table_is_told_with_what_to_do(tmp_path: Path, shop: Any) -> None:
    shop([(1,)])

    with pytest.raises(SourceError, match=r"sales.yaml:9.*no such table: away") as caught:
        extracted(run_with(tmp_path, "SELECT * FROM away"), tmp_path)

    assert "correct its name" in caught.value.fix
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO t VALUES (2) RETURNING *",
        "-- all\n/* of */ delete FROM t",
        "(UPDATE t SET c0 = 1)",
        "DROP TABLE t",
    ],
)
def test_a_query_that_writes_is_refused(tmp_path: Path, shop: Any, query: str) -> None:
    shop([(1,)])

    with pytest.raises(SourceError, match="the query begins with") as caught:
        extracted(run_with(tmp_path, query), tmp_path)

    assert "a source only reads" in caught.value.fix
    assert answer(tmp_path, "SELECT count(*) AS rows FROM t") == 1


def test_a_write_in_disguise_is_refused_by_the_database(tmp_path: Path, shop: Any) -> None:
    shop([(1,)])

    with pytest.raises(SourceError, match="attempt to write a readonly database") as caught:
        extracted(run_with(tmp_path, "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x RETURNING *"), tmp_path)

    assert "a source only reads" in caught.value.fix
    assert answer(tmp_path, "SELECT count(*) AS rows FROM t") == 1


def test_a_journal_beside_the_file_is_read_and_none_is_left(tmp_path: Path, shop: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    shop([(1,)])
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("PRAGMA journal_mode = WAL")
    database.close()

    assert answer(tmp_path, "SELECT count(*) AS rows FROM t") == 1
    assert "row by row" not in caplog.text
    assert [path.name for path in tmp_path.glob("shop.db*")] == ["shop.db"]


def test_a_query_that_takes_too_long_is_ended(tmp_path: Path, shop: Any) -> None:
    shop([(1,)])
    query = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000000) SELECT max(i) AS x FROM n"
    )

    with pytest.raises(SourceError, match=r"sales.yaml:9.*was ended after its `timeout` of 1s") as caught:
        extracted(run_with(tmp_path, query, timeout="1s"), tmp_path)

    assert caught.value.retryable
    assert not (tmp_path / "orders.parquet").exists()
