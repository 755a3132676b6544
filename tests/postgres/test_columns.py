"""PostgreSQL by columns and by rows: the same types and values, or the one way says that it cannot."""

from __future__ import annotations

import datetime as dt
import logging
import math
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extracts import extracted, read, run_with
from scheduled_reports.databases.base import NotColumnarError
from scheduled_reports.errors import SourceError

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
instants = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31))  # noqa: DTZ001
KINDS: dict[str, tuple[str, st.SearchStrategy[Any], pa.DataType | None]] = {
    "yes": ("boolean", st.booleans(), pa.bool_()),
    "small": ("smallint", st.integers(-(2**15), 2**15 - 1), pa.int64()),
    "whole": ("integer", st.integers(-(2**31), 2**31 - 1), pa.int64()),
    "big": ("bigint", st.integers(-(2**63), 2**63 - 1), pa.int64()),
    "oid": ("oid", st.integers(0, 2**32 - 1), pa.int64()),
    "price": ("numeric(12, 3)", st.decimals(-(10**8), 10**8, places=3), pa.decimal128(12, 3)),
    "round": ("numeric(5, -3)", st.integers(-99, 99).map(lambda n: Decimal(n * 1000)), pa.decimal128(8, 0)),
    "fine": ("numeric(2, 5)", st.integers(-99, 99).map(lambda n: Decimal(n).scaleb(-5)), pa.decimal128(5, 5)),
    "loose": (
        "numeric",
        st.decimals(-(10**12), 10**12, allow_nan=False, places=None).map(lambda n: round(n, 12)),
        None,
    ),
    "real": ("real", st.floats(width=32, allow_nan=False), pa.float64()),
    "ratio": ("double precision", st.floats(allow_nan=False), pa.float64()),
    "word": ("text", words, pa.string()),
    "short": ("varchar(20)", words, pa.string()),
    "raw": ("bytea", st.binary(max_size=20), pa.binary()),
    "day": ("date", st.dates(), pa.date32()),
    "clock": ("time", st.times(), pa.time64("us")),
    "wall": ("timestamp", instants, pa.timestamp("us")),
    "instant": ("timestamptz", instants.map(lambda at: at.replace(tzinfo=dt.UTC)), pa.timestamp("us", "UTC")),
    "lasted": ("interval", st.timedeltas(dt.timedelta(-900), dt.timedelta(900)), pa.float64()),
    "id": ("uuid", st.uuids(), pa.string()),
    "numbers": ("integer[]", st.lists(st.integers(-5, 5), max_size=3), pa.string()),
    "mood": ("mood", st.sampled_from(["glad", "sad"]), pa.string()),
}
STORED = {"lasted": dt.timedelta.total_seconds, "id": str, "numbers": str}
"""What a value is stored as, where not as itself."""


@pytest.fixture
def table(shop: Any) -> Any:
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in KINDS.items())
    shop.run(f"CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE kinds (number int, {columns})")
    return shop


