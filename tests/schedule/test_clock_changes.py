"""Which wall times a clock change takes or gives, and which fires that concerns."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.schedule.clock_changes import changed_fires, clock_changes
from scheduled_reports.schedule.recurrence import Recurrence

FIRST, LAST = dt.date(2026, 11, 1), dt.date(2027, 10, 31)


def recurrence(timezone: str = "Europe/Berlin", **when: Any) -> Recurrence:
    return Recurrence.model_validate({"when": {"type": "daily", "at": "02:30", **when}, "timezone": timezone})


@pytest.mark.parametrize(
    ("zone", "instants", "walls"),
    [
        ("Europe/Berlin", ["2027-03-28 01:00", "2027-10-31 01:00"], [("02:00", "03:00"), ("02:00", "03:00")]),
        ("America/New_York", ["2026-11-01 06:00", "2027-03-14 07:00"], [("01:00", "02:00"), ("02:00", "03:00")]),
        ("Australia/Lord_Howe", ["2027-04-03 15:00", "2027-10-02 15:30"], [("01:30", "02:00"), ("02:00", "02:30")]),
        ("Asia/Kolkata", [], []),
    ],
)
def test_a_years_clock_changes_are_those_of_the_zone(
    zone: str, instants: list[str], walls: list[tuple[str, str]]
) -> None:
    found = clock_changes(ZoneInfo(zone), FIRST, LAST)

    assert [f"{change.at:%Y-%m-%d %H:%M}" for change in found] == instants
    assert [tuple(f"{wall:%H:%M}" for wall in change.walls) for change in found] == walls


def test_a_fire_in_the_gap_and_one_in_the_repeated_hour_are_found() -> None:
    found = [(f"{fire.wall}", change.skips) for fire, change in changed_fires(recurrence(), FIRST, LAST)]

    assert found == [("2027-03-28 02:30:00", True), ("2027-10-31 02:30:00", False)]


@pytest.mark.parametrize("time", ["01:59", "03:00"])
def test_fires_just_before_and_after_are_as_on_any_day(time: str) -> None:
    assert list(changed_fires(recurrence(at=time), FIRST, LAST)) == []


def test_jitter_does_not_hide_a_fire_in_the_gap() -> None:
    put_off = recurrence().model_copy(update={"jitter": dt.timedelta(minutes=40)})

    assert [change.skips for _, change in changed_fires(put_off, FIRST, LAST)] == [True, False]


def test_what_fires_round_the_clock_loses_nothing() -> None:
    hourly = Recurrence.model_validate({"when": {"type": "hourly"}, "timezone": "Europe/Berlin"})

    assert list(changed_fires(hourly, FIRST, LAST)) == []
