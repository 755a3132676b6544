"""Which earlier values one is compared with. The period is Thursday, 1 October 2026, in Berlin."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs import run_of
from scheduled_reports.checks.compared import Compared, Earlier, Weekdays, compared, is_daily
from scheduled_reports.schedule.period import Period
from specs import SALES

BERLIN = ZoneInfo("Europe/Berlin")


def period(start: dt.datetime, days: int = 1) -> Period:
    return Period(start, start + dt.timedelta(days=days), start - dt.timedelta(days=days), start)


THURSDAY = period(dt.datetime(2026, 10, 1, tzinfo=BERLIN))


def earlier(*days_ago: int) -> list[Earlier]:
    """Return runs of days before the period, each of which measured how long ago it was; in UTC, as the ledger says."""
    start = THURSDAY.start
    return [Earlier((start - dt.timedelta(days=days)).astimezone(dt.UTC), float(days)) for days in days_ago]


DAILY = earlier(*range(1, 100))


def test_with_weekdays_thursdays_are_compared_with_thursdays(tmp_path: Path) -> None:
    found = compared(DAILY, THURSDAY, True, 4, 3)

    assert found == Compared((7, 14, 21, 28), "Thursdays", 3)
    assert found.called == "4 Thursdays"
    assert found.learning == ""


def test_weekdays_are_those_of_the_schedules_zone_through_clock_changes() -> None:
    tokyo = period(dt.datetime(2026, 10, 1, tzinfo=ZoneInfo("Asia/Tokyo")))
    after_change = period(dt.datetime(2026, 11, 5, tzinfo=BERLIN))

    past = [Earlier(dt.datetime(2026, 9, 23, 15, tzinfo=dt.UTC), 1.0)]  # midnight of Thursday in Tokyo

    assert compared(past, tokyo, True, 4, 3).values == (1,)
    assert compared(past, THURSDAY, True, 4, 3).values == ()
    assert compared(earlier(0), after_change, True, 4, 3).values == (0,)


def test_without_weekdays_all_runs_are() -> None:
    found = compared(DAILY, THURSDAY, False, 4, 3)

    assert found == Compared((1, 2, 3, 4), "runs", 3)
    assert found.called == "4 runs"


def test_by_itself_it_takes_weekdays_as_soon_as_there_are_enough() -> None:
    assert compared(earlier(*range(1, 21)), THURSDAY, "auto", 12, 3).of == "runs"
    assert compared(earlier(*range(1, 22)), THURSDAY, "auto", 12, 3) == Compared((7, 14, 21), "Thursdays", 3)


def test_until_then_what_was_measured_on_that_weekday_is_usual_too() -> None:
    sunday = [
        Earlier(entry.begin, 500.0 if entry.value == 7 else 3000.0 + entry.value) for entry in earlier(*range(1, 9))
    ]

    found = compared(sunday, THURSDAY, "auto", 12, 5)

    assert (found.of, found.own, found.called) == ("runs", (500,), "8 runs and 1 Thursday")
    assert 500 in found.usual(3, 1)
    assert 501 in found.usual(3, 1)
    assert 0 not in found.usual(3, 1)
    assert 3004 in found.usual(3, 1)


def test_a_weekday_that_there_was_not_yet_is_not_judged_by_the_others() -> None:
    found = compared(earlier(*range(1, 7)), THURSDAY, "auto", 12, 5)

    assert found.learning == "learning, no Thursday yet"


def test_periods_that_are_no_days_are_compared_with_all() -> None:
    week = period(dt.datetime(2026, 9, 24, tzinfo=BERLIN), 7)

    assert compared(DAILY, week, "auto", 4, 3) == Compared((1, 2, 3, 4), "runs", 3)
    assert compared(DAILY, week, True, 2, 2).of == "Thursdays"


@pytest.mark.parametrize(
    ("weekdays", "past", "words"),
    [
        (False, 0, "learning, 0 of 5 runs"),
        (False, 4, "learning, 4 of 5 runs"),
        (False, 5, ""),
        ("auto", 4, "learning, 4 of 5 runs"),
        ("auto", 7, ""),
        (True, 34, "learning, 4 of 5 Thursdays"),
        (True, 35, ""),
    ],
)
def test_it_says_how_much_it_has_learned(weekdays: Weekdays, past: int, words: str) -> None:
    assert compared(earlier(*range(1, past + 1)), THURSDAY, weekdays, 12, 5).learning == words


@given(
    st.lists(st.integers(1, 400), unique=True).map(sorted),
    st.sampled_from([True, False, "auto"]),
    st.integers(3, 20),
    st.integers(3, 20),
)
def test_never_more_are_compared_than_asked_for_and_of_those_the_newest(
    days: list[int], weekdays: Weekdays, most: int, needed: int
) -> None:
    found = compared(earlier(*days), THURSDAY, weekdays, most, min(needed, most))

    chosen = [float(day) for day in days if found.of == "runs" or day % 7 == 0]
    assert list(found.values) == chosen[:most]
    assert all(value % 7 == 0 for value in found.own)
    assert bool(found.learning) == (len(found.values) < min(needed, most) or bool(found.lacks))


def test_a_day_is_a_day_when_clocks_change_too(tmp_path: Path) -> None:
    timing = run_of(tmp_path, SALES).report.timing(run_of(tmp_path, SALES).schedule)

    assert all(is_daily(timing.period_of(dt.date(2026, month, 25))) for month in range(1, 13))
    assert is_daily(timing.period_of(dt.date(2026, 3, 29)))
    assert not is_daily(period(dt.datetime(2026, 10, 1, tzinfo=BERLIN), 2))
