"""A text becomes exactly the value that it says, or none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.file_formats.convert import Dialect, converted

WALL = dt.datetime(2026, 10, 1, 6, 30)  # noqa: DTZ001
GERMAN = Dialect(",", ".", "%d.%m.%Y", "%d.%m.%Y %H:%M", "Europe/Berlin")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "+5", 5),
        ("integer", " 005 ", 5),
        ("integer", str(-(2**63)), -(2**63)),
        ("number", "1e3", 1000.0),
        ("number", "+.5", 0.5),
        ("number", "-inf", float("-inf")),
        ("decimal(5,2)", "+1.5", Decimal("1.50")),
        ("decimal(5,2)", "1.500", Decimal("1.50")),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", "F", False),
        ("date", "2026-10-01", WALL.date()),
        ("time", "06:30", WALL.time()),
        ("time", "06:30:00.5", dt.time(6, 30, 0, 500_000)),
        ("timestamp", "2026-10-01T06:30", WALL),
        ("timestamp", "2026-10-01 06:30:00.000", WALL),
        ("timestamptz", "2026-10-01T06:30+02:00", WALL.replace(hour=4, tzinfo=dt.UTC)),
        ("timestamptz", "2026-10-01 06:30Z", WALL.replace(tzinfo=dt.UTC)),
        ("timestamptz", "2026-10-01 06:30", WALL.replace(tzinfo=dt.UTC)),
        ("json", '{"a": 1}', '{"a": 1}'),
        ("bytes", "AP8=", b"\0\xff"),
        ("text", " x ", " x "),
        ("text", "", ""),
        ("integer", "  ", None),
        ("date", "", None),
    ],
)
def test_a_text_is_read_as_its_type(kind: str, text: str, value: object) -> None:
    found, failed = converted(pa.array(["x", text, None])[1:], kind, Dialect())

    assert (found.to_pylist(), failed) == ([value, None], [])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "0x1F"),
        ("integer", "1.0"),
        ("integer", str(2**63)),
        ("integer", "1_000"),
        ("integer", "١"),
        ("number", "1,5"),
        ("number", "0x1"),
        ("decimal(5,2)", "1.505"),
        ("decimal(5,2)", "1000"),
        ("decimal(5,2)", "nan"),
        ("boolean", "2"),
        ("boolean", "wahr"),
        ("date", "2026-02-30"),
        ("date", "01.10.2026"),
        ("date", "2026-10-01 00:00"),
        ("time", "24:00"),
        ("time", "6"),
        ("timestamp", "2026-10-01 25:00"),
        ("timestamp", "2026-10-01T06:30Z"),
        ("timestamptz", "2026-10-01 06:30 Berlin"),
        ("json", "{a: 1}"),
        ("bytes", "AP8"),
        ("bytes", "ä"),
    ],
)
def test_a_text_that_is_no_such_value_is_found_among_others(kind: str, text: str) -> None:
    values = pa.array([None, text, None, text])

    found, failed = converted(values, kind, Dialect())

    assert (found.to_pylist(), failed) == ([None] * 4, [1, 3])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1.234,5", 1234.5),
        ("number", "1234,5", 1234.5),
        ("number", "-1,5", -1.5),
        ("integer", "1.234.567", 1_234_567),
        ("decimal(9,2)", "1.234,50", Decimal("1234.50")),
        ("date", "01.10.2026", WALL.date()),
        ("timestamp", "01.10.2026 06:30", WALL),
        ("timestamptz", "01.10.2026 06:30", WALL.replace(hour=4, tzinfo=dt.UTC)),
        ("timestamptz", "25.10.2026 02:30", dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)),
        ("number", "1.5", None),
        ("number", "12.34", None),
        ("integer", "1.23", None),
        ("number", "1,234.5", None),
        ("date", "2026-10-01", None),
        ("date", "31.02.2026", None),
        ("timestamptz", "29.03.2026 02:30", None),
    ],
)
def test_a_dialect_says_how_values_are_written(kind: str, text: str, value: object) -> None:
    found, failed = converted(pa.array([text]), kind, GERMAN)

    assert (found.to_pylist(), failed) == ([value], [] if value is not None else [0])


def test_times_with_and_without_an_offset_may_stand_in_one_column() -> None:
    values = pa.array(["2026-10-01 06:30", "2026-10-01 06:30Z", None, "x"])

    found, failed = converted(values, "timestamptz", Dialect(timezone="Europe/Berlin"))

    assert found.to_pylist()[:3] == [WALL.replace(hour=4, tzinfo=dt.UTC), WALL.replace(tzinfo=dt.UTC), None]
    assert failed == [3]


@given(st.lists(st.integers(-(2**70), 2**70) | st.text(max_size=3) | st.none(), max_size=40))
def test_good_values_are_kept_whatever_stands_beside_them(values: list[Any]) -> None:
    texts = [None if value is None else str(value) for value in values]

    found, failed = converted(pa.array(texts, pa.string()), "integer", Dialect())

    for place, (text, value) in enumerate(zip(texts, found.to_pylist(), strict=True)):
        assert (value is None) == (place in failed or text is None or not text.strip())
        assert value is None or value == int(text or "")


def test_a_format_with_an_offset_gives_instants() -> None:
    found, failed = converted(pa.array(["01.10.2026 06:30 +0200"]), "timestamptz",
                              Dialect(timestamp_format="%d.%m.%Y %H:%M %z"))  # fmt: skip

    assert (found.to_pylist(), failed) == ([WALL.replace(hour=4, tzinfo=dt.UTC)], [])
