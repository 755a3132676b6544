"""Days are written as dates, or without a year for every year."""

import datetime as dt

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.calendar import YEARS
from scheduled_reports.schedule.calendars.days import Day, DayOrSpan, Span, YearDay

DAY = TypeAdapter(Day)
SPAN: TypeAdapter[Span] = TypeAdapter(DayOrSpan)


def test_a_day_has_a_year_or_is_of_every_year() -> None:
    assert DAY.validate_python("2026-12-24") == dt.date(2026, 12, 24)
    assert DAY.validate_python("12-24") == YearDay(12, 24)
    assert DAY.dump_python(YearDay(1, 5), mode="json") == "01-05"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("2026-02-30", "there is no 2026-02-30; write a date that exists"),
        ("02-30", "there is no 02-30 in any year; write month and day"),
        ("02-29", "02-29 is not in every year; write its dates"),
        ("24.12.2026", "'24.12.2026' is not a date; write year, month and day"),
        ("2026-W52-4", "is not a date"),
        (20261224, "20261224 is not a date"),
    ],
)
def test_what_is_no_day_is_refused_with_what_to_write(given: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DAY.validate_python(given)


def test_a_single_day_is_a_span_of_one() -> None:
    assert list(SPAN.validate_python("2026-12-24").days()) == [dt.date(2026, 12, 24)]


def test_a_span_holds_both_its_ends() -> None:
    days = list(SPAN.validate_python({"from": "2026-12-27", "until": "2026-12-30"}).days())

    assert (days[0], days[-1], len(days)) == (dt.date(2026, 12, 27), dt.date(2026, 12, 30), 4)


def test_a_span_of_every_year_may_reach_into_the_next() -> None:
    days = set(SPAN.validate_python({"from": "12-27", "until": "01-02"}).days())

    assert {day for day in days if day < dt.date(2024, 2, 1)} == {dt.date(2024, 1, 1), dt.date(2024, 1, 2)}
    assert {dt.date(2030, 12, 31), dt.date(2031, 1, 2)} <= days
    assert dt.date(2031, 1, 3) not in days
    assert max(days) == dt.date(YEARS[-1], 12, 31)


def test_a_span_is_cut_to_the_years_that_calendars_know() -> None:
    days = list(SPAN.validate_python({"from": "0001-01-01", "until": "9999-12-31"}).days())

    assert (days[0], days[-1]) == (dt.date(2024, 1, 1), dt.date(2045, 12, 31))


@pytest.mark.parametrize(
    ("start", "until", "message"),
    [
        ("2026-12-30", "2026-12-27", "until 2026-12-27 is before from 2026-12-30"),
        ("2026-12-30", "12-31", "must both have a year, or both have none"),
    ],
)
def test_a_span_whose_ends_do_not_fit_is_refused(start: str, until: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SPAN.validate_python({"from": start, "until": until})
