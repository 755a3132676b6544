"""A column becomes its declared type where nothing is lost, and not otherwise."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.column_casts import FROM, cast, kind_of, may_become
from scheduled_reports.column_types import WORDS, arrow_type

NOON = dt.datetime.fromisoformat("2026-10-01T12:00:00.000005")
MIDNIGHT = dt.datetime.fromisoformat("2026-10-01")

FITS: list[tuple[Any, pa.DataType, str, Any]] = [
    ("12", pa.string(), "integer", 12),
    ("-9223372036854775808", pa.string(), "integer", -(2**63)),
    ("12.50", pa.string(), "decimal(9,2)", Decimal("12.50")),
    ("-0.5e3", pa.string(), "number", -500.0),
    ("TRUE", pa.string(), "boolean", True),
    ("0", pa.string(), "boolean", False),
    ("2026-10-01", pa.string(), "date", dt.date(2026, 10, 1)),
    ("12:30", pa.large_string(), "time", dt.time(12, 30)),
    ("12:30:05.25", pa.string(), "time", dt.time(12, 30, 5, 250_000)),
    ("2026-10-01 12:00:00.000005", pa.string(), "timestamp", NOON),
    ("2026-10-01", pa.string(), "timestamp", MIDNIGHT),
    ("2026-10-01T12:00", pa.string(), "timestamp", NOON.replace(microsecond=0)),
    ("2026-10-01T12:00:00.000005Z", pa.string(), "timestamptz", NOON.replace(tzinfo=dt.UTC)),
    ("2026-10-01 14:00:00.000005+02:00", pa.string(), "timestamptz", NOON.replace(tzinfo=dt.UTC)),
    ("x", pa.dictionary(pa.int8(), pa.string()), "text", "x"),
    (12, pa.int16(), "integer", 12),
    (12, pa.int64(), "text", "12"),
    (12, pa.int64(), "decimal(4,2)", Decimal("12.00")),
    (2**53, pa.int64(), "number", 2.0**53),
    (1, pa.int64(), "boolean", True),
    (Decimal("7.00"), pa.decimal128(9, 2), "integer", 7),
    (Decimal("7.10"), pa.decimal128(9, 2), "number", 7.1),
    (Decimal("7.10"), pa.decimal128(9, 2), "decimal(9,1)", Decimal("7.1")),
    (Decimal("7.10"), pa.decimal256(50, 2), "decimal(9,2)", Decimal("7.10")),
    (Decimal("7.10"), pa.decimal128(9, 2), "text", "7.10"),
    (Decimal(1), pa.decimal128(1, 0), "boolean", True),
    (0.1, pa.float64(), "decimal(38,30)", Decimal("0.1")),
    (1e16, pa.float64(), "decimal(18,0)", Decimal(10**16)),
    (7.0, pa.float64(), "integer", 7),
    (dt.date(2026, 10, 1), pa.date32(), "timestamp", MIDNIGHT),
    (dt.date(2026, 10, 1), pa.date32(), "text", "2026-10-01"),
    (MIDNIGHT, pa.timestamp("ns"), "date", dt.date(2026, 10, 1)),
    (NOON, pa.timestamp("ns"), "timestamp", NOON),
    (NOON, pa.timestamp("us"), "text", "2026-10-01 12:00:00.000005"),
    (True, pa.bool_(), "text", "true"),
    (b"x", pa.large_binary(), "bytes", b"x"),
    ({"a": ["ü", None]}, pa.struct([("a", pa.list_(pa.string()))]), "json", '{"a": ["ü", null]}'),
]

MISFITS: list[tuple[Any, pa.DataType, str]] = [
    ("", pa.string(), "integer"),
    (" 12", pa.string(), "integer"),
    ("0012", pa.string(), "integer"),
    ("12\n", pa.string(), "integer"),
    ("12.0", pa.string(), "integer"),
    ("9223372036854775808", pa.string(), "integer"),
    ("9007199254740993", pa.string(), "number"),
    ("12,50", pa.string(), "decimal(9,2)"),
    ("12.505", pa.string(), "decimal(9,2)"),
    ("12345678.50", pa.string(), "decimal(9,2)"),
    ("NaN", pa.string(), "number"),
    ("1e999", pa.string(), "number"),
    ("yes", pa.string(), "boolean"),
    ("2026-02-30", pa.string(), "date"),
    ("01.10.2026", pa.string(), "date"),
    ("2026-10-01 00:00:00", pa.string(), "date"),
    ("24:30", pa.string(), "time"),
    ("2026-10-01T12:00Z", pa.string(), "timestamp"),
    ("2026-10-01T12:00", pa.string(), "timestamptz"),
    ("2026-10-01T12:00:00.0000001", pa.string(), "timestamp"),
    (2**53 + 1, pa.int64(), "number"),
    (2, pa.int64(), "boolean"),
    (100, pa.int64(), "decimal(4,2)"),
    (2**63, pa.uint64(), "integer"),
    (Decimal("7.01"), pa.decimal128(9, 2), "integer"),
    (Decimal("7.01"), pa.decimal128(9, 2), "decimal(9,1)"),
    (Decimal("12345678901234567890.12"), pa.decimal128(38, 2), "number"),
    (0.1 + 0.2, pa.float64(), "decimal(18,2)"),
    (float("nan"), pa.float64(), "decimal(18,2)"),
    (float("nan"), pa.float64(), "integer"),
    (7.5, pa.float64(), "integer"),
    (dt.datetime.fromisoformat("2026-10-01T01:00"), pa.timestamp("us"), "date"),
]


@pytest.mark.parametrize(("value", "kind", "declared", "found"), FITS, ids=str)
def test_what_fits_becomes_the_declared_type(value: Any, kind: pa.DataType, declared: str, found: Any) -> None:
    assert may_become(kind_of(kind), declared)

    column = cast(pa.array([None, value, value], kind), declared)

    assert column.type == arrow_type(declared)
    assert column.to_pylist() == [None, found, found]


@pytest.mark.parametrize(("value", "kind", "declared"), MISFITS, ids=str)
def test_what_would_lose_something_is_refused(value: Any, kind: pa.DataType, declared: str) -> None:
    assert may_become(kind_of(kind), declared)

    with pytest.raises(ValueError):  # noqa: PT011 - Arrow's words differ
        cast(pa.array([None, value], kind), declared)


@pytest.mark.parametrize("declared", [*WORDS, "decimal(18,2)"])
def test_a_column_without_a_value_becomes_any_type(declared: str) -> None:
    assert may_become("empty", declared)
    assert cast(pa.nulls(2), declared).type == arrow_type(declared)


def test_every_type_says_what_may_become_it() -> None:
    assert {*FROM} == {*WORDS, "decimal"}


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
def test_a_decimal_goes_through_text_and_number_and_back(digits: int, places: int) -> None:
    value, declared = Decimal(digits).scaleb(-places), f"decimal(20,{places})"
    column = pa.array([value], pa.decimal128(20, places))

    assert cast(cast(column, "text"), declared) == column
    if abs(digits) < 10**15:  # what a double holds of any decimal, IEEE 754
        assert cast(cast(column, "number"), declared) == column


@given(st.datetimes())
def test_a_timestamp_goes_through_text_and_back(value: dt.datetime) -> None:
    column = pa.array([value], pa.timestamp("us"))

    assert cast(cast(column, "text"), "timestamp") == column


def test_nested_values_become_text_that_reads_as_json() -> None:
    column = cast(pa.array([{"a": dt.date(2026, 1, 1)}]), "json")

    assert json.loads(column[0].as_py()) == {"a": "2026-01-01"}
