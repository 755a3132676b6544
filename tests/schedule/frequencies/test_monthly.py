"""Days of the month, the quarter and the year."""

from __future__ import annotations

import datetime as dt

import pytest

from fires import again, fires, frequency, on_days, problem
from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.fiscal import MonthsYear
from scheduled_reports.schedule.frequencies import Rules
from scheduled_reports.schedule.units import Units

NEW_YEAR = Rules(Calendar(closed=frozenset({dt.date(2026, 1, 1), dt.date(2026, 12, 31)})))
APRIL = Rules(units=Units(fiscal=MonthsYear.model_validate({"type": "months", "starts": "april"})))


def monthly(on: object, **more: object) -> list[str]:
    return on_days(frequency("monthly", on=on, at="06:30", **more), "2026-01-01", "2026-12-31")


def test_the_31st_is_passed_over_in_months_that_have_none() -> None:
    assert monthly(31) == [f"2026-{month:02}-31" for month in (1, 3, 5, 7, 8, 10, 12)]


def test_the_last_day_is_that_of_each_month_also_in_a_leap_year() -> None:
    last = frequency("monthly", on="last", at="23:59")
    assert fires(last, "2028-02-01", "2028-04-30") == ["2028-02-29 23:59", "2028-03-31 23:59", "2028-04-30 23:59"]


def test_the_nth_and_last_weekday() -> None:
    assert monthly("first monday")[:3] == ["2026-01-05", "2026-02-02", "2026-03-02"]
    assert monthly("last friday")[:3] == ["2026-01-30", "2026-02-27", "2026-03-27"]
    assert monthly("2nd last wednesday")[:2] == ["2026-01-21", "2026-02-18"]
    assert monthly("fifth thursday") == ["2026-01-29", "2026-04-30", "2026-07-30", "2026-10-29", "2026-12-31"]


def test_the_nth_and_last_business_day_without_holidays() -> None:
    assert monthly("first business day")[:3] == ["2026-01-01", "2026-02-02", "2026-03-02"]
    assert monthly("last business day")[-2:] == ["2026-11-30", "2026-12-31"]


def test_the_nth_and_last_business_day_count_around_holidays() -> None:
    for on, expected in (
        ("first business day", ["2026-01-02", "2026-12-01"]),
        ("3rd business day", ["2026-01-06", "2026-12-03"]),
        ("last business day", ["2026-01-30", "2026-12-30"]),
        ("2nd last business day", ["2026-01-29", "2026-12-29"]),
    ):
        when = frequency("monthly", on=on, at="06:30")
        days = on_days(when, "2026-01-01", "2026-12-31", NEW_YEAR)
        assert [days[0], days[-1]] == expected


def test_a_business_day_that_a_month_does_not_have_is_passed_over() -> None:
    assert monthly("23rd business day") == ["2026-07-31", "2026-12-31"]


def test_several_days_fire_in_order_and_once_where_they_meet() -> None:
    when = frequency("monthly", on=["last", 15, "1", 28], at="06:30")
    assert on_days(when, "2026-02-01", "2026-02-28") == ["2026-02-01", "2026-02-15", "2026-02-28"]


def test_a_month_is_looked_at_as_a_whole_from_whatever_day_one_asks() -> None:
    when = frequency("monthly", on=["2nd business day", "last business day"], at="06:30")
    assert on_days(when, "2026-01-03", "2026-02-02") == ["2026-01-30"]
    assert on_days(when, "2026-01-30", "2026-01-30") == ["2026-01-30"]


def test_every_three_months_starting_in_february() -> None:
    assert monthly(1, every=3, starting="february") == ["2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01"]
    assert monthly(1, every=3, starting="nov") == ["2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01"]
    assert monthly(1, every=12, starting=2) == ["2026-02-01"]


def test_yearly_in_one_month_and_in_several() -> None:
    assert on_days(frequency("yearly", month="march", on=31, at="06:30"), "2026-01-01", "2027-12-31") == [
        "2026-03-31", "2027-03-31",
    ]  # fmt: skip
    twice = frequency("yearly", month=["september", "march"], on="last business day", at="06:30")
    assert on_days(twice, "2026-01-01", "2026-12-31") == ["2026-03-31", "2026-09-30"]


