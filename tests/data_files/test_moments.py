"""Dates and datetimes as text, compared with Python's `isoformat`."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.data_files.moments import date_texts, datetime_texts, seconds_texts

FIRST, LAST = dt.datetime(1, 1, 3), dt.datetime(9999, 12, 29)  # noqa: DTZ001 - Hypothesis wants them without a zone
ZONES = ["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "UTC"]


@given(st.lists(st.one_of(st.none(), st.datetimes(FIRST, LAST))), st.sampled_from(ZONES))
def test_instants_are_written_as_isoformat_writes_them(moments: list[dt.datetime | None], zone: str) -> None:
    instants = [moment and moment.replace(tzinfo=dt.UTC) for moment in moments]
    column = pa.array(instants, pa.timestamp("us", "UTC"))
    expected = [instant and instant.astimezone(ZoneInfo(zone)).isoformat("T") for instant in instants]
    assert datetime_texts(column, zone, "T").to_pylist() == expected


@given(st.lists(st.one_of(st.none(), st.datetimes())))
def test_wall_clocks_are_written_as_isoformat_writes_them(moments: list[dt.datetime | None]) -> None:
    column = pa.array(moments, pa.timestamp("us"))
    assert datetime_texts(column, "UTC", " ").to_pylist() == [moment and moment.isoformat(" ") for moment in moments]


@given(st.lists(st.one_of(st.none(), st.times())))
def test_times_are_written_as_isoformat_writes_them(times: list[dt.time | None]) -> None:
    assert seconds_texts(pa.array(times, pa.time64("us"))).to_pylist() == [time and time.isoformat() for time in times]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_any_unit_has_the_same_text(unit: str) -> None:
    moment = dt.datetime(2026, 7, 1, 22, 30, 5, tzinfo=dt.UTC)
    column = pa.array([moment, None], pa.timestamp(unit, "UTC"))
    assert datetime_texts(column, "Europe/Berlin", " ").to_pylist() == ["2026-07-02 00:30:05+02:00", None]


def test_fractions_stay_where_one_value_has_one() -> None:
    column = pa.array([1_000, 1_500], pa.timestamp("ms"))
    assert datetime_texts(column, "UTC", " ").to_pylist() == ["1970-01-01 00:00:01", "1970-01-01 00:00:01.500"]


@pytest.mark.parametrize(("days", "text"), [
    (146_097 * 30 + 59, "13970-03-01"), (146_097 * 80, "33970-01-01"), (146_097 * 12_000, "4801970-01-01"),
    (-146_097 * 90, "-34030-01-01"), (2_932_896, "9999-12-31"), (2_932_897, "10000-01-01"),
])  # fmt: skip
def test_far_dates_are_right(days: int, text: str) -> None:
    assert date_texts(pa.array([days, None], pa.date32())).to_pylist() == [text, None]


def test_clocks_of_the_far_future_change_as_they_do_now() -> None:
    year = 9_600 * 365 * 86_400 + 2_328 * 86_400  # seconds from 1970 to 11570, which has the calendar of 1970
    column = pa.array([year, year + 180 * 86_400], pa.timestamp("s", "UTC"))
    assert datetime_texts(column, "Europe/Berlin", " ").to_pylist() == [
        "11570-01-01 01:00:00+01:00",
        "11570-06-30 02:00:00+02:00",
    ]


def test_a_sliced_column_has_its_own_values() -> None:
    column = pa.array(range(10), pa.timestamp("s", "UTC")).slice(7)
    assert datetime_texts(column, "UTC", "T").to_pylist() == [
        f"1970-01-01T00:00:0{second}+00:00" for second in (7, 8, 9)
    ]
