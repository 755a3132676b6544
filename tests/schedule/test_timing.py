"""A run covers what its fire was meant for, and any other run what is over when it starts."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.asked import asked_period
from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing

BERLIN = ZoneInfo("Europe/Berlin")


def timing(calendar: Calendar | None = None, **fields: Any) -> Timing:
    given = {"id": "x", "when": "30 6 * * *", "timezone": "Europe/Berlin", **fields}
    return Schedule.model_validate(given).timing(calendar, None, "seed")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_since_the_last_fire_is_from_one_fire_to_the_next() -> None:
    found = timing(covers="since_last_fire").period(at("2026-11-20T06:30"))

    assert (found.start, found.end) == (at("2026-11-19T06:30"), at("2026-11-20T06:30"))
    assert (found.previous_start, found.previous_end) == (at("2026-11-18T06:30"), at("2026-11-19T06:30"))


def test_a_manual_run_covers_the_last_period_that_a_fire_has_ended() -> None:
    assert timing(covers="since_last_fire").period(at("2026-11-20T11:00")).slug == "2026-11-19T0630_2026-11-20T0630"


def test_jitter_moves_the_run_but_not_the_period() -> None:
    late = timing(covers="since_last_fire", jitter="30m")
    assert late.recurrence is not None
    fire = late.recurrence.after(at("2026-11-20T00:00"))
    assert fire is not None

    assert at("2026-11-20T06:30") < fire.at < at("2026-11-20T07:00")
    assert late.period(fire.at).slug == "2026-11-19T0630_2026-11-20T0630"
    today = timing(covers="today", jitter="30m")
    assert today.period(fire.at).slug == "2026-11-20T0000_2026-11-20T0630"


def test_the_very_first_fire_covers_the_day_before_it() -> None:
    when = {"type": "dates", "on": ["2026-11-20", "2026-11-25"], "at": "06:30"}
    listed = timing(when=when, covers="since_last_fire")

    assert listed.period(at("2026-11-20T06:30")).slug == "2026-11-19T0630_2026-11-20T0630"
    assert listed.period(at("2026-11-25T06:30")).slug == "2026-11-20T0630_2026-11-25T0630"


def test_a_fire_put_off_covers_what_it_was_meant_to() -> None:
    """Saturday 31 October closes the month; sent on Monday, it still covers October to date."""
    closing = timing(when={"type": "monthly", "on": "last", "at": "23:00"}, on_closed="next", covers="month_to_date")

    assert closing.period(at("2026-11-02T23:00")).slug == "2026-10-01T0000_2026-10-31T2300"


def test_a_fire_moved_forward_covers_what_is_over_by_then() -> None:
    """Sunday 1 November is sent on Friday 30 October, when October is not over."""
    first = timing(when={"type": "monthly", "on": 1, "at": "06:30"}, on_closed="previous", covers="previous_month")

    assert first.period(at("2026-10-30T06:30")).slug == "2026-09-01_2026-09-30"


def test_a_schedule_without_times_covers_what_is_over_when_it_is_triggered() -> None:
    manual = timing(when={"type": "manual"}, covers="previous_week")

    assert manual.recurrence is None
    assert manual.period(at("2026-11-20T11:00")).slug == "2026-11-09_2026-11-15"
    since = timing(when={"type": "manual"}, covers="since_last_fire")
    assert since.period(at("2026-11-20T11:00")).slug == "2026-11-19T1100_2026-11-20T1100"


@pytest.mark.parametrize(
    ("covers", "slug"),
    [
        ("previous_month", "2026-10-01_2026-10-31"),
        ("month_to_date", "2026-10-01_2026-10-15"),
        ("since_last_fire", "2026-10-14T0630_2026-10-15T0630"),
        ({"from": "-1 day 06:00", "to": "0 days 06:00"}, "2026-10-14T0600_2026-10-15T0600"),
    ],
)
def test_a_day_asks_for_the_period_it_lies_in_or_whose_fire_it_has(covers: Any, slug: str) -> None:
    period = asked_period(timing(covers=covers), "2026-10-15", None, None)

    assert period is not None
    assert period.slug == slug


def test_any_other_period_may_be_asked_for_in_the_schedules_wall_time() -> None:
    period = asked_period(timing(), None, "2026-10-24", "2026-10-26T06:30")

    assert period is not None
    assert (period.start, period.end) == (at("2026-10-24"), at("2026-10-26T06:30"))
    assert (period.previous_start, period.previous_end) == (at("2026-10-21T17:30"), at("2026-10-24"))


def test_nothing_asked_for_leaves_the_period_to_the_schedule() -> None:
    assert asked_period(timing(), None, None, None) is None
    assert asked_period(timing(), "", "", "") is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("2026-10-01", "2026-10-01", "2026-10-02"), "both a day and the ends of a period are given"),
        ((None, "2026-10-01", None), "only one end of the period is given\n  → give both period_start and period_end"),
        ((None, None, "2026-10-01"), "only one end of the period is given"),
        ((None, "2026-10-02", "2026-10-02"), "the period ends (2026-10-02 00:00) before it has begun"),
        ((None, "2026-10-02", "2026-10-01"), "period_end is the first moment after it"),
        ((None, "yesterday", "2026-10-01"), "period_start 'yesterday' is no date\n  → write it as 2026-10-01"),
        ((None, "2026-10-01", "2026-02-30"), "period_end '2026-02-30' is no date: day is out of range"),
        (("2026-10-01T25:00", None, None), "period '2026-10-01T25:00' is no date"),
    ],
)
def test_what_is_no_period_is_refused(asked: tuple[str | None, str | None, str | None], said: str) -> None:
    with pytest.raises(ReportError) as caught:
        asked_period(timing(), *asked)

    assert said in str(caught.value)
    assert not caught.value.retryable


def test_offsets_that_meet_on_some_day_leave_no_period() -> None:
    since_monday = timing(covers={"from": "0 weeks", "to": "0 days"})
    assert since_monday.period(at("2026-11-20T06:30")).slug == "2026-11-16_2026-11-19"

    with pytest.raises(ReportError, match="has no length"):
        since_monday.period(at("2026-11-16T06:30"))


def test_closed_days_are_skipped_where_a_calendar_is_given() -> None:
    calendar = Calendar(name="x", closed=frozenset({dt.date(2026, 11, 19)}))
    found = timing(calendar, covers="since_last_fire").period(at("2026-11-20T06:30"))

    assert (found.start, found.end) == (at("2026-11-18T06:30"), at("2026-11-20T06:30"))


def test_several_days_moved_to_one_cover_what_that_day_itself_covers() -> None:
    """Saturday's and Sunday's fires go out with Monday's own."""
    daily = timing(on_closed="next")

    assert daily.period(at("2026-11-23T06:30")).slug == "2026-11-22"