rows_of_values = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, (_, values, _) in KINDS.items()}), max_size=4
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_values)
def test_every_type_comes_back_the_same_by_columns_and_by_rows(
    tmp_path: Path, table: Any, rows: list[dict[str, Any]]
) -> None:
    marks = ", ".join(f"%s::{kind}" for kind, _, _ in KINDS.values())
    with psycopg.connect(f"host=127.0.0.1 port={table.port} dbname={table.name} user=reports") as filling:
        filling.execute("DELETE FROM kinds")
        filling.cursor().executemany(
            f"INSERT INTO kinds VALUES (%s, {marks})",
            [(number, *(row[name] for name in KINDS)) for number, row in enumerate(rows)],
        )
    query = f"SELECT {', '.join(KINDS)} FROM kinds ORDER BY number"

    columns, by_row = read("columns", tmp_path, query), read("rows", tmp_path, query)

    assert columns.schema == by_row.schema
    assert columns.equals(by_row)
    for name, (_, _, kind) in KINDS.items():
        stored = STORED.get(name, lambda value: value)
        assert kind is None or columns.schema.field(name).type == kind
        if name != "real":
            assert columns[name].to_pylist() == [None if row[name] is None else stored(row[name]) for row in rows]


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("0.1::real", pa.float64(), 0.1),
        ("'NaN'::float8", pa.float64(), math.nan),
        ("'-Infinity'::float8", pa.float64(), -math.inf),
        ("12.3::money", pa.decimal128(38, 2), Decimal("12.30")),
        ("'x'::char(3)", pa.string(), "x  "),
        ("'x'::\"char\"", pa.string(), "x"),
        ("'{\"a\": 0.12345678901234567890}'::json", pa.string(), '{"a": 0.12345678901234567890}'),
        ("'{\"b\":1, \"a\":2}'::jsonb", pa.string(), '{"a": 2, "b": 1}'),
        ("'null'::jsonb", pa.string(), "null"),
        ("interval '1 month 1 day'", pa.float64(), 31 * 86_400.0),
        ("time with time zone '10:00+02'", pa.string(), "10:00:00+02"),
        ("int4range(1, 5)", pa.string(), "[1,5)"),
        ("inet '10.0.0.1/8'", pa.string(), "10.0.0.1/8"),
        ("b'101'", pa.string(), "101"),
        ("point(1, 2)", pa.string(), "(1,2)"),
        ("ROW(1, 'a')", pa.string(), "(1,a)"),
        ("ARRAY[[1, NULL], [3, 4]]", pa.string(), "[[1, null], [3, 4]]"),
        ("ARRAY['ä', '\"']", pa.string(), '["ä", "\\""]'),
        ("NULL", pa.string(), None),
        ("NULL::numeric", pa.decimal128(38, 0), None),
        ("sum(x) FROM (VALUES (0.5), (1.25)) v(x)", pa.decimal128(38, 2), Decimal("1.75")),
        ("'123456789012345678901234567890.12345678'::numeric", pa.decimal128(38, 8),
         Decimal("123456789012345678901234567890.12345678")),
        ("'1e-20'::numeric", pa.decimal128(38, 20), Decimal("1e-20")),
    ],
)  # fmt: skip
def test_types_that_are_less_common(tmp_path: Path, shop: Any, expression: str, kind: Any, value: Any) -> None:
    of = "" if " FROM " in expression else " AS it"
    query = f"SELECT {expression.replace(' FROM', ' AS it FROM')}{of}"

    columns, rows = read("columns", tmp_path, query), read("rows", tmp_path, query)

    assert columns.schema == rows.schema
    assert columns.schema.field("it").type == kind
    for table in (columns, rows):
        [found] = table["it"].to_pylist()
        assert found == value or (math.isnan(value) and math.isnan(found))


def test_no_rows_are_typed(tmp_path: Path, table: Any) -> None:
    query = "SELECT * FROM kinds"

    for way in ("columns", "rows"):
        schema = read(way, tmp_path, query).schema
        assert {name: schema.field(name).type for name in KINDS} == {
            name: kind or pa.decimal128(38, 0) for name, (_, _, kind) in KINDS.items()
        }


@pytest.mark.parametrize(
    "expression",
    ["date 'infinity'", "timestamp '-infinity'", "timestamptz 'infinity'", "date '0044-03-15 BC'",
     "timestamp '20000-01-01'"],
)  # fmt: skip
def test_a_date_that_python_and_excel_have_not_is_an_error_and_never_another_date(
    tmp_path: Path, shop: Any, expression: str
) -> None:
    query = f"SELECT n, CASE WHEN n = 70000 THEN {expression} END AS at FROM generate_series(1, 70001) n"

    with pytest.raises(NotColumnarError, match="outside the years 1 to 9999"):
        read("columns", tmp_path, query)
    with pytest.raises(SourceError, match=r"source 'orders' \(sales.yaml:9, connection 'shop'\)") as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert not told.value.retryable
    assert not (tmp_path / "orders.parquet").exists()


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("'NaN'::numeric(10, 2)", "NaN"),
        ("repeat('9', 45)::numeric", "45 digits"),
        ("CASE n WHEN 1 THEN 1e-20 ELSE 1e30 END", "1"),
        ("CASE n WHEN 1 THEN 'NaN' ELSE 0.12345678901234567890 END", "more digits than those keep"),
    ],
)
def test_a_number_that_no_decimal_holds_is_an_error_and_never_rounded(
    tmp_path: Path, shop: Any, expression: str, why: str
) -> None:
    query = f"SELECT n, {expression} AS price FROM generate_series(1, 2) n"

    with pytest.raises(SourceError, match="column 'price' holds what cannot be stored") as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert why in told.value.why


