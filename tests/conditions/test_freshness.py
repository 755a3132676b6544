"""The condition `freshness`: over real databases, files and tables."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_runs import spec_of
from judging import evidence_of, tables_of
from runs import NOW, connect_shop, run_of
from scheduled_reports.conditions import Evidence, Verdict
from scheduled_reports.conditions.freshness import Freshness
from scheduled_reports.errors import SourceError, UnknownConnectionError
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from specs import SALES

CALLS = SALES.replace(
    SALES[SALES.index("      SELECT customer") : SALES.index("datasets:")],
    "      SELECT customer, amount, ordered_at FROM orders WHERE ordered_at >= :period_start_date;  -- all since\n",
).replace("connection: shop", "connection: shop\n    timezone: Europe/Berlin")
Connect = Callable[..., None]


def judged(folder: Path, run: Run | None = None, now: dt.datetime = NOW, **fields: Any) -> Verdict:
    tables = {name: fields.pop(name) for name in ("calls",) if name in fields}
    condition = Freshness.model_validate({"type": "freshness", **fields})
    return condition.judge(evidence_of(folder, run=run or run_of(folder, CALLS), now=now, **tables))


def ordered(folder: Path, *times: str | None) -> Run:
    """Return a run whose database has one order for each time, in Berlin's."""
    run = run_of(folder, CALLS)
    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("DELETE FROM orders")
        shop.executemany("INSERT INTO orders VALUES (?, 'x', 1)", [(time,) for time in times])
    shop.close()
    return run


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, connection: Connect) -> None:
    connect_shop(connection, tmp_path)


@pytest.mark.parametrize(
    ("newest", "within", "met", "reason"),
    [
        ("2026-10-02 05:02:00", "2h", True, "2026-10-02 05:02, 1h 28m old"),
        ("2026-10-02 04:30:00", "2h", True, "2026-10-02 04:30, 2h old"),
        ("2026-10-02 04:29:59", "2h", False, "2026-10-02 04:29, 2h old, at most 2h allowed"),
        ("2026-10-02 03:20:00", "2h", False, "2026-10-02 03:20, 3h 10m old, at most 2h allowed"),
        ("2026-10-02 06:29:30", "1m", True, "2026-10-02 06:29, 30s old"),
        ("2026-10-01 00:00:00", "1d", False, "2026-10-01 00:00, 1d 6h old, at most 1d allowed"),
        ("2026-10-02 06:30:00", "1m", True, "2026-10-02 06:30"),
        ("2026-10-02 06:40:00", "1m", True,
         "2026-10-02 06:40, which is in the future: a clock is wrong, or a time zone"),
    ],
)  # fmt: skip
def test_a_source_is_asked_at_the_gate_in_its_own_zone(
    tmp_path: Path, newest: str, within: str, met: bool, reason: str
) -> None:
    run = ordered(tmp_path, "2026-10-01 00:00:00", newest)

    verdict = judged(tmp_path, run, source="orders", column="ordered_at", within=within)

    assert (verdict.met, verdict.reason) == (met, f"orders: newest ordered_at is {reason}")


def test_what_was_measured_is_kept_for_runs_to_come(tmp_path: Path) -> None:
    run = ordered(tmp_path, "2026-10-02 05:02:00")

    assert judged(tmp_path, run, source="orders", column="ordered_at", within="2h").value == "2026-10-02T03:02:00+00:00"


def test_only_the_rows_of_the_query_count(tmp_path: Path) -> None:
    run = ordered(tmp_path, "2026-09-30 23:59:59")

    verdict = judged(tmp_path, run, source="orders", column="ordered_at", within="2h")

    assert verdict == Verdict(False, "orders has no timestamp in ordered_at")


