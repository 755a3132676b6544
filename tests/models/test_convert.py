"""A value becomes one of a model's type without loss, or nothing: never another value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.file_formats.convert import Dialect
from scheduled_reports.file_formats.convert import converted as as_in_files
from scheduled_reports.models.convert import NoZoneError, converted
from scheduled_reports.models.mapping import Origin


def conversion(value: str, column_type: str, **origin: Any) -> Any:
    """Return what DuckDB makes of a value, given as SQL."""
    connection = database()
    [[_, kind, *_]] = connection.execute(f"DESCRIBE SELECT {value} AS v").fetchall()
    sql = converted("v", kind, column_type, Origin(column="v", **origin))
    return connection.sql(f"SELECT {sql} AS v FROM (SELECT {value} AS v)").to_arrow_table()["v"][0].as_py()


@cache
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@pytest.mark.parametrize(
    ("value", "column_type", "expected"),
    [
        ("42", "text", "42"),
        ("1001.0::DOUBLE", "text", "1001"),
        ("0.5::DOUBLE", "text", "0.5"),
        ("[1, 2]", "text", "[1,2]"),
        ("{'a': 1}", "json", '{"a":1}'),
        ("'{\"a\": 1}'", "json", '{"a": 1}'),
        ("'{a'", "json", None),
        ("' 12 '", "integer", 12),
        ("'12.0'", "integer", 12),
        ("'12.5'", "integer", None),
        ("'0x10'", "integer", None),
        ("'1_000'", "integer", None),
        ("12.5::DOUBLE", "integer", None),
        ("12.50::DECIMAL(6,2)", "integer", None),
        ("12::DECIMAL(6,2)", "integer", 12),
        ("true", "integer", None),
        ("99999999999999999999::HUGEINT", "integer", None),
        ("'1e3'", "number", 1000.0),
        ("'nan'", "number", None),
        ("'inf'::DOUBLE", "number", None),
        ("0.1::FLOAT", "number", 0.1),
        ("'12.30'", "decimal(14,2)", Decimal("12.30")),
        ("'12.3000'", "decimal(14,2)", Decimal("12.30")),
        ("'12.345'", "decimal(14,2)", None),
        ("'12,30'", "decimal(14,2)", None),
        ("'1_0.5'", "decimal(14,2)", None),
        ("'.5'", "decimal(14,2)", Decimal("0.50")),
        ("12.345::DECIMAL(6,3)", "decimal(14,2)", None),
        ("12.34::DECIMAL(38,30)", "decimal(14,2)", Decimal("12.34")),
        ("12.34::DOUBLE", "decimal(14,2)", Decimal("12.34")),
        ("(0.1::DOUBLE + 0.2::DOUBLE)", "decimal(14,2)", Decimal("0.30")),
        ("12.345::DOUBLE", "decimal(14,2)", None),
        ("12.3::FLOAT", "decimal(14,2)", Decimal("12.30")),
        ("'nan'::DOUBLE", "decimal(14,2)", None),
        ("1234567::INTEGER", "decimal(6,2)", None),
        ("'yes'", "boolean", True),
        ("1", "boolean", True),
        ("2", "boolean", None),
        ("'2026-10-01'", "date", dt.date(2026, 10, 1)),
        ("'2026-10-01 23:30:00'", "date", dt.date(2026, 10, 1)),
        ("'2026-13-01'", "date", None),
        ("'infinity'", "date", None),
        ("'epoch'", "date", None),
        ("'2026-10-01T23:30:00+02:00'", "date", None),
        ("TIMESTAMP '2026-10-01 23:30:00'", "date", dt.date(2026, 10, 1)),
        ("true", "date", None),
        ("'2026-10-01T08:30:00.25'", "timestamp", dt.datetime.fromisoformat("2026-10-01T08:30:00.25")),
        ("'2026-10-01T08:30:00Z'", "timestamp", None),
        ("'08:30'", "time", dt.time(8, 30)),
        ("'\\xFF'::BLOB", "bytes", b"\xff"),
        ("'ff'", "bytes", None),
    ],
)
def test_a_value_becomes_its_column_s_type_or_nothing(value: str, column_type: str, expected: Any) -> None:
    assert conversion(value, column_type) == expected


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        ("'2026-10-01T08:30:00Z'", None, (8, 30)),
        ("'2026-10-01T08:30:00+02:00'", None, (6, 30)),
        ("'2026-10-01T08:30:00+0200'", "Asia/Tokyo", (6, 30)),
        ("'2026-10-01 08:30'", "Europe/Berlin", (6, 30)),
        ("TIMESTAMP '2026-10-01 08:30:00'", "Europe/Berlin", (6, 30)),
        ("TIMESTAMPTZ '2026-10-01 08:30:00+02'", None, (6, 30)),
        ("DATE '2026-10-01'", "America/New_York", (4, 0)),
    ],
)
def test_a_time_becomes_an_instant_in_the_zone_that_it_has_or_is_given(
    value: str, zone: str | None, expected: tuple[int, int]
) -> None:
    found = conversion(value, "timestamptz", **({"timezone": zone} if zone else {}))

    assert (found.hour, found.minute) == expected
    assert found.utcoffset() == dt.timedelta()


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        ("2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25 03:00:00", "Europe/Berlin", "2026-10-25T02:00:00+00:00"),
        ("2026-04-05 01:45:00", "Australia/Lord_Howe", "2026-04-04T14:45:00+00:00"),
        ("2026-11-01 00:30:00", "America/Havana", "2026-11-01T04:30:00+00:00"),
        ("2026-03-29 02:30:00", "Europe/Berlin", None),
        ("2011-12-30 12:00:00", "Pacific/Apia", None),
        ("2018-11-04 00:00:00", "America/Sao_Paulo", None),
    ],
)
@pytest.mark.parametrize("written", ["'{}'", "TIMESTAMP '{}'"])
def test_of_a_wall_time_that_clocks_show_twice_the_earlier_is_meant_and_one_that_they_skip_is_none_as_in_files(
    wall: str, zone: str, expected: str | None, written: str
) -> None:
    found = conversion(written.format(wall), "timestamptz", timezone=zone)
    _, skipped = as_in_files(pa.array([wall]), "timestamptz", Dialect(timezone=zone))

    assert found == (expected and dt.datetime.fromisoformat(expected))
    assert bool(skipped) == (expected is None)


@pytest.mark.parametrize("value", ["'2026-10-01T08:00:00+02:00'", "'24:00'", "'2026-10-01 08:00'"])
def test_a_time_of_day_is_never_cut_out_of_another_text(value: str) -> None:
    assert conversion(value, "time") is None


def test_the_time_of_day_of_an_instant_is_that_of_the_zone() -> None:
    instant = "TIMESTAMPTZ '2026-10-01 06:00:00Z'"

    assert conversion(instant, "time", timezone="Europe/Berlin") == dt.time(8)
    with pytest.raises(NoZoneError):
        conversion(instant, "time")


def test_a_number_too_large_for_a_double_is_none_and_not_infinite() -> None:
    assert conversion("'1e999'", "number") is None


def test_text_without_an_offset_is_no_instant_unless_a_zone_is_given() -> None:
    assert conversion("'2026-10-01 08:30'", "timestamptz") is None


@pytest.mark.parametrize(
    ("value", "column_type"),
    [
        ("TIMESTAMP '2026-10-01 08:30:00'", "timestamptz"), ("TIMESTAMPTZ '2026-10-01 08:30:00Z'", "timestamp"),
        ("TIMESTAMPTZ '2026-10-01 08:30:00Z'", "date"),
    ],
)  # fmt: skip
def test_a_column_that_needs_a_zone_says_so(value: str, column_type: str) -> None:
    with pytest.raises(NoZoneError):
        conversion(value, column_type)


def test_the_day_of_an_instant_is_that_of_the_zone() -> None:
    instant = "TIMESTAMPTZ '2026-09-30 22:30:00Z'"

    assert conversion(instant, "date", timezone="Europe/Berlin") == dt.date(2026, 10, 1)
    assert conversion(instant, "date", timezone="UTC") == dt.date(2026, 9, 30)
    assert conversion("'2026-09-30T22:30:00Z'", "date", timezone="Europe/Berlin") == dt.date(2026, 10, 1)


@pytest.mark.parametrize(
    ("value", "formats", "expected"),
    [
        ("'01.10.2026'", "%d.%m.%Y", dt.date(2026, 10, 1)),
        ("'10/01/2026'", ["%d.%m.%Y", "%m/%d/%Y"], dt.date(2026, 10, 1)),
        ("20261001", "%Y%m%d", dt.date(2026, 10, 1)),
        ("'31.02.2026'", "%d.%m.%Y", None),
        ("DATE '2026-10-01'", "%d.%m.%Y", dt.date(2026, 10, 1)),
    ],
)
def test_dates_are_read_as_they_are_written(value: str, formats: Any, expected: dt.date | None) -> None:
    assert conversion(value, "date", format=formats) == expected


def test_a_format_with_an_offset_needs_no_zone() -> None:
    found = conversion("'01.10.2026 08:30 +0200'", "timestamptz", format="%d.%m.%Y %H:%M %z")

    assert (found.hour, found.minute) == (6, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234,50", "1234.50"), ("1234,5", "1234.50"), ("-12,00", "-12.00"), ("1.234", "1234.00"), ("1.5", None),
     ("1,234.50", None), ("12.34.567", None), ("1,2,3", None)],
)  # fmt: skip
def test_a_decimal_comma_is_read_and_a_wrong_grouping_is_not(text: str, expected: str | None) -> None:
    found = conversion(f"'{text}'", "decimal(14,2)", decimal=",")

    assert found == (Decimal(expected) if expected else None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_decimal_is_kept_to_its_last_digit_or_refused(value: Decimal) -> None:
    expected = value if value == round(value, 2) else None

    assert conversion(f"'{value:f}'", "decimal(14,2)") == expected
    assert conversion(f"CAST('{value:f}' AS DECIMAL(18,4))", "decimal(14,2)") == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**10), max_value=10**10))
def test_a_binary_fraction_of_a_decimal_is_that_decimal(value: Decimal) -> None:
    assert conversion(f"CAST('{float(value)!r}' AS DOUBLE)", "decimal(14,2)") == value
