"""The source `sql` on a real MariaDB whose time zone is neither UTC nor asked for."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from extracts import answer, extracted, run_with, spec_with
from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.databases import Asked, database_of
from scheduled_reports.databases.session import Session
from scheduled_reports.errors import SourceError

KINDS = """CREATE TABLE kinds (
    price DECIMAL(10, 2), unsigned_price DECIMAL(10, 2) UNSIGNED, wide DECIMAL(65, 10), tiny TINYINT(1), yes BOOLEAN,
    small SMALLINT, big BIGINT, large BIGINT UNSIGNED, ratio DOUBLE, rough FLOAT, day DATE, wall DATETIME(6),
    instant TIMESTAMP(6) NULL, lasted TIME(3), year_ YEAR, word VARCHAR(40), note TEXT, raw BLOB, fixed BINARY(2),
    document JSON, choice ENUM('a', 'b')
) CHARACTER SET utf8mb4"""
ROW = """INSERT INTO kinds VALUES (
    12.50, 99999999.99, '1234567890123456789.0123456789', 5, true, -7, -9000000000, 12, 1.5, 0.1, '2026-10-01',
    '2026-10-01 08:00:00.123456', '2026-10-01 08:00:00.5', '-08:30:00.5', 2026, 'ä🎉', '', x'00ff', x'0102',
    '{"a": [1, null]}', 'b')"""
WALL = dt.datetime(2026, 10, 1, 8, 0, 0, 123456)  # noqa: DTZ001


def test_values_keep_their_types_and_missing_ones_stay_missing(tmp_path: Path, shop: Any) -> None:
    shop.run(KINDS, ROW, "INSERT INTO kinds (price) VALUES (NULL)")

    table = extracted(run_with(tmp_path, "SELECT * FROM kinds"), tmp_path)
    first, nothing = table.to_pylist()

    assert first == {
        "price": Decimal("12.50"), "unsigned_price": Decimal("99999999.99"),
        "wide": Decimal("1234567890123456789.0123456789"), "tiny": 5, "yes": 1, "small": -7, "big": -9_000_000_000,
        "large": 12, "ratio": 1.5, "rough": 0.1, "day": dt.date(2026, 10, 1), "wall": WALL,
        "instant": dt.datetime(2026, 10, 1, 6, 0, 0, 500_000, tzinfo=dt.UTC), "lasted": -30_600.5, "year_": 2026,
        "word": "ä🎉", "note": "", "raw": b"\x00\xff", "fixed": b"\x01\x02", "document": '{"a": [1, null]}',
        "choice": "b",
    }  # fmt: skip
    assert set(nothing.values()) == {None}


def test_no_rows_have_the_types_of_rows(tmp_path: Path, shop: Any) -> None:
    shop.run(KINDS, ROW)
    some = extracted(run_with(tmp_path, "SELECT * FROM kinds"), tmp_path).schema
    none = extracted(run_with(tmp_path, "SELECT * FROM kinds WHERE price > 100"), tmp_path).schema

    different = {name for name in some.names if some.field(name).type != none.field(name).type}
    assert different == {"wide"}, "DECIMAL of more than 38 digits has to be looked at"
    assert (none.field("price").type, none.field("unsigned_price").type) == (pa.decimal128(10, 2), pa.decimal128(10, 2))


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("18446744073709551615", Decimal(2**64 - 1)),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_whole_numbers_beyond_64_bits_keep_every_digit(tmp_path: Path, shop: Any, value: str, stored: Any) -> None:
    shop.run("CREATE TABLE t (n BIGINT UNSIGNED)", f"INSERT INTO t VALUES (1), ({value})")

    assert extracted(run_with(tmp_path, "SELECT n FROM t ORDER BY n"), tmp_path)["n"].to_pylist() == [1, stored]


def test_a_zero_date_is_nothing_as_the_database_itself_says(tmp_path: Path, shop: Any) -> None:
    shop.run(
        "CREATE TABLE t (n INT, day DATE NOT NULL, at DATETIME NOT NULL)",
        "INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00 00:00:00'), (2, '2026-10-01', '2026-10-01 08:00:00')",
    )

    rows = extracted(run_with(tmp_path, "SELECT day, at FROM t ORDER BY n"), tmp_path).to_pylist()

    assert rows[0] == {"day": None, "at": None}
    assert rows[1]["day"] == dt.date(2026, 10, 1)
    assert shop.run("SELECT n FROM t WHERE day IS NULL") == [(1,)]


def test_a_date_that_no_calendar_has_is_an_error_that_shows_it(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE TABLE t (day DATE)", "INSERT INTO t VALUES ('2026-10-00')")

    with pytest.raises(SourceError, match=r"sales.yaml:9.*column 'day' holds 2026-10-00, which is no date") as told:
        extracted(run_with(tmp_path, "SELECT day FROM t"), tmp_path)

    assert "CAST it AS CHAR" in told.value.fix


def test_timestamps_compare_with_the_period_in_utc_whatever_the_servers_zone(tmp_path: Path, shop: Any) -> None:
    shop.run(
        "SET time_zone = '+00:00'",
        "CREATE TABLE t (n INT, at TIMESTAMP NULL)",
        "INSERT INTO t VALUES (1, '2026-09-30 21:59:59'), (2, '2026-09-30 22:00:00'), (3, '2026-10-01 21:59:59'), "
        "(4, '2026-10-01 22:00:00')",
    )
    query = "SELECT n, at FROM t WHERE at >= :period_start AND at < :period_end ORDER BY n"

    table = extracted(run_with(tmp_path, query), tmp_path)

    assert table["n"].to_pylist() == [2, 3]
    assert table["at"].to_pylist()[0] == dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)


def test_a_zone_that_the_server_does_not_know_is_told_with_what_to_do(tmp_path: Path, shop: Any) -> None:
    with pytest.raises(SourceError, match="does not know the time zone Europe/Berlin") as told:
        extracted(run_with(tmp_path, "SELECT 1 AS one", zone="Europe/Berlin"), tmp_path)

    assert "mariadb-tzinfo-to-sql" in told.value.fix
    assert not told.value.retryable


def test_a_zone_that_the_server_knows_is_the_sessions(tmp_path: Path, shop: Any) -> None:
    shop.run(
        "INSERT IGNORE INTO mysql.time_zone (Time_zone_id) VALUES (900)",
        "INSERT IGNORE INTO mysql.time_zone_name VALUES ('Asia/Tokyo', 900)",
        "INSERT IGNORE INTO mysql.time_zone_transition_type VALUES (900, 0, 32400, 0, 'JST')",
        "CREATE TABLE t (at TIMESTAMP NULL)",
        "INSERT INTO t VALUES (FROM_UNIXTIME(86400))",
    )
    run = run_with(tmp_path, "SELECT @@time_zone AS zone, at FROM t", zone="Asia/Tokyo")

    assert extracted(run, tmp_path).to_pylist() == [{"zone": "Asia/Tokyo", "at": dt.datetime(1970, 1, 2, 9)}]  # noqa: DTZ001


def test_parameters_are_bound_with_their_types_and_percents_stay(tmp_path: Path, shop: Any) -> None:
    parameters = (
        "parameters:\n  day: {type: date, default: '2026-10-01'}\n  least: {type: number, default: 1.5}\n"
        '  word: {type: text, default: "o\'ä🎉"}\n  none: {type: text, default: null}\nsources:'
    )
    query = """
        SELECT DATEDIFF('2026-10-02', :day) AS days, 2 > :least AS more, :word AS word, :none IS NULL AS nothing,
               'a%sb' LIKE 'a%' AS alike, 7 % 4 AS rest"""

    assert extracted(run_of(tmp_path, spec_with(query).replace("sources:", parameters)), tmp_path).to_pylist() == [
        {"days": 1, "more": 1, "word": "o'ä🎉", "nothing": 1, "alike": 1, "rest": 3}
    ]


def test_many_rows_arrive_all_and_in_order(tmp_path: Path, shop: Any) -> None:
    table = extracted(run_with(tmp_path, "SELECT seq AS n FROM seq_1_to_120000"), tmp_path)

    assert table["n"].to_pylist() == list(range(1, 120_001))


def test_rows_stream_from_the_server_and_those_not_wanted_are_not_fetched(shop: Any) -> None:
    database = database_of(airflow_connection, "shop")
    asked = Asked("SELECT seq, repeat('x', 1000) AS word FROM seq_1_to_100000000", {}, "UTC", "source 'x'")
    running = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT seq, %'"

    tables = database.rows(asked, Session(dt.timedelta(minutes=5)))
    assert next(tables).num_rows == 0
    assert next(tables)["seq"].to_pylist()[:2] == [1, 2]
    assert shop.run(running) == [(1,)]
    tables.close()

    while shop.run(running) != [(0,)]:
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("query", "why", "fix"),
    [
        ("SELECT nothing FROM t", "Unknown column 'nothing'", "mend the query"),
        ("SELECT 1 FROM no_such_table", r"no_such_table' doesn't exist", "correct its name"),
        ("SELEC 1", "SQL syntax", "mend the query"),
        ("INSERT INTO t VALUES (1)", "the query begins with INSERT", "a source only reads"),
        ("SELECT write_one() AS one", "READ ONLY transaction", "a source only reads"),
    ],
)
def test_a_statement_that_is_wrong_is_told_with_its_place_and_not_tried_again(
    tmp_path: Path, shop: Any, query: str, why: str, fix: str
) -> None:
    shop.run(
        "CREATE TABLE t (n INT)",
        "CREATE FUNCTION write_one() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (1); RETURN 1; END",
    )

    with pytest.raises(SourceError, match=why) as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert "source 'orders' (sales.yaml:9, connection 'shop') failed" in str(told.value)
    assert fix in told.value.fix
    assert not told.value.retryable
    assert shop.run("SELECT count(*) FROM t") == [(0,)]


def test_a_query_that_takes_too_long_is_ended_at_the_server(tmp_path: Path, shop: Any) -> None:
    query = "SELECT sum(a.seq * b.seq) AS x FROM seq_1_to_1000000 a, seq_1_to_1000000 b"

    with pytest.raises(SourceError, match=r"sales.yaml:9.*was ended after its `timeout` of 1s") as told:
        extracted(run_with(tmp_path, query, timeout="1s"), tmp_path)

    assert told.value.retryable
    assert "raise `timeout`" in told.value.fix
    assert shop.run("SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT sum(a%'") == [(0,)]


def test_a_server_that_ends_the_connection_while_it_answers_is_worth_another_attempt(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE FUNCTION die() RETURNS INT BEGIN KILL CONNECTION_ID(); RETURN 1; END")

    with pytest.raises(SourceError, match=r"sales.yaml:9") as told:
        extracted(run_with(tmp_path, "SELECT seq, IF(seq = 90000, die(), 0) AS x FROM seq_1_to_200000"), tmp_path)

    assert told.value.retryable


def test_a_server_that_cannot_be_reached_is_worth_another_attempt(
    tmp_path: Path, shop: Any, connection: Callable[..., None]
) -> None:
    connection("shop", **{**json.loads(os.environ["AIRFLOW_CONN_SHOP"]), "port": 1})

    with pytest.raises(SourceError, match="Can't connect to MySQL server") as told:
        extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path)

    assert told.value.retryable
    assert "127.0.0.1:1" in told.value.fix


def test_a_wrong_password_is_told_and_not_tried_again(
    tmp_path: Path, shop: Any, connection: Callable[..., None]
) -> None:
    shop.run("CREATE OR REPLACE USER guarded@'127.0.0.1' IDENTIFIED BY 'right'")
    connection("shop", **{**shop.fields(), "login": "guarded", "password": "wrong-password"})

    with pytest.raises(SourceError, match="Access denied for user 'guarded'") as told:
        extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path)

    assert not told.value.retryable
    assert "wrong-password" not in str(told.value)


def test_all_rows_are_of_one_moment(tmp_path: Path, shop: Any) -> None:
    assert answer(tmp_path, "SELECT @@tx_isolation AS isolation") == "REPEATABLE-READ"


def test_no_connection_is_left_open(tmp_path: Path, shop: Any) -> None:
    extracted(run_with(tmp_path, "SELECT 1 AS one"), tmp_path)
    with pytest.raises(SourceError):
        extracted(run_with(tmp_path, "SELECT nothing AS one"), tmp_path)

    mine = f"SELECT count(*) FROM information_schema.processlist WHERE db = '{shop.name}' AND id <> CONNECTION_ID()"
    assert shop.run(mine) == [(0,)]
