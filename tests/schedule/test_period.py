"""A run covers the last whole day, week or month in its schedule's time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.schedule.period import Covers, covered, covering

BERLIN = "Europe/Berlin"


def at(text: str, zone: str = BERLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("covers", "moment", "start", "end", "before", "label", "slug"),
    [
        ("previous_day", "2026-10-02T06:30", "2026-10-01", "2026-10-02", "2026-09-30", "Thursday, 1 October 2026",
         "2026-10-01"),
        ("previous_day", "2026-10-02T00:00", "2026-10-01", "2026-10-02", "2026-09-30", "Thursday, 1 October 2026",
         "2026-10-01"),
        ("previous_week", "2026-09-28T07:00", "2026-09-21", "2026-09-28", "2026-09-14", "21 – 27 September 2026",
         "2026-09-21_2026-09-27"),
        ("previous_week", "2026-10-04T23:59", "2026-09-21", "2026-09-28", "2026-09-14", "21 – 27 September 2026",
         "2026-09-21_2026-09-27"),
        ("previous_week", "2027-01-04T07:00", "2026-12-28", "2027-01-04", "2026-12-21",
         "28 December 2026 – 3 January 2027", "2026-12-28_2027-01-03"),
        ("previous_month", "2026-03-01T06:00", "2026-02-01", "2026-03-01", "2026-01-01", "February 2026",
         "2026-02-01_2026-02-28"),
        ("previous_month", "2026-01-31T06:00", "2025-12-01", "2026-01-01", "2025-11-01", "December 2025",
         "2025-12-01_2025-12-31"),
    ],
)  # fmt: skip
def test_the_period_is_the_last_whole_one(
    covers: Covers, moment: str, start: str, end: str, before: str, label: str, slug: str
) -> None:
    period = covered(covers, at(moment), BERLIN)

    assert (period.start, period.end, period.previous_start) == (at(start), at(end), at(before))
    assert (period.label, period.slug) == (label, slug)


def test_days_begin_at_the_zones_own_midnight_also_when_clocks_change() -> None:
    period = covered("previous_day", at("2026-10-26T06:30"), BERLIN)

    assert period.start.isoformat() == "2026-10-25T00:00:00+02:00"
    assert period.end.isoformat() == "2026-10-26T00:00:00+01:00"


def test_the_moment_is_read_in_the_schedules_zone() -> None:
    moment = dt.datetime(2026, 10, 1, 22, 30, tzinfo=dt.UTC)

    assert covered("previous_day", moment, BERLIN).slug == "2026-10-01"
    assert covered("previous_day", moment, "America/New_York").slug == "2026-09-30"


@pytest.mark.parametrize(
    ("covers", "day", "slug"),
    [
        ("previous_day", "2026-10-01", "2026-10-01"),
        ("previous_week", "2026-10-01", "2026-09-28_2026-10-04"),
        ("previous_week", "2026-09-28", "2026-09-28_2026-10-04"),
        ("previous_month", "2026-02-28", "2026-02-01_2026-02-28"),
        ("previous_month", "2024-02-01", "2024-02-01_2024-02-29"),
        ("previous_month", "2026-12-31", "2026-12-01_2026-12-31"),
    ],
)
def test_a_day_names_the_period_that_contains_it(covers: Covers, day: str, slug: str) -> None:
    assert covering(covers, dt.date.fromisoformat(day), BERLIN).slug == slug


@pytest.mark.parametrize("covers", ["previous_day", "previous_week", "previous_month"])
def test_consecutive_periods_leave_no_gap(covers: Covers) -> None:
    day = dt.date(2026, 1, 1)
    period = covering(covers, day, BERLIN)
    while period.end < at("2027-02-01"):
        after = covering(covers, period.end.date(), BERLIN)
        assert (after.start, after.previous_start) == (period.end, period.start)
        period = after