@pytest.mark.parametrize(
    ("newest", "fields", "met", "reason"),
    [
        ("2026-10-01 23:00:00", {"within": "2h", "of": "period_end"}, True,
         "2026-10-01 23:00, 1h before the end of the period"),
        ("2026-10-01 21:00:00", {"within": "2h", "of": "period_end"}, False,
         "2026-10-01 21:00, 3h before the end of the period, at most 2h allowed"),
        ("2026-10-02 01:00:00", {"within": "2h", "of": "period_end"}, True,
         "2026-10-02 01:00, which reaches the end of the period"),
        ("2026-10-02 00:00:00", {"reaches": "period_end"}, True, "2026-10-02 00:00"),
        ("2026-10-01 23:59:59", {"reaches": "period_end"}, False,
         "2026-10-01 23:59, before the end of the period, 2026-10-02 00:00"),
        ("2026-10-01", {"reaches": "period_end"}, True, "2026-10-01 23:59"),
        ("2026-10-01", {"within": "7h"}, True, "2026-10-01 23:59, 6h 30m old"),
        ("2026-10-02", {"within": "1m"}, True, "2026-10-02 23:59"),
    ],
)  # fmt: skip
def test_it_may_be_counted_from_the_end_of_the_period_and_a_day_is_all_of_it(
    tmp_path: Path, newest: str, fields: dict[str, str], met: bool, reason: str
) -> None:
    verdict = judged(tmp_path, ordered(tmp_path, newest), source="orders", column="ordered_at", **fields)

    assert (verdict.met, verdict.reason) == (met, f"orders: newest ordered_at is {reason}")


@pytest.mark.parametrize("newest", ["9999-12-31", "2026-10-05 00:00:00", "2027-01-01 00:00:00"])
def test_a_column_with_plans_would_be_fresh_for_ever_and_is_an_error(tmp_path: Path, newest: str) -> None:
    run = ordered(tmp_path, newest)

    with pytest.raises(SourceError, match="nobody can tell how fresh the data is"):
        judged(tmp_path, run, source="orders", column="ordered_at", within="2h")


@pytest.mark.parametrize(
    ("column", "error"),
    [("order_at", "no such column"), ('ordered_at") OR 1=1 --', "no such column"), ("amount", "gives no timestamp"),
     ("customer", "gives no timestamp")],
)  # fmt: skip
def test_a_column_that_is_not_there_or_no_timestamp_is_an_error(tmp_path: Path, column: str, error: str) -> None:
    run = ordered(tmp_path, "2026-10-02 05:00:00")

    with pytest.raises(SourceError, match=error) as told:
        judged(tmp_path, run, source="orders", column=column, within="2h")

    assert f"the newest {column!r} of source 'orders'" in told.value.what
    assert not told.value.retryable


def test_a_query_gives_the_newest_timestamp_of_a_database(tmp_path: Path) -> None:
    run = ordered(tmp_path, "2026-09-30 23:00:00", "2026-10-02 05:00:00")
    fields = {"connection": "shop", "within": "2h", "timezone": "Europe/Berlin"}

    before = judged(tmp_path, run, sql="SELECT max(ordered_at) FROM orders WHERE ordered_at < :period_start", **fields)
    at_all = judged(tmp_path, run, sql="SELECT max(ordered_at) FROM orders", **fields)
    nothing = judged(tmp_path, run, sql="SELECT ordered_at FROM orders WHERE 0", **fields)

    assert before.reason == "shop: newest timestamp is 2026-09-30 23:00, 1d 7h old, at most 2h allowed"
    assert (at_all.met, at_all.reason) == (True, "shop: newest timestamp is 2026-10-02 05:00, 1h 30m old")
    assert (nothing.met, nothing.reason) == (False, "shop has no timestamp")


@pytest.mark.parametrize("sql", ["SELECT 1790000000", "SELECT 'soon'", "SELECT ordered_at FROM orders", "SELECT 1, 2"])
def test_an_answer_that_is_no_timestamp_is_an_error(tmp_path: Path, sql: str) -> None:
    run = ordered(tmp_path, "2026-10-01 00:00:00", "2026-10-02 00:00:00")

    with pytest.raises(SourceError):
        judged(tmp_path, run, connection="shop", sql=sql, within="2h")


def test_a_connection_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownConnectionError):
        judged(tmp_path, connection="nowhere", sql="SELECT 1", within="2h")


