"""Parquet: types as they are, files of one table united or refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from file_runs import fault, rows_of, tables_of, told, types_of


def put(folder: Path, name: str = "x.parquet", **columns: Any) -> Path:
    pq.write_table(pa.table(columns), folder / name)
    return folder / name


def test_types_are_kept_as_they_are(tmp_path: Path) -> None:
    kinds = [pa.int8(), pa.float32(), pa.decimal128(30, 4), pa.timestamp("ms", "Europe/Berlin"), pa.list_(pa.int16())]
    path = put(tmp_path, **{f"c{place}": pa.array([None], kind) for place, kind in enumerate(kinds)})

    assert list(types_of(tmp_path, path).values()) == [
        "int8", "float", "decimal128(30, 4)", "timestamp[ms, tz=Europe/Berlin]", "list<element: int16>",
    ]  # fmt: skip


def test_files_whose_numbers_are_of_different_width_are_united(tmp_path: Path) -> None:
    put(tmp_path, "1.parquet", a=pa.array([1], pa.int16()), b=["x"])
    put(tmp_path, "2.parquet", b=["y"], a=pa.array([2**40], pa.int64()))

    assert rows_of(tmp_path, tmp_path / "*.parquet") == [{"a": 1, "b": "x"}, {"a": 2**40, "b": "y"}]


def test_files_of_types_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "1.parquet", a=[1])
    put(tmp_path, "2.parquet", a=["x"])

    error = fault(tmp_path, tmp_path / "*.parquet")

    assert "…/2.parquet: its types do not go with those of " in told(error, tmp_path)
    assert "…/1.parquet: " in told(error, tmp_path)


def test_files_of_other_columns_are_refused_with_both_names(tmp_path: Path) -> None:
    put(tmp_path, "1.parquet", a=[1], b=[1])
    put(tmp_path, "2.parquet", a=[1], c=[1])

    error = fault(tmp_path, tmp_path / "*.parquet")

    assert "…/2.parquet: its columns are not those of …/1.parquet: it lacks 'b' and has 'c'" in told(error, tmp_path)


@pytest.mark.parametrize(
    ("values", "declared", "read"),
    [
        ([1.0, 2.0], "integer", [1, 2]),
        (["1", " 2 "], "integer", [1, 2]),
        ([1, 2], "decimal(9,2)", [Decimal(1), Decimal(2)]),
        ([0.1, 0.25], "decimal(9,2)", [Decimal("0.10"), Decimal("0.25")]),
        ([1, 0], "boolean", [True, False]),
        ([1, 2], "text", ["1", "2"]),
        ([dt.datetime(2026, 10, 1)], "date", [dt.date(2026, 10, 1)]),  # noqa: DTZ001
        ([dt.date(2026, 10, 1)], "timestamp", [dt.datetime(2026, 10, 1)]),  # noqa: DTZ001
        ([dt.datetime(2026, 10, 1, tzinfo=dt.UTC)], "timestamp", [dt.datetime(2026, 10, 1, 2)]),  # noqa: DTZ001
        ([dt.datetime(2026, 10, 1, 2)], "timestamptz", [dt.datetime(2026, 10, 1, tzinfo=dt.UTC)]),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_declared_type_is_made_where_nothing_is_lost(
    tmp_path: Path, values: list[Any], declared: str, read: list[Any]
) -> None:
    path = put(tmp_path, a=values)

    rows = rows_of(tmp_path, path, columns={"a": {"type": declared}}, timezone="Europe/Berlin")

    assert [row["a"] for row in rows] == read


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        ([1.5], "integer"),
        (["x"], "number"),
        ([0.125], "decimal(9,2)"),
        ([2], "boolean"),
        ([dt.datetime(2026, 10, 1, 6)], "date"),  # noqa: DTZ001
        ([dt.datetime(2026, 10, 1, 6)], "integer"),  # noqa: DTZ001
        ([[1]], "integer"),
    ],
)
def test_a_value_that_would_be_another_is_a_bad_row(tmp_path: Path, values: list[Any], declared: str) -> None:
    path = put(tmp_path, a=[None, *values])

    error = fault(tmp_path, path, columns={"a": {"type": declared}})

    assert f"…/x.parquet:2: column 'a': {str(values[0])!r} is no {declared}" in told(error, tmp_path)


@pytest.mark.parametrize("left", [0.5, 0.99])
def test_a_file_that_is_cut_is_told(tmp_path: Path, left: float) -> None:
    content = put(tmp_path, a=list(range(1000))).read_bytes()
    (tmp_path / "x.parquet").write_bytes(content[: int(len(content) * left)])

    error = fault(tmp_path, tmp_path / "x.parquet")

    assert "it is no whole Parquet file" in error.why
    assert error.retryable


def test_a_page_that_is_damaged_is_told(tmp_path: Path) -> None:
    content = bytearray(put(tmp_path, a=[f"text {number}" for number in range(20_000)]).read_bytes())
    content[200:4000] = b"\xff" * 3800
    (tmp_path / "x.parquet").write_bytes(content)

    assert "it is no whole Parquet file" in fault(tmp_path, tmp_path / "x.parquet").why


def test_each_row_knows_its_file_where_that_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "1.parquet", a=[1])
    put(tmp_path, "2.parquet", a=[2])

    table = tables_of(tmp_path, tmp_path / "*.parquet", file_column="of").read("orders")

    assert table["of"].to_pylist() == [str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")]


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        (pa.array([Decimal("0.12345678901234567891")], pa.decimal128(30, 20)), "number"),
        (pa.array([dt.datetime(2026, 10, 1, tzinfo=dt.UTC)], pa.timestamp("us", "UTC")), "date"),
    ],
)
def test_what_loses_digits_or_needs_a_zone_is_a_bad_row(tmp_path: Path, values: pa.Array, declared: str) -> None:
    assert f"is no {declared}" in fault(tmp_path, put(tmp_path, v=values), columns={"v": {"type": declared}}).why


def test_a_decimal_that_a_float_keeps_may_be_declared_as_one(tmp_path: Path) -> None:
    path = put(tmp_path, v=pa.array([Decimal("0.10"), Decimal("-12345678.91"), None], pa.decimal128(30, 20)))

    assert [row["v"] for row in rows_of(tmp_path, path, columns={"v": {"type": "number"}})] == [0.1, -12345678.91, None]
