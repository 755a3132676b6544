"""Units of the calendar: where they begin, and the next ones."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.schedule.units import Unit, Units

PLAIN = Units()
CALENDAR_UNITS: list[Unit] = ["day", "week", "month", "quarter", "year"]


@pytest.mark.parametrize(
    ("unit", "day", "begin", "after"),
    [
        ("day", "2028-02-29", "2028-02-29", "2028-03-01"),
        ("week", "2026-01-01", "2025-12-29", "2026-01-05"),
        ("week", "2026-01-05", "2026-01-05", "2026-01-12"),
        ("month", "2026-12-31", "2026-12-01", "2027-01-01"),
        ("month", "2028-02-29", "2028-02-01", "2028-03-01"),
        ("quarter", "2026-03-31", "2026-01-01", "2026-04-01"),
        ("quarter", "2026-11-30", "2026-10-01", "2027-01-01"),
        ("year", "2028-02-29", "2028-01-01", "2029-01-01"),
    ],
)
def test_a_unit_begins_on_its_first_day_and_the_next_follows(unit: Unit, day: str, begin: str, after: str) -> None:
    found = PLAIN.begin(unit, dt.date.fromisoformat(day))
    assert str(found) == begin
    assert str(PLAIN.add(unit, found, 1)) == after


@pytest.mark.parametrize(("starts", "begin"), list(enumerate(["05", "06", "07", "01", "02", "03", "04"])))
def test_a_week_begins_on_the_weekday_of_the_business(starts: int, begin: str) -> None:
    assert str(Units(week_starts=starts).begin("week", dt.date(2026, 1, 7))) == f"2026-01-{begin}"


@given(
    st.sampled_from(CALENDAR_UNITS),
    st.dates(dt.date(2024, 1, 1), dt.date(2045, 1, 1)),
    st.integers(-60, 60),
    st.integers(0, 6),
)
def test_adding_goes_through_every_unit_there_and_back(unit: Unit, day: dt.date, count: int, starts: int) -> None:
    units = Units(week_starts=starts)
    begin = units.begin(unit, day)
    there = units.add(unit, begin, count)
    assert begin <= day < units.add(unit, begin, 1)
    assert units.begin(unit, there) == there
    assert units.add(unit, there, -count) == begin
    step = begin
    for _ in range(abs(count)):
        step = units.add(unit, step, 1 if count > 0 else -1)
    assert step == there


@pytest.mark.parametrize("unit", ["fiscal_period", "fiscal_quarter", "fiscal_year"])
def test_a_fiscal_unit_needs_a_fiscal_year(unit: Unit) -> None:
    with pytest.raises(ValueError, match=f"'{unit}' needs a fiscal year; give the schedule or its calendar 'fiscal'"):
        PLAIN.begin(unit, dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="needs a fiscal year"):
        PLAIN.add(unit, dt.date(2026, 1, 1), 1)
