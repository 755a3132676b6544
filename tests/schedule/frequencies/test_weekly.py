"""Given weekdays, every week or every few weeks."""

from __future__ import annotations

import pytest

from fires import again, fires, frequency, on_days, problem
from scheduled_reports.schedule.frequencies import Rules
from scheduled_reports.schedule.units import Units


def test_it_fires_on_its_weekdays_whether_named_in_full_or_short() -> None:
    when = frequency("weekly", on=["Mon", "friday"], at="06:30")
    assert fires(when, "2026-01-05", "2026-01-12") == ["2026-01-05 06:30", "2026-01-09 06:30", "2026-01-12 06:30"]


def test_one_weekday_needs_no_list() -> None:
    assert on_days(frequency("weekly", on="sunday", at="18:00"), "2026-01-01", "2026-01-12") == [
        "2026-01-04", "2026-01-11",
    ]  # fmt: skip


def test_every_other_week_counts_from_the_week_of_its_start_over_new_year() -> None:
    when = frequency("weekly", on=["monday", "wednesday"], at="06:30", every=2, starting="2026-12-23")
    assert on_days(when, "2026-12-01", "2027-01-20") == [
        "2026-12-21", "2026-12-23", "2027-01-04", "2027-01-06", "2027-01-18", "2027-01-20",
    ]  # fmt: skip


def test_every_other_week_is_the_same_from_whatever_day_one_looks() -> None:
    when = frequency("weekly", on="monday", at="06:30", every=3, starting="2024-01-01")
    whole = on_days(when, "2024-01-01", "2026-12-31")
    for first in ("2025-02-28", "2026-01-05", "2026-06-30"):
        assert on_days(when, first, "2026-12-31") == [day for day in whole if day >= first]


def test_weeks_begin_on_the_weekday_of_the_business() -> None:
    when = frequency("weekly", on=["sunday", "monday"], at="06:30", every=2, starting="2026-01-05")
    assert on_days(when, "2026-01-01", "2026-01-20") == ["2026-01-05", "2026-01-11", "2026-01-19"]
    from_sunday = Rules(units=Units(week_starts=6))
    assert on_days(when, "2026-01-01", "2026-01-20", from_sunday) == [
        "2026-01-04", "2026-01-05", "2026-01-18", "2026-01-19",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"on": "moonday"}, "'moonday' is not a weekday; write one of monday, tuesday, wednesday, thursday, friday, …"),
        ({"on": 1}, "1 is not a weekday; write one of monday, …"),
        ({"on": []}, "Tuple should have at least 1 item …"),
        ({"every": 2}, "every 2 weeks needs 'starting'; write a day in the first of these weeks"),
        ({"every": 0}, "Input should be greater than or equal to 1"),
        ({"every": 53}, "Input should be less than or equal to 52"),
        ({"every": 2, "starting": "monday"}, "'monday' is not a day; write one that there is, for example 2026-12-31"),
        ({"every": 2, "starting": 20260105}, "20260105 is not a day; write one that there is, for example 2026-12-31"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(fields: dict[str, object], message: str) -> None:
    assert problem("weekly", **{"on": "monday", "at": "06:30", **fields}).startswith(message.removesuffix("…").rstrip())


def test_words() -> None:
    assert frequency("weekly", on=["fri", "mon"], at="06:30").words() == "06:30 on Monday and Friday"
    every_other = frequency("weekly", on="mon", at="06:30", every=2, starting="2026-01-05")
    assert every_other.words() == "06:30 on Monday, every 2 weeks from 2026-01-05"


def test_it_is_the_same_after_its_way_through_a_serialized_dag() -> None:
    when = frequency("weekly", on=["fri", "mon"], at="06:30", every=2, starting="2026-01-05")
    assert again(when) == when