def test_a_numeric_that_is_not_a_number_makes_its_column_floating_where_nothing_is_lost(
    tmp_path: Path, shop: Any
) -> None:
    query = (
        "SELECT CASE n WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' ELSE 1.5 END::numeric AS x FROM generate_series(1, 3) n"
    )

    table = extracted(run_with(tmp_path, query), tmp_path)

    assert table.schema.field("x").type == pa.float64()
    assert [str(value) for value in table["x"].to_pylist()] == ["nan", "inf", "1.5"]


@pytest.mark.parametrize("end", ["", ";", " ; \n", "\n-- the end", " -- the end;"])
def test_a_query_may_end_as_people_end_queries(tmp_path: Path, shop: Any, end: str) -> None:
    for way in ("columns", "rows"):
        assert read(way, tmp_path, "SELECT 1 AS one, '{}'::json AS j" + end).to_pylist() == [{"one": 1, "j": "{}"}]


def test_a_query_that_does_not_stand_in_brackets_is_read_row_by_row(
    tmp_path: Path, shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    table = extracted(run_with(tmp_path, "SELECT 1 AS one, ARRAY[1, 2] AS many; -- done"), tmp_path)

    assert table.to_pylist() == [{"one": 1, "many": "[1, 2]"}]
    assert "read row by row, as the query does not stand in brackets" in caplog.text


def test_the_way_by_columns_is_the_one_taken(tmp_path: Path, shop: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    assert extracted(run_with(tmp_path, "SELECT n FROM generate_series(1, 300000) n"), tmp_path).num_rows == 300_000
    assert "row by row" not in caplog.text


def test_without_the_columnar_driver_rows_come_one_by_one(
    tmp_path: Path, shop: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)

    assert extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path).to_pylist() == [{"one": 1}]
    assert "read row by row, as adbc-driver-postgresql is not installed" in caplog.text


def test_columns_with_odd_names_keep_them(tmp_path: Path, shop: Any) -> None:
    query = """SELECT 1 AS "a ""b"" %s {0}", '[]'::json AS "C:d", 2 AS "select" """

    for way in ("columns", "rows"):
        assert read(way, tmp_path, query).column_names == ['a "b" %s {0}', "C:d", "select"]


def test_two_columns_of_one_name_are_an_error(tmp_path: Path, shop: Any) -> None:
    with pytest.raises(SourceError, match=r"sales.yaml:9.* has two columns called 'A'"):
        extracted(run_with(tmp_path, 'SELECT 1 AS a, 2 AS "A"'), tmp_path)


@pytest.mark.parametrize("way", ["columns", "rows"])
def test_all_rows_are_of_one_moment_which_nothing_changes(tmp_path: Path, shop: Any, way: str) -> None:
    query = (
        "SELECT current_setting('transaction_isolation') AS level, current_setting('transaction_read_only') AS reads"
    )

    assert read(way, tmp_path, query).to_pylist() == [{"level": "repeatable read", "reads": "on"}]


@pytest.mark.parametrize("way", ["columns", "rows"])
def test_the_session_is_in_the_sources_zone_either_way(tmp_path: Path, shop: Any, way: str) -> None:
    query = (
        "SELECT current_setting('TimeZone') AS zone, timestamptz '2026-10-01 00:00 UTC' = '2026-10-01 09:00' AS same"
    )

    assert read(way, tmp_path, query, "Asia/Tokyo").to_pylist() == [{"zone": "Asia/Tokyo", "same": True}]


def test_a_password_and_an_option_of_libpq_hold_for_both_ways(tmp_path: Path, shop: Any, connection: Any) -> None:
    shop.run("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'it''s a \\ secret'")
    query = {"application_name": "o'reports \\", "sslmode": "prefer", "options": "-c geqo=off"}
    fields = shop.fields(sqlalchemy_scheme="postgresql+psycopg", sqlalchemy_query=query)
    connection("shop", **{**fields, "login": "guarded", "password": "it's a \\ secret"})
    asked = (
        "SELECT current_user::text AS who, current_setting('application_name') AS app, current_setting('geqo') AS geqo"
    )

    for way in ("columns", "rows"):
        assert read(way, tmp_path, asked).to_pylist() == [{"who": "guarded", "app": "o'reports \\", "geqo": "off"}]
