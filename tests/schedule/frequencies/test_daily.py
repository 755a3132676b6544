"""Every day, and every day that is not in the weekend."""

from __future__ import annotations

import datetime as dt

import pytest

from fires import again, fires, frequency, on_days, problem
from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.frequencies import Rules


def test_every_day_has_every_time_once_and_in_order() -> None:
    when = frequency("daily", at=["18:00", "06:30", "18:00"])
    assert fires(when, "2026-02-28", "2026-03-01") == [
        "2026-02-28 06:30", "2026-02-28 18:00", "2026-03-01 06:30", "2026-03-01 18:00",
    ]  # fmt: skip


def test_weekdays_are_monday_to_friday_without_a_calendar() -> None:
    assert on_days(frequency("weekdays", at="06:30"), "2026-01-08", "2026-01-13") == [
        "2026-01-08", "2026-01-09", "2026-01-12", "2026-01-13",
    ]  # fmt: skip


def test_weekdays_follow_a_weekend_of_friday_and_saturday() -> None:
    rules = Rules(Calendar.model_validate({"weekend": ["friday", "saturday"]}))
    assert on_days(frequency("weekdays", at="06:30"), "2026-01-08", "2026-01-12", rules) == [
        "2026-01-08", "2026-01-11", "2026-01-12",
    ]  # fmt: skip


def test_holidays_stay_weekdays_and_a_worked_saturday_is_one() -> None:
    rules = Rules(Calendar(closed=frozenset({dt.date(2026, 1, 9)}), opened=frozenset({dt.date(2026, 1, 10)})))
    assert on_days(frequency("weekdays", at="06:30"), "2026-01-09", "2026-01-12", rules) == [
        "2026-01-09", "2026-01-10", "2026-01-12",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["daily", "weekdays"])
@pytest.mark.parametrize("at", ["6:30", "24:00", "06:60", "06:30:00", "6.30", 630, "noon", True])
def test_what_is_no_time_of_day_is_refused(kind: str, at: object) -> None:
    assert problem(kind, at=at) == f"{at!r} is not a time of day; write hours and minutes, for example '06:30'"


def test_no_time_at_all_is_refused() -> None:
    assert problem("daily") == "Field required"
    assert problem("daily", at=[]).startswith("no time is given")


def test_words() -> None:
    assert frequency("daily", at="06:30").words() == "06:30 every day"
    assert frequency("daily", at=["12:00", "06:30", "18:00"]).words() == "06:30, 12:00 and 18:00 every day"
    assert frequency("weekdays", at="06:30").words() == "06:30 on weekdays"


@pytest.mark.parametrize("kind", ["daily", "weekdays"])
def test_it_is_the_same_after_its_way_through_a_serialized_dag(kind: str) -> None:
    when = frequency(kind, at=["06:30", "18:00"])
    assert again(when) == when
