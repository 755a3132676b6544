"""A schedule may name days of its fiscal period, quarter or year."""

import datetime as dt
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.fiscal import AnyFiscalYear, FiscalYear
from scheduled_reports.schedule.frequencies import AnyFrequency, Frequency, Rules
from scheduled_reports.schedule.frequencies.fiscal import Fiscal
from scheduled_reports.schedule.frequencies.monthly import Quarterly
from scheduled_reports.schedule.units import Units

ANY: TypeAdapter[Frequency] = TypeAdapter(AnyFrequency)
FISCAL: TypeAdapter[FiscalYear] = TypeAdapter(AnyFiscalYear)
RETAIL = FISCAL.validate_python(
    {"type": "weeks", "pattern": "4-5-4", "ends": {"weekday": "saturday", "month": "january", "rule": "nearest"}}
)
APRIL = FISCAL.validate_python({"starts": "april"})
EVERY_DAY = Calendar(weekend=frozenset())


def frequency(of: str, on: Any, at: Any = "09:00") -> Any:
    return ANY.validate_python({"type": "fiscal", "of": of, "on": on, "at": at})


def fires(when: Frequency, first: str, last: str, fiscal: FiscalYear, calendar: Calendar | None = None) -> list[str]:
    rules = Rules(calendar or Calendar(), Units(0, fiscal))
    found = when.days(dt.date.fromisoformat(first), dt.date.fromisoformat(last), rules)
    return [str(day) for day, _ in found]


@pytest.mark.parametrize(
    ("fiscal", "of", "on", "first", "last", "expected"),
    [
        (RETAIL, "period", "3rd business day", "2026-02-01", "2026-06-01",
         ["2026-02-04", "2026-03-04", "2026-04-08", "2026-05-06"]),
        (RETAIL, "period", 1, "2026-02-01", "2026-05-03", ["2026-02-01", "2026-03-01", "2026-04-05", "2026-05-03"]),
        (RETAIL, "period", ["first monday", "last"], "2026-02-01", "2026-03-10",
         ["2026-02-02", "2026-02-28", "2026-03-02"]),
        (RETAIL, "quarter", "last business day", "2023-10-01", "2024-06-01",
         ["2023-10-27", "2024-02-02", "2024-05-03"]),
        (RETAIL, "quarter", "14th saturday", "2020-01-01", "2029-12-31", ["2024-02-03", "2029-02-03"]),
        (RETAIL, "year", "371", "2010-01-01", "2025-12-31", ["2013-02-02", "2018-02-03", "2024-02-03"]),
        (APRIL, "period", 31, "2026-04-01", "2026-08-31", ["2026-05-31", "2026-07-31", "2026-08-31"]),
        (APRIL, "quarter", 1, "2026-01-02", "2026-12-31", ["2026-04-01", "2026-07-01", "2026-10-01"]),
        (APRIL, "year", "first business day", "2026-01-01", "2028-12-31", ["2026-04-01", "2027-04-01", "2028-04-03"]),
        (APRIL, "year", "2nd last business day", "2026-01-01", "2026-12-31", ["2026-03-30"]),
    ],
)  # fmt: skip
def test_it_fires_on_the_named_days_of_each_span(
    fiscal: FiscalYear, of: str, on: Any, first: str, last: str, expected: list[str]
) -> None:
    assert fires(frequency(of, on), first, last, fiscal) == expected


def test_business_days_are_those_of_the_calendar() -> None:
    calendar = Calendar(weekend=frozenset({"friday", "saturday"}), closed=frozenset({dt.date(2026, 2, 2)}))

    assert fires(frequency("period", "3rd business day"), "2026-02-01", "2026-02-28", RETAIL, calendar) == [
        "2026-02-04"
    ]


def test_it_fires_at_each_of_its_times() -> None:
    found = frequency("period", "last", ["18:00", "09:00"]).days(
        dt.date(2026, 2, 28), dt.date(2026, 2, 28), Rules(Calendar(), Units(0, RETAIL))
    )

    assert list(found) == [(dt.date(2026, 2, 28), (dt.time(9), dt.time(18)))]


def test_quarters_of_a_quarterly_schedule_are_those_of_its_year_of_weeks() -> None:
    quarterly = ANY.validate_python({"type": "quarterly", "on": "last", "at": "09:00"})

    assert isinstance(quarterly, Quarterly)
    assert fires(quarterly, "2024-01-01", "2024-12-31", RETAIL) == [
        "2024-02-03",
        "2024-05-04",
        "2024-08-03",
        "2024-11-02",
    ]


