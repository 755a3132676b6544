"""A source that is not what its spec declares stops the run with the place, the value and the remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs import run_of
from scheduled_reports.columns import Column
from scheduled_reports.declared_columns import DeclaredColumns
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract

SPEC = """\
title: Visits
owner: owner@northwind.example
sources:
  visits:
    type: sql
    connection: shop
    sql: SELECT * FROM visits ORDER BY at
    columns:
      {columns}
content:
  - {{type: table, dataset: visits}}
formats:
  - {{type: csv, dataset: visits}}
deliver:
  - {{type: email, connection: mail, to: ann@northwind.example, attach: csv}}
schedules:
  - {{id: daily, when: "30 6 * * *", timezone: Europe/Berlin}}
"""

ALL = """\
at: {type: timestamp}
      day: {type: date}
      paid: {type: "decimal(9,2)"}
      member: {type: boolean}
      notes: {type: json}\
"""


@pytest.fixture
def visits(tmp_path: Path, connection: Callable) -> Callable[..., Run]:
    """Make runs of a report on visits, which SQLite has as text and numbers."""
    connection("shop", conn_type="sqlite", host=str(tmp_path / "shop.db"))

    def make(rows: list[tuple[Any, ...]], columns: str = ALL) -> Run:
        (tmp_path / "shop.db").unlink(missing_ok=True)
        with sqlite3.connect(tmp_path / "shop.db") as database:
            database.execute("CREATE TABLE visits (at TEXT, day TEXT, paid, member, notes)")
            database.executemany("INSERT INTO visits VALUES (?, ?, ?, ?, ?)", rows)
        database.close()
        return run_of(tmp_path, SPEC.format(columns=columns))

    return make


GOOD = ("2026-10-01 09:00:00", "2026-10-01", 12.5, 1, '{"a": 1}')


def schema(run: Run) -> dict[str, str]:
    found = pq.read_schema(Path(run.folder.root.path) / "data" / "visits.parquet")
    return {field.name: str(field.type) for field in found}


TYPES = {
    "at": "timestamp[us]", "day": "date32[day]", "paid": "decimal128(9, 2)", "member": "bool", "notes": "string",
}  # fmt: skip


def test_text_and_numbers_become_what_is_declared(visits: Callable[..., Run]) -> None:
    run = visits([GOOD, ("2026-10-01 10:00:00", None, None, None, None)])

    extract(run)

    assert schema(run) == TYPES


def test_a_source_without_a_row_has_the_declared_types(visits: Callable[..., Run]) -> None:
    run = visits([])

    assert extract(run) == {"visits": 0}
    assert schema(run) == TYPES


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        (1, "01.10.2026", "column 'day' is text, declared as date: row 3 holds '01.10.2026'"),
        (2, 12.345, "column 'paid' is number, declared as decimal(9,2): row 3 holds 12.345"),
        (3, 2, "column 'member' is integer, declared as boolean: row 3 holds 2"),
        (0, "2026-10-01 11:00:00Z", "column 'at' is text, declared as timestamp: row 3 holds '2026-10-01 11:00:00Z'"),
        (1, "x" * 500, "row 3 holds 'xxxxxxxx"),
    ],
)
def test_a_column_that_changed_overnight_is_told_with_row_and_value(
    visits: Callable[..., Run], at: int, value: object, told: str
) -> None:
    bad = ["2026-10-01 11:00:00", *GOOD[1:]]
    bad[at] = value

    with pytest.raises(SourceError) as caught:
        extract(visits([GOOD, ("2026-10-01 10:00:00", *GOOD[1:]), tuple(bad), ("2026-10-02", *GOOD[1:])]))

    assert f"source 'visits' (sales.yaml:{9 + at}): column" in str(caught.value)
    assert told in str(caught.value)
    assert len(caught.value.why) < 120
    assert "correct the type in `columns`, or convert it where the data comes from" in caught.value.fix
    assert not caught.value.retryable


def test_a_value_that_nobody_may_see_is_not_in_the_message(visits: Callable[..., Run]) -> None:
    columns = "day: {type: date, mask: drop}"

    with pytest.raises(SourceError) as caught:
        extract(visits([("2026-10-01", "secret", 1, 1, "")], columns))

    trace, error = [], caught.value
    while error is not None:
        trace.append(str(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert "row 1 holds one that does not fit (it is not shown" in trace[0]
    assert not any("secret" in text for text in trace)


def test_a_column_that_is_gone_is_told_with_those_that_are_there(visits: Callable[..., Run]) -> None:
    with pytest.raises(SourceError) as caught:
        extract(visits([GOOD], "membr: {type: boolean}"))

    assert str(caught.value).startswith("source 'visits' (sales.yaml:9) has no column 'membr': did you mean 'member'?")


@pytest.mark.parametrize(
    ("given", "declared", "why"),
    [
        (pa.timestamp("us", "UTC"), "date", "which day it is depends on the time zone"),
        (pa.timestamp("us"), "timestamptz", "it does not say in which time zone it is"),
        (pa.float64(), "text", "a floating-point number has no one spelling"),
        (pa.bool_(), "integer", "one does not become the other without guessing"),
        (pa.list_(pa.int64()), "text", "one does not become the other without guessing"),
    ],
)
def test_types_that_need_a_decision_are_refused_with_the_reason(given: pa.DataType, declared: str, why: str) -> None:
    columns = DeclaredColumns(pa.schema([("x", given)]), {"x": Column(type=declared)}, lambda _: "source 's'")

    with pytest.raises(SourceError, match=why):
        columns.require()


def test_columns_that_fit_are_not_written_again(visits: Callable[..., Run], tmp_path: Path) -> None:
    columns = DeclaredColumns(
        pa.schema([("x", pa.int64()), ("y", pa.string())]), {"x": Column(type="integer")}, lambda _: "source 's'"
    )

    assert columns.fit
    assert not DeclaredColumns(columns.given, {"y": Column(type="date")}, columns.what).fit


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 7))
def test_the_first_value_that_does_not_fit_is_found_wherever_it_is(values: list[int], size: int) -> None:
    given_schema = pa.schema([("x", pa.int64())])
    columns = DeclaredColumns(given_schema, {"x": Column(type="boolean")}, lambda _: "source 's'")
    batch = pa.RecordBatch.from_arrays([pa.array(values)], schema=given_schema)
    parts = [batch.slice(at, size) for at in range(0, len(values), size)]
    bad = next((at for at, value in enumerate(values) if value > 1), None)

    if bad is None:
        assert pa.Table.from_batches(columns.batches(parts)).num_rows == len(values)
    else:
        with pytest.raises(SourceError, match=rf"row {bad + 1} holds {values[bad]}\n"):
            list(columns.batches(parts))
