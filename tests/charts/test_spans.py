"""Dates along an axis."""

from __future__ import annotations

import datetime as dt

import pytest

from scheduled_reports.charts.spans import names, slots, ticks, unit_of
from scheduled_reports.language import ENGLISH, language_of


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (["2025-01-01", "2026-01-01"], "year"),
        (["2026-01-01", "2026-05-01"], "month"),
        (["2026-01-01"], "day"),
        (["2026-01-01", "2026-01-02"], "day"),
        (["2026-01-01T08:00"], "hour"),
        (["2026-01-01T08:15"], "minute"),
    ],
)
def test_the_unit_is_the_largest_that_fits(values: list[str], unit: str) -> None:
    assert unit_of([at(value) for value in values]) == unit


def test_missing_months_and_weeks_get_their_place() -> None:
    months = slots([at("2026-01-01"), at("2026-02-01"), at("2026-05-01")])
    assert [value.month for value in months] == [1, 2, 3, 4, 5]
    weeks = slots([at("2026-01-05"), at("2026-01-12"), at("2026-02-02")])
    assert [value.day for value in weeks] == [5, 12, 19, 26, 2]


def test_dates_in_uneven_steps_stay_as_they_are() -> None:
    values = [at("2026-01-01"), at("2026-01-03"), at("2026-01-08")]
    assert slots(values) == values


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2025-01-15", "2026-12-31", ["Apr 2025", "Jul", "Oct", "Jan 2026", "Apr", "Jul", "Oct"]),
        ("2026-10-01", "2026-10-31", ["Oct 1", "Oct 8", "Oct 15", "Oct 22", "Oct 29"]),
        ("2026-10-01T06:00", "2026-10-01T20:00", ["06:00", "08:00", "10:00", "12:00", "14:00", "16:00", "18:00",
                                                  "20:00"]),
        ("1990-01-01", "2026-01-01", ["1990", "1995", "2000", "2005", "2010", "2015", "2020", "2025"]),
    ],
)  # fmt: skip
def test_ticks_begin_where_people_expect_it_and_say_the_year_once(first: str, last: str, shown: list[str]) -> None:
    found, unit = ticks(at(first), at(last), 9)
    assert [text.replace("\n", " ") for text in names(found, unit, ENGLISH, None)] == shown


def test_an_author_may_write_dates_otherwise() -> None:
    assert names([at("2026-03-01")], "month", language_of("de"), "MMMM yy") == ["März 26"]
