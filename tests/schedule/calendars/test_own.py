"""A file's days: what opens and closes them, and what goes before what."""

import datetime as dt
from collections.abc import Callable

import pytest

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.calendars.load import Calendars

Write = Callable[..., Calendars]


def one(calendars: Write, text: str, **others: str) -> Calendar:
    return calendars(one=text, **others).resolve("one").calendar


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def is_open(calendar: Calendar, *days: str) -> list[bool]:
    return [calendar.is_open(day(text)) for text in days]


def test_without_anything_said_it_is_open_from_monday_to_friday(calendars: Write) -> None:
    calendar = one(calendars, "description: the plain week\n")

    assert calendar == Calendar(name="one")


def test_a_weekend_may_be_friday_and_saturday(calendars: Write) -> None:
    calendar = one(calendars, "weekend: [fri, saturday]\n")

    assert is_open(calendar, "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04") == [True, False, False, True]
    assert calendar.weekend == {4, 5}


def test_a_weekend_may_be_none(calendars: Write) -> None:
    assert one(calendars, "weekend: []\n").weekend == set()


def test_closed_days_and_spans_close(calendars: Write) -> None:
    calendar = one(calendars, "closed: [2026-10-05, {from: 2026-10-07, until: 2026-10-08}, 12-24]\n")

    assert is_open(calendar, "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08") == [False, True, False, False]
    assert is_open(calendar, "2026-12-24", "2030-12-24", "2030-12-23") == [False, False, True]


def test_an_opened_day_is_worked_whatever_else_closes_it(calendars: Write) -> None:
    calendar = one(
        calendars,
        "holidays: [{country: DE}]\nclosed: [{from: 12-24, until: 12-31}]\n"
        "opened: [2026-03-14, 2026-05-01, 2026-12-29]\n",
    )

    assert is_open(calendar, "2026-03-14", "2026-05-01", "2026-12-28", "2026-12-29") == [True, True, False, True]


def test_only_opens_its_days_and_no_other(calendars: Write) -> None:
    calendar = one(calendars, "only: [2026-01-15, 2026-04-18]\n")

    assert calendar.open_days(day("2026-01-01"), day("2026-12-31")) == (day("2026-01-15"), day("2026-04-18"))
    assert calendar.known_until == day("2026-04-18")


def test_a_date_goes_before_every_year_and_both_go_before_what_closes_early_elsewhere(calendars: Write) -> None:
    calendar = one(
        calendars,
        "holidays: [{exchange: XNYS, categories: [public, half_day]}]\n"
        "half_days: {12-24: '14:00', 2026-12-24: '15:00', 12-31: '12:00'}\n",
    )

    assert calendar.half_days[day("2025-12-24")] == dt.time(14)
    assert calendar.half_days[day("2026-12-24")] == dt.time(15)
    assert calendar.half_days[day("2026-11-27")] == dt.time(13)
    assert day("2028-12-31") not in calendar.half_days  # a Sunday


def test_a_file_may_combine_others_and_has_no_weekend_of_its_own_then(calendars: Write) -> None:
    calendar = one(
        calendars,
        "any_of: [west, gulf]\nexcept: [stock_taking]\nclosed: [12-24]\n",
        west="closed: ['2026-10-05']\n",
        gulf="weekend: [friday, saturday]\n",
        stock_taking="only: [2026-10-06]\n",
    )

    assert is_open(calendar, "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05") == [True, False, True, True]
    assert is_open(calendar, "2026-10-06", "2026-12-24") == [False, False]


def test_except_alone_takes_days_from_the_week(calendars: Write) -> None:
    calendar = one(calendars, "except: [stock_taking]\n", stock_taking="only: [2026-10-06]\n")

    assert is_open(calendar, "2026-10-03", "2026-10-05", "2026-10-06") == [False, True, False]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("holidays: [{country: DE}]", None),
        ("holidays: [{country: LK}]", "2026-12-31"),
        ("closed: [12-24]", None),
        ("closed: [2026-06-01, 2027-06-01, 12-24]", "2027-12-31"),
        ("closed: [2026-06-01]\nknown_until: 2045-12-31", None),
        ("holidays: [{country: LK}]\nknown_until: 2045-12-31", "2026-12-31"),
        ("opened: [2026-03-14]", None),
        ("all_of: [other]", "2026-12-31"),
        ("any_of: [other]\nclosed: [2025-06-01]", "2025-12-31"),
    ],
)
def test_a_calendar_is_known_until_its_first_source_ends(calendars: Write, text: str, until: str | None) -> None:
    calendar = one(calendars, f"{text}\n", other="closed: [2026-06-01]\n")

    assert calendar.known_until == (day(until) if until else None)


def test_an_exchange_that_the_library_knows_from_a_later_year_on_is_usable(calendars: Write) -> None:
    calendar = one(calendars, "holidays: [{exchange: XBUE}]\n")

    assert is_open(calendar, "2026-12-25", "2026-12-28") == [False, True]
