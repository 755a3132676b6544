"""What a run covers, by the word in its spec, seen from when it is due."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.covers import AnyCovers, Frame
from scheduled_reports.schedule.fiscal import MonthsYear
from scheduled_reports.schedule.units import Units

APRIL = MonthsYear.model_validate({"type": "months", "starts": "april"})
COVERS = TypeAdapter(AnyCovers)


def frame(zone: str = "Europe/Berlin", week_starts: int = 0) -> Frame:
    return Frame(ZoneInfo(zone), Units(week_starts, APRIL))


def at(text: str, zone: str = "Europe/Berlin") -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("covers", "moment", "start", "end", "compared_from", "compared_to"),
    [
        ("previous_day", "2026-10-02T06:30", "2026-10-01", "2026-10-02", "2026-09-30", "2026-10-01"),
        ("previous_day", "2026-10-02T00:00", "2026-10-01", "2026-10-02", "2026-09-30", "2026-10-01"),
        ("previous_week", "2026-09-28T07:00", "2026-09-21", "2026-09-28", "2026-09-14", "2026-09-21"),
        ("previous_week", "2026-10-04T23:59", "2026-09-21", "2026-09-28", "2026-09-14", "2026-09-21"),
        ("previous_week", "2027-01-04T07:00", "2026-12-28", "2027-01-04", "2026-12-21", "2026-12-28"),
        ("previous_month", "2026-03-01T06:00", "2026-02-01", "2026-03-01", "2026-01-01", "2026-02-01"),
        ("previous_month", "2026-01-31T06:00", "2025-12-01", "2026-01-01", "2025-11-01", "2025-12-01"),
        ("previous_quarter", "2026-02-15T06:00", "2025-10-01", "2026-01-01", "2025-07-01", "2025-10-01"),
        ("previous_year", "2026-02-15T06:00", "2025-01-01", "2026-01-01", "2024-01-01", "2025-01-01"),
        ("previous_fiscal_quarter", "2026-05-15T06:00", "2026-01-01", "2026-04-01", "2025-10-01", "2026-01-01"),
        ("previous_fiscal_year", "2026-05-15T06:00", "2025-04-01", "2026-04-01", "2024-04-01", "2025-04-01"),
        ("today", "2026-10-02T18:00", "2026-10-02", "2026-10-02T18:00", "2026-10-01", "2026-10-01T18:00"),
        ("week_to_date", "2026-10-01T18:00", "2026-09-28", "2026-10-01T18:00", "2026-09-21", "2026-09-24T18:00"),
        ("month_to_date", "2026-10-20T06:30", "2026-10-01", "2026-10-20T06:30", "2026-09-01", "2026-09-20T06:30"),
        ("month_to_date", "2026-03-31T06:30", "2026-03-01", "2026-03-31T06:30", "2026-02-01", "2026-03-01"),
        ("month_to_date", "2026-11-01T00:00", "2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01"),
        ("quarter_to_date", "2026-05-31T06:30", "2026-04-01", "2026-05-31T06:30", "2026-01-01", "2026-03-02T06:30"),
        ("year_to_date", "2026-03-01T06:30", "2026-01-01", "2026-03-01T06:30", "2025-01-01", "2025-03-01T06:30"),
        ("fiscal_year_to_date", "2026-05-01T06:30", "2026-04-01", "2026-05-01T06:30", "2025-04-01", "2025-05-01T06:30"),
        ("last 7 days", "2026-10-02T06:30", "2026-09-25", "2026-10-02", "2026-09-18", "2026-09-25"),
        ("last 1 day", "2026-10-02T06:30", "2026-10-01", "2026-10-02", "2026-09-30", "2026-10-01"),
        ("last 2 weeks", "2026-10-02T06:30", "2026-09-14", "2026-09-28", "2026-08-31", "2026-09-14"),
        ("last 3 months", "2026-10-02T06:30", "2026-07-01", "2026-10-01", "2026-04-01", "2026-07-01"),
        ("last 2 fiscal_quarters", "2026-05-15T06:00", "2025-10-01", "2026-04-01", "2025-04-01", "2025-10-01"),
        ("last 36 hours", "2026-10-02T06:30", "2026-09-30T18:30", "2026-10-02T06:30", "2026-09-29T06:30",
         "2026-09-30T18:30"),
        ({"from": "-1 day 06:00", "to": "0 days 06:00"}, "2026-10-02T06:30", "2026-10-01T06:00", "2026-10-02T06:00",
         "2026-09-30T06:00", "2026-10-01T06:00"),
        ({"from": "-1 month", "to": "0 days"}, "2026-10-20T06:30", "2026-09-01", "2026-10-20", "2026-07-14",
         "2026-09-01"),
    ],
)  # fmt: skip
def test_each_word_means_one_span(
    covers: Any, moment: str, start: str, end: str, compared_from: str, compared_to: str
) -> None:
    period = COVERS.validate_python(covers).period(at(moment), frame())

    assert (period.start, period.end) == (at(start), at(end))
    assert (period.previous_start, period.previous_end) == (at(compared_from), at(compared_to))


@pytest.mark.parametrize(
    ("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-01", 24)], ids=["spring", "autumn", "normal"]
)
def test_a_day_is_as_long_as_clocks_make_it(day: str, length: int) -> None:
    after = dt.date.fromisoformat(day) + dt.timedelta(days=1)

    period = COVERS.validate_python("previous_day").period(at(f"{after}T06:30"), frame())

    assert (period.end.astimezone(dt.UTC) - period.start.astimezone(dt.UTC)) == dt.timedelta(hours=length)


def test_hours_pass_as_on_a_stopwatch_when_clocks_change() -> None:
    period = COVERS.validate_python("last 24 hours").period(at("2026-10-25T06:30"), frame())

    assert period.start == at("2026-10-24T07:30")


def test_days_begin_at_midnight_in_the_schedules_zone() -> None:
    moment = dt.datetime(2026, 10, 1, 23, 30, tzinfo=dt.UTC)
    covers = COVERS.validate_python("previous_day")

    assert covers.period(moment.astimezone(ZoneInfo("Europe/Berlin")), frame()).slug == "2026-10-01"
    there = frame("America/New_York")
    assert covers.period(moment.astimezone(there.zone), there).slug == "2026-09-30"


def test_weeks_begin_where_the_schedule_says() -> None:
    period = COVERS.validate_python("previous_week").period(at("2026-10-02T06:30"), frame(week_starts=6))

    assert period.slug == "2026-09-20_2026-09-26"


@pytest.mark.parametrize(
    ("covers", "day", "slug"),
    [
        ("previous_day", "2026-10-01", "2026-10-01"),
        ("previous_week", "2026-10-01", "2026-09-28_2026-10-04"),
        ("previous_week", "2026-09-28", "2026-09-28_2026-10-04"),
        ("previous_month", "2024-02-01", "2024-02-01_2024-02-29"),
        ("previous_month", "2026-12-31", "2026-12-01_2026-12-31"),
        ("previous_fiscal_year", "2026-12-31", "2026-04-01_2027-03-31"),
        ("month_to_date", "2026-12-24", "2026-12-01_2026-12-24"),
        ("month_to_date", "2026-12-31", "2026-12-01_2026-12-31"),
        ("last 7 days", "2026-12-24", "2026-12-18_2026-12-24"),
        ("last 2 months", "2026-12-24", "2026-11-01_2026-12-31"),
        ("last 6 hours", "2026-12-24", "2026-12-24T1800_2026-12-25T0000"),
    ],
)
def test_a_day_names_the_span_that_contains_it(covers: str, day: str, slug: str) -> None:
    span, here = COVERS.validate_python(covers), frame()
    anchor = span.anchor(dt.date.fromisoformat(day), here)

    assert anchor is not None
    assert span.period(anchor, here).slug == slug


@pytest.mark.parametrize("covers", ["previous_day", "previous_week", "previous_month", "previous_fiscal_period"])
def test_consecutive_whole_units_leave_no_gap(covers: str) -> None:
    span, here = COVERS.validate_python(covers), frame()
    period = span.period(at("2026-01-15"), here)
    while period.end < at("2027-02-01"):
        anchor = span.anchor(period.end.date(), here)
        assert anchor is not None
        after = span.period(anchor, here)
        assert (after.start, after.previous_start) == (period.end, period.start)
        period = after


def test_a_fiscal_span_is_called_what_the_business_calls_it() -> None:
    period = COVERS.validate_python("previous_fiscal_quarter").period(at("2026-07-02T06:30"), frame())

    assert period.label == "Q1 FY2027 (1 April – 30 June 2026)"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("lastweek", "'lastweek' is no span of time; write one of since_last_fire, previous_day"),
        ("last 0 days", "'last 0 days' is no span of time"),
        ("last 7 fortnights", "or 'last 7 days', 'last 36 hours'"),
        (7, "valid dictionary or instance of Offsets"),
        ({"from": "yesterday", "to": "0 days"}, "String should match pattern"),
        ({"from": "0 days", "to": "-1 day"}, "'from' lies after 'to'; swap them"),
        ({"from": "0 days 06:00", "to": "0 days 06:00"}, "'from' lies at 'to'; write a later 'to'"),
    ],
)
def test_what_is_no_span_is_refused_with_what_is_allowed(given: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("(", r"\(")):
        COVERS.validate_python(given)


@pytest.mark.parametrize("given", ["since_last_fire", "last 36 hours", {"from": "-1 day 06:00", "to": "0 days 06:00"}])
def test_it_is_written_as_it_was_read(given: Any) -> None:
    span = COVERS.validate_python(given)

    assert COVERS.validate_python(COVERS.dump_python(span, mode="json", by_alias=True)) == span


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("previous_week", "previous week"),
        ("last 1 hours", "last hour"),
        ("last 36 hours", "last 36 hours"),
        ("last 1 day", "last day"),
        ("since_last_fire", "since the last fire"),
        ({"from": "-1 day 06:00", "to": "0 days 06:00"}, "from -1 day 06:00 to 0 days 06:00"),
    ],
)
def test_airflow_shows_it_in_plain_words(given: Any, words: str) -> None:
    assert COVERS.validate_python(given).words() == words
