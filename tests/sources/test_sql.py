"""The source `sql`, over real SQLite databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runs import connect_shop, run_of
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables
from specs import SALES

BINDS = """SELECT :period_start AS period_start, :period_end AS period_end, :previous_start AS previous_start,
               :period_start_date AS first_day, :period_end_date AS day_after, :timezone AS zone"""
QUERY = SALES[SALES.index("SELECT customer") : SALES.index("datasets:")].strip()


def extracted(run: Run, folder: Path) -> list[dict[str, Any]]:
    run.report.spec.sources["orders"].extract(run, "orders", folder / "orders.parquet")
    return list(Tables(folder).read("orders").to_pylist())


@pytest.mark.parametrize(
    ("zone", "start", "end", "before"),
    [
        ("UTC", "2026-09-30 22:00:00", "2026-10-01 22:00:00", "2026-09-29 22:00:00"),
        ("Europe/Berlin", "2026-10-01 00:00:00", "2026-10-02 00:00:00", "2026-09-30 00:00:00"),
        ("America/New_York", "2026-09-30 18:00:00", "2026-10-01 18:00:00", "2026-09-29 18:00:00"),
    ],
)
def test_the_period_is_bound_as_wall_time_of_the_database(
    tmp_path: Path, connection: Callable[..., None], zone: str, start: str, end: str, before: str
) -> None:
    text = SALES.replace(QUERY, BINDS).replace("connection: shop", f"connection: shop\n    timezone: {zone}")
    connect_shop(connection, tmp_path)

    [row] = extracted(run_of(tmp_path, text), tmp_path)

    assert row == {
        "period_start": start, "period_end": end, "previous_start": before,
        "first_day": "2026-10-01", "day_after": "2026-10-02", "zone": "Europe/Berlin",
    }  # fmt: skip


def test_a_database_in_local_time_gives_the_rows_of_the_local_day(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    run = run_of(tmp_path, SALES.replace("connection: shop", "connection: shop\n    timezone: Europe/Berlin"))
    connect_shop(connection, tmp_path)
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("DELETE FROM orders")
        times = ("2026-09-30 23:59:59", "2026-10-01 00:00:00", "2026-10-01 23:59:59", "2026-10-02 00:00:00")
        shop.executemany("INSERT INTO orders VALUES (?, 'x', 1)", [(time,) for time in times])
    shop.close()

    assert len(extracted(run, tmp_path)) == 2


def test_parameters_are_bound_with_their_types(tmp_path: Path, connection: Callable[..., None]) -> None:
    parameters = (
        "parameters:\n  day: {type: date, default: '2026-10-01'}\n  least: {type: number, default: 1}\n"
        "  on: {type: boolean, default: true}\n  none: {type: text, default: null}\nsources:"
    )
    query = "SELECT :day AS day, :least + 0.5 AS least, typeof(:none) AS none, :on AS yes"
    run = run_of(tmp_path, SALES.replace("sources:", parameters).replace(QUERY, query))
    connect_shop(connection, tmp_path)

    assert extracted(run, tmp_path) == [{"day": "2026-10-01", "least": 1.5, "none": "null", "yes": 1}]


def test_more_rows_than_a_batch_arrive_all_and_in_order(tmp_path: Path, connection: Callable[..., None]) -> None:
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000) SELECT i FROM n"
    run = run_of(tmp_path, SALES.replace(QUERY, query))
    connect_shop(connection, tmp_path)

    assert [row["i"] for row in extracted(run, tmp_path)] == list(range(1, 120_001))


def test_a_locked_database_is_worth_another_attempt(tmp_path: Path, connection: Callable[..., None]) -> None:
    run = run_of(tmp_path)
    connection("shop", conn_type="sqlite", host=f"{tmp_path / 'shop.db'}?timeout=0.1")
    assert len(extracted(run, tmp_path)) == 3
    writer = sqlite3.connect(tmp_path / "shop.db")
    writer.execute("BEGIN EXCLUSIVE")

    with pytest.raises(SourceError, match="database is locked") as caught:
        extracted(run, tmp_path)
    writer.rollback()
    writer.close()

    assert "source 'orders' (sales.yaml:7, connection 'shop') failed" in str(caught.value)
    assert caught.value.retryable


@pytest.mark.parametrize("query", ["SELECT nothing FROM orders", "SELEC 1", "SELECT sqrt('x', 2)"])
def test_a_statement_that_is_wrong_is_not_tried_again(
    tmp_path: Path, connection: Callable[..., None], query: str
) -> None:
    run = run_of(tmp_path, SALES.replace(QUERY, query))
    connect_shop(connection, tmp_path)

    with pytest.raises(SourceError, match="connection 'shop'") as caught:
        extracted(run, tmp_path)

    assert not caught.value.retryable
    assert "reports preview" in caught.value.fix


def test_a_column_that_mixes_text_and_numbers_is_told_with_the_source(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    run = run_of(tmp_path, SALES.replace(QUERY, "SELECT 1 AS answer UNION ALL SELECT 'many'"))
    connect_shop(connection, tmp_path)

    with pytest.raises(SourceError, match=r"source 'orders' .*: column 'answer' mixes int and str"):
        extracted(run, tmp_path)
