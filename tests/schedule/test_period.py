"""A period says itself in words and in file names."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.schedule.period import Period


def period(start: str, end: str, zone: str = "Europe/Berlin", name: str = "") -> Period:
    first, after = (dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (start, end))
    return Period(first, after, first, first, name)


@pytest.mark.parametrize(
    ("start", "end", "label", "slug"),
    [
        ("2026-10-01", "2026-10-02", "Thursday, 1 October 2026", "2026-10-01"),
        ("2026-09-21", "2026-09-28", "21 – 27 September 2026", "2026-09-21_2026-09-27"),
        ("2026-09-28", "2026-10-05", "28 September – 4 October 2026", "2026-09-28_2026-10-04"),
        ("2026-12-28", "2027-01-04", "28 December 2026 – 3 January 2027", "2026-12-28_2027-01-03"),
        ("2026-02-01", "2026-03-01", "February 2026", "2026-02-01_2026-02-28"),
        ("2026-07-01", "2026-10-01", "1 July – 30 September 2026", "2026-07-01_2026-09-30"),
        ("2026-01-01", "2027-01-01", "2026", "2026-01-01_2026-12-31"),
        ("2026-10-01", "2026-10-20T06:30", "1 – 20 October 2026, until 06:30", "2026-10-01T0000_2026-10-20T0630"),
        ("2026-10-20", "2026-10-20T06:30", "Tuesday, 20 October 2026, until 06:30", "2026-10-20T0000_2026-10-20T0630"),
        ("2026-10-20T06:30", "2026-10-20T10:30", "Tuesday, 20 October 2026, 06:30 – 10:30",
         "2026-10-20T0630_2026-10-20T1030"),
        ("2026-10-19T06:30", "2026-10-20T06:30", "Monday, 19 October 2026, 06:30 – Tuesday, 20 October 2026, 06:30",
         "2026-10-19T0630_2026-10-20T0630"),
    ],
)  # fmt: skip
def test_a_period_has_a_label_for_readers_and_a_slug_for_files(start: str, end: str, label: str, slug: str) -> None:
    found = period(start, end)

    assert (found.label, found.slug) == (label, slug)


def test_what_the_business_calls_it_comes_first() -> None:
    assert period("2026-04-01", "2026-07-01", name="Q1 FY2027").label == "Q1 FY2027 (1 April – 30 June 2026)"


def test_a_day_that_begins_at_one_because_clocks_skip_midnight_is_a_whole_day() -> None:
    found = period("2026-03-08T01:00", "2026-03-09", "America/Havana")

    assert (found.label, found.slug) == ("Sunday, 8 March 2026", "2026-03-08")


def test_the_last_day_is_the_last_that_the_period_touches() -> None:
    assert period("2026-10-01", "2026-11-01").last_day == dt.date(2026, 10, 31)
    assert period("2026-10-01", "2026-10-20T06:30").last_day == dt.date(2026, 10, 20)
