"""Which earlier period is meant, and which periods a schedule covered before."""

from __future__ import annotations

import datetime as dt
from itertools import islice

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.earlier import Ago, EarlierPeriod, periods_before, wanted
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing


def timing(**fields: object) -> Timing:
    return Schedule.model_validate({"id": "x", "timezone": "Europe/Berlin", **fields}).timing(None, None, "x")


def before(schedule: Timing, day: str, count: int = 3) -> list[str]:
    """Return the labels of the periods before that of `day`."""
    period = schedule.period_of(dt.date.fromisoformat(day))
    return [found.label for found in islice(periods_before(schedule, period.start), count)]


def test_days_without_a_run_have_no_period() -> None:
    weekdays = timing(when={"type": "weekly", "on": ["tuesday", "friday"], "at": "06:30"})

    assert before(weekdays, "2026-10-12") == [
        "Thursday, 8 October 2026", "Monday, 5 October 2026", "Thursday, 1 October 2026",
    ]  # fmt: skip


def test_a_run_long_after_its_period_counts() -> None:
    late = timing(when={"type": "monthly", "on": 5, "at": "09:00"}, covers="previous_month")

    assert before(late, "2026-10-12") == ["September 2026", "August 2026", "July 2026"]


def test_several_runs_of_one_period_are_one() -> None:
    hourly = timing(when="0 * * * *", covers="previous_day")

    assert before(hourly, "2026-10-12") == [
        "Sunday, 11 October 2026", "Saturday, 10 October 2026", "Friday, 9 October 2026",
    ]  # fmt: skip


def test_periods_that_end_at_their_fire_follow_each_other() -> None:
    hourly = timing(when="0 6,18 * * *", covers="since_last_fire")
    period = hourly.period(dt.datetime(2026, 10, 12, 16, tzinfo=dt.UTC))

    assert period.label == "Monday, 12 October 2026, 06:00 – 18:00"
    assert next(periods_before(hourly, period.start)).end == period.start


def test_before_the_first_run_of_a_schedule_there_is_none() -> None:
    young = timing(when={"type": "weekly", "on": "monday", "at": "07:00"}, covers="previous_week", starts="2026-10-05")

    assert before(young, "2026-10-05") == ["28 September – 4 October 2026"]
    assert before(young, "2026-09-28") == []


def test_years_of_runs_come_one_by_one() -> None:
    daily = timing(when="30 6 * * *")
    period = daily.period_of(dt.date(2026, 10, 12))

    found = [found.start.date() for found in islice(periods_before(daily, period.start), 1000)]

    assert found == [dt.date(2026, 10, 11) - dt.timedelta(days=number) for number in range(1000)]


def test_a_schedule_without_a_clock_has_none() -> None:
    assert before(timing(when={"type": "manual"}), "2026-10-12") == []


@pytest.mark.parametrize(
    ("which", "covers", "day", "label"),
    [
        ("previous", "previous_month", "2026-03-31", "February 2026"),
        (Ago(periods_ago=12), "previous_month", "2026-03-31", "March 2025"),
        ("same_last_year", "previous_month", "2026-03-31", "March 2025"),
        ("same_last_year", "previous_week", "2026-10-04", "29 September – 5 October 2025"),
        ("same_last_year", "previous_day", "2028-02-29", "Sunday, 28 February 2027"),
        ("same_last_year", "month_to_date", "2026-10-14", "1 – 14 October 2025"),
        (Ago(days_ago=7), "previous_day", "2026-10-01", "Thursday, 24 September 2026"),
        ("same", "previous_week", "2026-10-01", "28 September – 4 October 2026"),
    ],
)
def test_a_word_means_a_period(which: EarlierPeriod, covers: str, day: str, label: str) -> None:
    whens = {"previous_month": {"type": "monthly", "on": 1, "at": "07:00"}}
    schedule = timing(when=whens.get(covers, "0 7 * * *"), covers=covers)

    found = wanted(which, schedule, schedule.period_of(dt.date.fromisoformat(day)))

    assert found is not None
    assert next(found).label == label


@pytest.mark.parametrize("given", ["last_month", "", 3, None, [], {}, {"periods_ago": True}, {"days_ago": 1001},
                                   {"periods_ago": 1, "days_ago": 1}, {"days_ago": "7"}])  # fmt: skip
def test_what_is_no_earlier_period_is_told_with_what_is_one(given: object) -> None:
    with pytest.raises(ValidationError, match="is no earlier period; write previous, latest, same, same_last_year"):
        TypeAdapter(EarlierPeriod).validate_python(given)