def test_a_file_source_is_as_new_as_the_newest_of_its_files(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec_of(f"{tmp_path}/in/{{{{ period.start:%Y%m%d }}}}_*.csv", missing="skip"))
    (tmp_path / "in").mkdir()
    nothing = judged(tmp_path, run, source="orders", within="2h")
    for name, hours in (("20261001_a.csv", 5), ("20261001_b.csv", 1), ("20261002_a.csv", 0), (".20261001_c.csv", 0)):
        path, at = tmp_path / "in" / name, (NOW - dt.timedelta(hours=hours)).timestamp()
        path.write_text("id\n1\n")
        os.utime(path, (at, at))

    verdict = judged(tmp_path, run, source="orders", within="2h")

    assert nothing == Verdict(False, "orders has no file")
    assert (verdict.met, verdict.reason) == (True, "orders: newest file is 2026-10-02 05:30, 1h old")
    assert not judged(tmp_path, run, source="orders", within="59m").met


@pytest.mark.parametrize(
    ("column", "zone", "reason"),
    [
        (pa.array([dt.datetime(2026, 10, 2, 5), None]), None, "2026-10-02 07:00, which is in the future"),  # noqa: DTZ001
        (pa.array([dt.datetime(2026, 10, 2, 5)]), "Europe/Berlin", "2026-10-02 05:00, 1h 30m old"),  # noqa: DTZ001
        (pa.array([dt.datetime(2026, 10, 2, 3, tzinfo=dt.UTC)]), "Asia/Tokyo", "2026-10-02 05:00, 1h 30m old"),
        (pa.array([dt.date(2026, 10, 1)]), "Europe/Berlin", "2026-10-01 23:59, 6h 30m old"),
        (pa.array(["2026-10-02 05:00", "2026-10-01"]), "Europe/Berlin", "2026-10-02 05:00, 1h 30m old"),
    ],
)
def test_an_extracted_table_is_judged_in_the_zone_that_is_given(
    tmp_path: Path, column: pa.Array, zone: str | None, reason: str
) -> None:
    given = {"timezone": zone} if zone else {}
    table = pa.table({"started_at": column})

    verdict = judged(tmp_path, dataset="calls", column="started_at", within="1d", calls=table, **given)

    assert verdict.met
    assert verdict.reason.startswith(f"calls: newest started_at is {reason}")


def test_an_extracted_source_has_its_own_zone_unless_another_is_given(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, orders={"at": [dt.datetime(2026, 10, 2, 5)]})  # noqa: DTZ001
    run = run_of(tmp_path, CALLS)
    evidence = Evidence(run, NOW, tables, PastRuns(run, None))
    condition = {"type": "freshness", "dataset": "orders", "column": "at", "within": "2h"}

    own = Freshness.model_validate(condition).judge(evidence)
    given = Freshness.model_validate({**condition, "timezone": "UTC"}).judge(evidence)

    assert own.reason == "orders: newest at is 2026-10-02 05:00, 1h 30m old"
    assert "2026-10-02 07:00" in given.reason


@pytest.mark.parametrize("rows", [[], [None, None]])
def test_a_table_without_a_timestamp_is_not_fresh(tmp_path: Path, rows: list[None]) -> None:
    table = pa.table({"at": pa.array(rows, pa.timestamp("us"))})

    verdict = judged(tmp_path, dataset="calls", column="at", within="2h", calls=table)

    assert verdict == Verdict(False, "calls has no timestamp in at")


@given(
    st.integers(0, 86400 * 4),
    st.integers(1, 86400 * 3),
    st.sampled_from([dt.datetime(2026, 3, 29, 4, 30, tzinfo=dt.UTC), NOW, dt.datetime(2026, 10, 25, 4, tzinfo=dt.UTC)]),
)
def test_it_is_met_exactly_where_it_is_not_older_than_allowed(age: int, allowed: int, now: dt.datetime) -> None:
    condition = Freshness.model_validate({"type": "freshness", "source": "x", "within": f"{min(allowed, 99_999)}s"})
    newest, period = now - dt.timedelta(seconds=age), _Period()

    met, words = condition._compared(newest, now, period)

    assert met is (age <= min(allowed, 99_999))
    assert ("allowed" in words) is not met


class _Period:
    start = end = NOW