def test_the_29th_of_february_fires_in_leap_years() -> None:
    assert on_days(frequency("yearly", month="feb", on=29, at="06:30"), "2026-01-01", "2033-01-01") == [
        "2028-02-29", "2032-02-29",
    ]  # fmt: skip


def test_quarterly_is_by_the_calendar_without_a_fiscal_year() -> None:
    when = frequency("quarterly", on=["1", "last business day", "first monday"], at="06:30")
    assert on_days(when, "2026-01-01", "2026-06-30") == [
        "2026-01-01", "2026-01-05", "2026-03-31", "2026-04-01", "2026-04-06", "2026-06-30",
    ]  # fmt: skip


def test_quarterly_follows_a_fiscal_year_from_april_or_one_from_february() -> None:
    when = frequency("quarterly", on=1, at="06:30")
    assert on_days(when, "2026-01-01", "2026-12-31", APRIL) == ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"]
    february = Rules(units=Units(fiscal=MonthsYear.model_validate({"type": "months", "starts": "february"})))
    assert on_days(when, "2026-01-01", "2026-12-31", february) == [
        "2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("monthly", {"on": 32}, "the 32nd is never reached: a month has at most 31 days; write one it has"),
        (
            "monthly",
            {"on": "32nd last day"},
            "the 32nd last day is never reached: a month has at most 31 days; write …",
        ),
        ("monthly", {"on": "6th monday"}, "the 6th Monday is never reached: a month has at most 5 of each weekday; …"),
        ("monthly", {"on": "32nd business day"}, "the 32nd business day is never reached: a month has at most 31 …"),
        ("monthly", {"on": 0}, "days are counted from 1; write 1 for the first"),
        ("monthly", {"on": "someday"}, "'someday' is not a day; write a number, 'last', 'first monday', …"),
        ("monthly", {"on": []}, "Tuple should have at least 1 item …"),
        (
            "monthly",
            {"every": 5, "starting": "may"},
            "every 5 months falls on other months each year; write 1, 2, 3, …",
        ),
        ("monthly", {"every": 13}, "Input should be less than or equal to 12"),
        ("monthly", {"every": 3}, "every 3 months needs 'starting'; write one of these months"),
        ("monthly", {"every": 3, "starting": "spring"}, "'spring' is not a month; write one of january, …"),
        ("monthly", {"every": 12, "starting": "feb", "on": 30}, "the 30th is never reached: February has at most 29 …"),
        ("yearly", {"month": "february", "on": 30}, "the 30th is never reached: February has at most 29 days; write …"),
        ("yearly", {"month": ["april", "june"], "on": 31}, "the 31st is never reached: a month has at most 30 days; …"),
        ("yearly", {"month": 13}, "13 is not a month; write one of january, …"),
        ("yearly", {"month": []}, "Tuple should have at least 1 item …"),
        ("quarterly", {"on": "15th monday"}, "the 15th Monday is never reached: a quarter has at most 14 of each …"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(kind: str, fields: dict[str, object], message: str) -> None:
    said = problem(kind, **{"on": 1, "at": "06:30", **({"month": 1} if kind == "yearly" else {}), **fields})
    assert said.startswith(message.removesuffix("…").rstrip())


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("monthly", {"on": "last business day"}, "06:30 on the last business day of the month"),
        ("monthly", {"on": [1, "15"]}, "06:30 on the 1st and the 15th of the month"),
        ("monthly", {"on": "last"}, "06:30 on the last day of the month"),
        ("monthly", {"on": 1, "every": 3, "starting": "feb"}, "06:30 on the 1st of February, May, August and November"),
        ("yearly", {"on": "first monday", "month": "sep"}, "06:30 on the first Monday of September"),
        ("yearly", {"on": 1, "month": [10, "apr"]}, "06:30 on the 1st of April and October"),
        ("quarterly", {"on": "3rd business day"}, "06:30 on the 3rd business day of the quarter"),
    ],
)
def test_words(kind: str, fields: dict[str, object], words: str) -> None:
    assert frequency(kind, at="06:30", **fields).words() == words


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("monthly", {"every": 3, "starting": "feb"}), ("yearly", {"month": ["apr", 10]}), ("quarterly", {})],
)
def test_it_is_the_same_after_its_way_through_a_serialized_dag(kind: str, fields: dict[str, object]) -> None:
    when = frequency(kind, on=[1, "last", "first monday", "2nd last business day"], at="06:30", **fields)
    assert again(when) == when