@pytest.mark.parametrize("unit", ["period", "quarter", "year"])
@pytest.mark.parametrize("fiscal", [RETAIL, APRIL], ids=["retail", "april"])
@pytest.mark.parametrize("nth", [1, 3, 15, -1, -2])
def test_business_days_of_twenty_years_are_those_that_numpy_counts(fiscal: FiscalYear, unit: Any, nth: int) -> None:
    place = f"{nth} business day" if nth > 0 else f"{-nth} last business day"
    expected, begin = [], fiscal.span(unit, dt.date(2024, 6, 1))[1]
    while begin < dt.date(2044, 1, 1):
        after = fiscal.span(unit, begin)[1]
        if nth > 0:
            expected.append(str(np.busday_offset(begin, nth - 1, roll="forward")))
        else:
            expected.append(str(np.busday_offset(after - dt.timedelta(days=1), nth + 1, roll="backward")))
        begin = after

    first = str(fiscal.span(unit, dt.date(2024, 6, 1))[1])
    assert fires(frequency(unit, place), first, str(begin - dt.timedelta(days=1)), fiscal) == expected


@given(
    st.sampled_from([RETAIL, APRIL]),
    st.sampled_from(["period", "quarter", "year"]),
    st.sampled_from(["1", "last", "first monday", "3rd business day", "29", "2nd last friday"]),
    st.dates(dt.date(2024, 1, 1), dt.date(2040, 1, 1)),
    st.integers(0, 900),
)
def test_a_part_of_time_has_the_fires_that_the_whole_has_there(
    fiscal: FiscalYear, of: str, on: str, first: dt.date, length: int
) -> None:
    last = first + dt.timedelta(days=length)
    whole = fires(frequency(of, on), "2023-01-01", "2044-12-31", fiscal)

    assert fires(frequency(of, on), str(first), str(last), fiscal) == [
        day for day in whole if str(first) <= day <= str(last)
    ]


@pytest.mark.parametrize(
    ("of", "most"),
    [
        ("period", ("42", "6th monday", "42nd business day")),
        ("quarter", ("98", "14th monday", "98th business day")),
        ("year", ("371", "53rd monday", "371st business day")),
    ],
)
def test_the_last_places_of_the_longest_spans_are_reached_and_those_after_them_refused(
    of: str, most: tuple[str, ...]
) -> None:
    ends = {"weekday": "saturday", "month": "january", "rule": "nearest"}
    longest = FISCAL.validate_python({"type": "weeks", "pattern": "4-4-5", "ends": ends})
    for place in most:
        when = frequency(of, place)
        assert fires(when, "2023-01-01", "2024-12-31", longest, EVERY_DAY)
        beyond = f"{when.on[0].nth + 1} {place.partition(' ')[2]}".strip()
        with pytest.raises(ValidationError, match=f"is never reached: a fiscal {of} has at most .*; write one it has"):
            frequency(of, beyond)
        with pytest.raises(ValidationError, match="is never reached"):
            frequency(of, f"{when.on[0].nth + 1} last {place.partition(' ')[2] or 'day'}")


def test_without_a_fiscal_year_it_says_what_is_needed() -> None:
    day = dt.date(2026, 1, 1)
    with pytest.raises(ValueError, match="'fiscal_period' needs a fiscal year; give"):
        next(frequency("period", 1).days(day, day, Rules()), None)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"of": "month"}, "'period', 'quarter' or 'year'"),
        ({"on": []}, "at least 1 item"),
        ({"on": "third day of march"}, "is not a day"),
        ({"at": []}, "no time is given"),
        ({"every": 2}, "Extra inputs"),
    ],
)
def test_a_mistake_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ANY.validate_python({"type": "fiscal", "of": "period", "on": 1, "at": "09:00", **wrong})


@pytest.mark.parametrize(
    ("of", "on", "at", "words"),
    [
        ("period", "3rd business day", "09:00", "09:00 on the 3rd business day of the fiscal period"),
        ("quarter", ["1", "last"], "09:00", "09:00 on the 1st and the last day of the fiscal quarter"),
        ("year", "last friday", ["06:30", "18:00"], "06:30 and 18:00 on the last Friday of the fiscal year"),
    ],
)
def test_it_says_itself_in_plain_words(of: str, on: Any, at: Any, words: str) -> None:
    assert frequency(of, on, at).words() == words


def test_it_survives_json() -> None:
    when = frequency("period", ["3rd business day", "2nd last friday", 12, "last"], ["06:30", "18:00"])

    assert isinstance(when, Fiscal)
    assert ANY.validate_json(ANY.dump_json(when)) == when
    assert json.loads(ANY.dump_json(when))["of"] == "period"
