"""How new a source's data is, asked of a real MariaDB: names in its own quotes, and its own kinds of timestamp."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from extracts import run_with
from scheduled_reports.errors import SourceError

CALLS = 'CREATE TABLE calls (instant TIMESTAMP(6) NULL, wall DATETIME(6), day DATE, `so ``called`` "%s" :x` DATETIME)'
ROW = "INSERT INTO calls VALUES ('{}', '2026-10-01 08:00:00.5', '2026-10-01', '2026-10-01 08:00:00')"
WALL = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("column", "newest"),
    [
        ("wall", WALL + dt.timedelta(microseconds=500_000)),
        ("day", dt.datetime(2026, 10, 2, tzinfo=dt.UTC) - dt.timedelta(microseconds=1)),
        ('so `called` "%s" :x', WALL),
    ],
)
def test_wall_times_are_in_the_sources_zone(tmp_path: Path, shop: Any, column: str, newest: dt.datetime) -> None:
    shop.run(CALLS, ROW.format("2026-10-01 08:00:00"))
    run = run_with(tmp_path, "WITH x AS (SELECT * FROM calls) SELECT * FROM x; -- all")

    assert run.report.spec.sources["orders"].newest(run, "orders", column) == newest


def test_a_timestamp_is_an_instant_whatever_the_servers_zone(tmp_path: Path, shop: Any) -> None:
    shop.run(CALLS, ROW.format("2026-10-01 08:00:00"))
    run = run_with(tmp_path, "SELECT * FROM calls")

    newest = run.report.spec.sources["orders"].newest(run, "orders", "instant")

    assert newest == dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC)


def test_a_column_that_is_not_there_is_an_error(tmp_path: Path, shop: Any) -> None:
    shop.run(CALLS)
    run = run_with(tmp_path, "SELECT * FROM calls")
    source = run.report.spec.sources["orders"]

    with pytest.raises(SourceError, match=r"Unknown column 'q\.at'"):
        source.newest(run, "orders", "at")
    assert source.newest(run, "orders", "wall") is None
