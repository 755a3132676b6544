"""Generalise gives the beginning of the span that a value lies in, and keeps the type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from masks.masked import masked
from scheduled_reports.columns import Column
from scheduled_reports.errors import SourceError

BORN = dt.date(1984, 5, 17)


@pytest.mark.parametrize(
    ("to", "found"),
    [
        ("day", dt.date(1984, 5, 17)),
        ("week", dt.date(1984, 5, 14)),
        ("month", dt.date(1984, 5, 1)),
        ("quarter", dt.date(1984, 4, 1)),
        ("year", dt.date(1984, 1, 1)),
        ("decade", dt.date(1980, 1, 1)),
    ],
)
def test_dates(to: str, found: dt.date) -> None:
    assert masked([BORN], pa.date32(), {"type": "generalise", "to": to}).to_pylist() == [found]
    assert masked([dt.date(1965, 3, 3)], pa.date32(), {"type": "generalise", "to": "decade"}).to_pylist() == [
        dt.date(1960, 1, 1)
    ]
    moment = dt.datetime.fromisoformat("1984-05-17T13:45")
    assert masked([moment], pa.timestamp("us"), {"type": "generalise", "to": to}).to_pylist() == [
        dt.datetime.combine(found, dt.time())
    ]


def instants(texts: list[str], to: str) -> list[str]:
    values = [dt.datetime.fromisoformat(text) for text in texts]
    found = masked(values, pa.timestamp("us", "UTC"), {"type": "generalise", "to": to}).to_pylist()
    return [value.isoformat() for value in found]


def test_an_instant_has_the_day_of_the_schedules_zone() -> None:
    assert instants(["2026-06-30T23:30:00+00:00"], "day") == ["2026-06-30T22:00:00+00:00"]
    assert instants(["2026-06-30T23:30:00+00:00"], "month") == ["2026-06-30T22:00:00+00:00"]
    assert instants(["2026-06-30T21:30:00+00:00"], "month") == ["2026-05-31T22:00:00+00:00"]


def test_the_hour_that_comes_twice_when_clocks_go_back_is_two() -> None:
    twice = ["2026-10-25T00:40:00+00:00", "2026-10-25T01:40:00+00:00"]

    assert instants(twice, "hour") == ["2026-10-25T00:00:00+00:00", "2026-10-25T01:00:00+00:00"]
    assert instants(twice, "day") == ["2026-10-24T22:00:00+00:00"] * 2


@pytest.mark.parametrize(
    ("value", "kind", "step", "found"),
    [
        (47, pa.int64(), 10, 40),
        (-3, pa.int64(), 10, -10),
        (40, pa.int8(), 10, 40),
        (47.5, pa.float64(), 0.5, 47.5),
        (0.3, pa.float64(), 0.1, 0.3),
        (-0.1, pa.float64(), 10, -10.0),
        (Decimal("12499.99"), pa.decimal128(9, 2), 2500, Decimal("10000.00")),
        (Decimal("-0.01"), pa.decimal128(9, 2), 2500, Decimal("-2500.00")),
        (float("inf"), pa.float64(), 10, float("inf")),
    ],
)
def test_numbers(value: Any, kind: pa.DataType, step: float, found: Any) -> None:
    column = masked([value, None], kind, {"type": "generalise", "step": step})

    assert column.type == kind
    assert column.to_pylist() == [found, None]


@given(st.integers(-(2**53), 2**53), st.integers(1, 10**6))
def test_a_number_lies_in_its_span(value: int, step: int) -> None:
    (lower,) = masked([value], pa.int64(), {"type": "generalise", "step": step}).to_pylist()

    assert lower <= value < lower + step
    assert lower % step == 0


def test_text_keeps_its_first_characters() -> None:
    values = ["10115", "王小明", "", None]

    found = masked(values, pa.string(), {"type": "generalise", "keep_first": 2}).to_pylist()

    assert found == ["10", "王小", "", None]


def test_a_span_that_begins_outside_the_type_is_told_without_the_value() -> None:
    with pytest.raises(SourceError) as caught:
        masked([-125], pa.int8(), {"type": "generalise", "step": 10})

    assert "the mask 'generalise' makes of column 'value' what is no int8: a value is too large" in str(caught.value)
    assert "125" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("options", [{}, {"to": "year", "step": 10}])
def test_it_takes_one_option(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="exactly one of 'to', 'step' and 'keep_first' is needed"):
        Column(mask={"type": "generalise", **options})


def test_a_date_has_no_hours_and_a_whole_number_no_halves() -> None:
    with pytest.raises(ValidationError, match="does not fit a column of type date: a date has no hours"):
        Column(type="date", mask={"type": "generalise", "to": "hour"})
    with pytest.raises(ValidationError, match=r"whole numbers have no multiples of 0\.5"):
        Column(type="integer", mask={"type": "generalise", "step": 0.5})
