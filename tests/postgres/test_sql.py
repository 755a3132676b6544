"""The source `sql` on a real PostgreSQL whose time zone is neither UTC nor asked for."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runs import run_of
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from specs import SALES

QUERY = SALES[SALES.index("      SELECT customer") : SALES.index("datasets:")]
ORDERS = """
    CREATE TABLE orders (number int, at timestamptz, wall timestamp);
    INSERT INTO orders SELECT n, hour, hour AT TIME ZONE '{zone}' FROM (
      SELECT n, '{midnight} Europe/Berlin'::timestamptz + n * interval '1 hour' AS hour FROM generate_series(-3, 28) n
    ) hours
"""
KINDS = """
    SELECT 12.50::numeric(10, 2) AS price, 7 AS whole, true AS yes, date '2026-10-01' AS day, 'ä'::text AS word,
           timestamptz '2026-10-01 00:00 Europe/Berlin' AS instant, timestamp '2026-10-01 00:00' AS wall,
           '{"a": [1, null]}'::jsonb AS document, '\\x00ff'::bytea AS raw, 1.5::float8 AS ratio,
           '6f1c1f0e-4a5c-5f0b-9c58-7f5a3c2f9a11'::uuid AS id, 9000000000::bigint AS big
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
"""


def run_with(folder: Path, query: str, *, zone: str | None = None, **changes: Any) -> Run:
    text = SALES.replace(QUERY, indent(query.strip("\n"), " " * 6) + "\n")
    return run_of(
        folder, text.replace("connection: shop", f"connection: shop\n    timezone: {zone or 'UTC'}"), **changes
    )


def extracted(run: Run, folder: Path) -> pa.Table:
    run.report.spec.sources["orders"].extract(run, "orders", folder / "orders.parquet")
    return pq.read_table(folder / "orders.parquet")


def answer(folder: Path, query: str) -> Any:
    [row] = extracted(run_with(folder, query), folder).to_pylist()
    return next(iter(row.values()))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("column", ["at", "wall"])
@pytest.mark.parametrize(("day", "hours"), [(dt.date(2026, 10, 1), 24), (dt.date(2026, 10, 25), 25)])
def test_every_kind_of_timestamp_gives_exactly_the_rows_of_the_period(
    tmp_path: Path, shop: Any, zone: str, column: str, day: dt.date, hours: int
) -> None:
    shop.run(ORDERS.format(zone=zone, midnight=day))
    query = f"SELECT number FROM orders WHERE {column} >= :period_start AND {column} < :period_end ORDER BY at"
    run = run_with(tmp_path, query, zone=zone)
    run = run_with(tmp_path, query, zone=zone, period=run.report.timing(run.schedule).period_of(day))

    assert extracted(run, tmp_path)["number"].to_pylist() == list(range(hours))


def test_the_session_is_in_the_sources_time_zone_and_the_next_one_is_not(tmp_path: Path, shop: Any) -> None:
    query = "SELECT current_setting('TimeZone') AS zone"

    assert extracted(run_with(tmp_path, query, zone="Asia/Tokyo"), tmp_path)["zone"].to_pylist() == ["Asia/Tokyo"]
    assert shop.run(query) == [("Europe/Berlin",)]


def test_values_keep_their_types(tmp_path: Path, shop: Any) -> None:
    table = extracted(run_with(tmp_path, KINDS), tmp_path)
    first, nothing = table.to_pylist()

    assert json.loads(first.pop("document")) == {"a": [1, None]}
    assert first == {
        "price": Decimal("12.50"), "whole": 7, "yes": True, "day": dt.date(2026, 10, 1), "word": "ä",
        "instant": dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC), "wall": dt.datetime(2026, 10, 1), "raw": b"\x00\xff",  # noqa: DTZ001
        "ratio": 1.5, "id": "6f1c1f0e-4a5c-5f0b-9c58-7f5a3c2f9a11", "big": 9_000_000_000,
    }  # fmt: skip
    assert set(nothing.values()) == {None}
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["price"].startswith("decimal128")
    assert (kinds["whole"], kinds["instant"], kinds["wall"], kinds["day"], kinds["document"]) == (
        "int64", "timestamp[us, tz=UTC]", "timestamp[us]", "date32[day]", "string",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("SELECT :period_start::date AS day", dt.date(2026, 9, 30)),
        ("SELECT date_trunc('day', :period_end::timestamptz)::date AS day", dt.date(2026, 10, 1)),
        ("SELECT date '2026-10-01' >= :period_start_date AND date '2026-10-01' < :period_end_date AS yes", True),
        ("SELECT :period_start_date::date + 1 AS day", dt.date(2026, 10, 2)),
        ("SELECT timestamptz '2026-10-01 00:00+00' AT TIME ZONE :timezone AS wall", dt.datetime(2026, 10, 1, 2)),  # noqa: DTZ001
        ("SELECT :timezone AS zone", "Europe/Berlin"),
        ("SELECT ':x' || '::y' AS text", ":x::y"),
        ("SELECT 'a%sb' LIKE 'a%' AS yes", True),
        ("SELECT $$ :x $$ AS text", " :x "),
        ("SELECT $tag$ :x $$ $tag$ AS text", " :x $$ "),
        ("SELECT (ARRAY[1, 2, 3])[2:3] AS part", "[2, 3]"),
        ("SELECT '{\"a\": 1}'::jsonb ? 'a' AS yes", True),
        ("SELECT 1 AS one;", 1),
        ("SELECT '100%' || :timezone AS text", "100%Europe/Berlin"),
        ("SELECT 7 % 4 AS rest", 3),
    ],
)
def test_what_postgresql_writes_in_its_own_way_means_what_it_says(
    tmp_path: Path, shop: Any, query: str, value: Any
) -> None:
    assert answer(tmp_path, query) == value


def test_parameters_are_bound_with_their_types(tmp_path: Path, shop: Any) -> None:
    parameters = (
        "parameters:\n  day: {type: date, default: '2026-10-01'}\n  least: {type: number, default: 1.5}\n"
        "  on: {type: boolean, default: true}\n  word: {type: text, default: north}\n"
        "  none: {type: text, default: null}\nsources:"
    )
    query = """
        SELECT date '2026-10-02' - :day AS days, 2 > :least AS more, true = :on AS yes, 'north' = :word AS same,
               :day >= date '2026-01-01' AS later, (:none IS NULL OR :none = 'x') AND :word IS NOT NULL AS optional"""
    text = SALES.replace("sources:", parameters).replace(QUERY, indent(query.strip("\n"), " " * 6) + "\n")

    assert extracted(run_of(tmp_path, text), tmp_path).to_pylist() == [
        {"days": 1, "more": True, "yes": True, "same": True, "later": True, "optional": True}
    ]


def test_many_rows_stream_from_a_cursor_that_the_server_keeps(tmp_path: Path, shop: Any) -> None:
    query = "SELECT n, (SELECT count(*) FROM pg_cursors) AS cursors FROM generate_series(1, 200000) n"
    table = extracted(run_with(tmp_path, query), tmp_path)

    assert table["n"].to_pylist() == list(range(1, 200_001))
    assert set(table["cursors"].to_pylist()) == {1}


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT nothing FROM pg_class", "nothing"),
        ("SELEC 1", "SELEC"),
        ("SELECT 1 FROM no_such_table", "no_such_table"),
        ("SELECT 1 / (n - 150000) AS x FROM generate_series(1, 200000) n", "division by zero"),
    ],
)
def test_a_statement_that_is_wrong_is_told_with_its_place_and_not_tried_again(
    tmp_path: Path, shop: Any, query: str, why: str
) -> None:
    with pytest.raises(SourceError, match=why) as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert "source 'orders' (sales.yaml:8, connection 'shop') failed" in str(told.value)
    assert not told.value.retryable


def test_a_server_that_cannot_be_reached_is_worth_another_attempt(
    tmp_path: Path, shop: Any, connection: Callable[..., None]
) -> None:
    fields = json.loads(os.environ["AIRFLOW_CONN_SHOP"])
    connection("shop", **{**fields, "port": 1})

    with pytest.raises(SourceError, match=r"(?i)connection.*refused") as told:
        extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path)

    assert told.value.retryable


@pytest.mark.filterwarnings("ignore:<psycopg.ServerCursor:ResourceWarning")  # SQLAlchemy drops what is lost, unclosed
def test_a_server_that_goes_away_while_it_answers_is_worth_another_attempt(tmp_path: Path, shop: Any) -> None:
    query = """
        SELECT n, CASE WHEN n = 150000 THEN pg_terminate_backend(pg_backend_pid()) END AS ended
        FROM generate_series(1, 200000) n"""

    with pytest.raises(SourceError, match=r"sales.yaml:8") as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert told.value.retryable
    del told
    gc.collect()


def test_a_wrong_password_is_told_and_not_tried_again(
    tmp_path: Path, shop: Any, connection: Callable[..., None]
) -> None:
    shop.run("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right'")
    fields = {**json.loads(os.environ["AIRFLOW_CONN_SHOP"]), "login": "guarded"}
    run = run_with(tmp_path, "SELECT current_user::text AS who")

    connection("shop", **fields, password="right")
    assert extracted(run, tmp_path)["who"].to_pylist() == ["guarded"]
    connection("shop", **fields, password="wrong-password")
    with pytest.raises(SourceError, match='password authentication failed for user "guarded"') as told:
        extracted(run, tmp_path)

    assert not told.value.retryable
    assert "wrong-password" not in str(told.value)


def test_no_connection_is_left_open(tmp_path: Path, shop: Any) -> None:
    extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path)
    with pytest.raises(SourceError):
        extracted(run_with(tmp_path, "SELECT 1 / 0 AS one"), tmp_path)

    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    while shop.run(others) != [(0,)]:  # the server takes a moment to notice
        pass
