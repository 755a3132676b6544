"""One entry of `schedules`: what a spec may write, and what is refused with a word on what is allowed."""

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from scheduled_reports.schedule.frequencies.cron import Cron
from scheduled_reports.schedule.schedule import Schedule

BERLIN = {"id": "x", "timezone": "Europe/Berlin"}


def schedule(**fields: Any) -> Schedule:
    return Schedule.model_validate({**BERLIN, "when": "30 6 * * *", **fields})


def offset(report: str, window: str = "10m") -> dt.timedelta:
    timing = schedule(jitter=window).timing(None, None, report)
    assert timing.recurrence is not None
    return timing.recurrence.jitter or dt.timedelta(0)


@pytest.mark.parametrize("when", ["30 6 * * *", ["30 6 * * 1-5", "0 9 * * 6"]])
def test_a_cron_line_or_several_may_stand_for_short(when: Any) -> None:
    found = schedule(when=when).when

    assert isinstance(found, Cron)
    assert list(found.cron) == ([when] if isinstance(when, str) else when)


def test_jitter_is_the_same_on_every_look_and_another_for_each_schedule() -> None:
    offsets = [offset(f"report_{number}__daily") for number in range(200)]

    assert offsets == [offset(f"report_{number}__daily") for number in range(200)]
    assert all(dt.timedelta(0) <= one < dt.timedelta(minutes=10) for one in offsets)
    assert len(set(offsets)) > 150


def test_jitter_spreads_a_thousand_reports_over_its_window() -> None:
    minutes = [offset(f"report_{number}__daily").seconds // 60 for number in range(1000)]

    assert all(60 < minutes.count(minute) < 140 for minute in range(10))


@pytest.mark.parametrize(
    ("fields", "tolerance"),
    [
        ({}, dt.timedelta(hours=1)),
        ({"grace": "10m"}, dt.timedelta(minutes=10)),
        ({"late": "run"}, None),
        ({"catch_up": True, "starts": "2026-01-01"}, None),
    ],
)
def test_a_fire_may_be_an_hour_late_unless_the_spec_says_otherwise(
    fields: dict[str, Any], tolerance: dt.timedelta | None
) -> None:
    assert schedule(**fields).tolerance == tolerance


def test_a_calendar_means_that_closed_days_are_skipped_and_none_that_they_do_not_matter() -> None:
    plain = schedule().timing(None, None, "x").recurrence
    moved = schedule(on_closed="next").timing(None, None, "x").recurrence

    assert plain is not None
    assert moved is not None
    assert (plain.on_closed, moved.on_closed) == (None, "next")
    assert moved.words() == "06:30, or the next open day, Europe/Berlin"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": {"type": "hourly", "every": 5}}, "Input should be 1, 2, 3, 4, 6 or 12"),
        ({"when": {"type": "fortnightly"}}, "'daily', 'dates'"),
        ({"when": {"type": "yearly", "month": "february", "on": 30, "at": "06:30"}}, "February has at most 29 days"),
        ({"when": {"type": "daily", "at": "24:00"}}, "'24:00' is not a time of day; write hours and minutes"),
        ({"when": {"type": "daily", "at": []}}, "no time is given; write one"),
        ({"when": "daily"}, "'daily' alone does not say when; write it as {type: daily"),
        ({"when": None}, "it is empty; write it as {type: daily"),
        ({"when": [{"type": "daily", "at": "06:30"}]}, "it is a list of frequencies; write one, without the dash"),
        (
            {"when": {"type": "weekly", "on": "mon", "at": "06:30", "starting": "2026-12-06"}},
            "'starting' needs 'every'",
        ),
        ({"when": {"type": "monthly", "on": 1, "at": "06:30", "starting": "may"}}, "'starting' needs 'every'"),
        ({"when": "30 6 * *"}, "'30 6 * *' is not a cron line; write five fields"),
        ({"timezone": "Mars/Olympus"}, "unknown time zone 'Mars/Olympus'; write an IANA name"),
        ({"ends": "2026-01-01", "starts": "2026-02-01"}, "ends 2026-01-01 lies before starts 2026-02-01"),
        ({"catch_up": True}, "catch_up needs 'starts'; write the first day whose report is wanted"),
        ({"deadline": "10m", "expected": "10m"}, "the deadline 10m lies before the run's expected end (10m)"),
        ({"jitter": "soon"}, "'soon' is not a length of time; write a number and s, m, h or d"),
        ({"jitter": "0m"}, "'0m' is not a length of time"),
        ({"week_starts": 1}, "1 is not a weekday; write one of monday"),
        ({"priority": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        schedule(**fields)

    assert said in str(caught.value)


def test_the_json_schema_offers_every_kind_and_the_short_form() -> None:
    when = Schedule.model_json_schema()["properties"]["when"]

    assert [entry.get("type") for entry in when["anyOf"][:2]] == ["string", "array"]
    kinds = set(when["anyOf"][2]["discriminator"]["mapping"])
    assert kinds >= {"cron", "daily", "weekdays", "weekly", "monthly", "quarterly", "yearly", "hourly", "dates",
                     "fiscal", "rrule", "manual"}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"when": {"type": "monthly", "on": "last business day", "at": "09:00"}},
         "09:00 on the last business day of the month, Europe/Berlin"),
        ({"when": {"type": "monthly", "on": "last business day", "at": "09:00"}, "on_closed": "skip"},
         "09:00 on the last business day of the month, Europe/Berlin"),
        ({"when": {"type": "weekly", "on": "monday", "at": "07:00"}, "on_closed": "previous"},
         "07:00 on Monday, or the open day before, Europe/Berlin"),
        ({"when": {"type": "daily", "at": "07:00"}, "on_closed": "skip"},
         "07:00 every day, open days only, Europe/Berlin"),
        ({"when": {"type": "hourly", "every": 2}, "business_hours": {"from": "09:00", "until": "17:00"}},
         "every 2 hours from 00:00, within 09:00–17:00, Europe/Berlin"),
        ({"blackouts": [{"on": "sunday", "from": "02:00", "until": "04:00"}], "starts": "2026-12-01",
          "ends": "2027-01-31"},
         "06:30, not on Sunday 02:00–04:00, from 2026-12-01, until 2027-01-31, Europe/Berlin"),
        ({"blackouts": [{"from": "2026-12-24T12:00", "until": "2026-12-27T06:00"}]},
         "06:30, not from 2026-12-24 12:00 to 2026-12-27 06:00, Europe/Berlin"),
    ],
)  # fmt: skip
def test_airflow_shows_it_in_plain_words(fields: dict[str, Any], words: str) -> None:
    recurrence = schedule(**fields).timing(None, None, "x").recurrence

    assert recurrence is not None
    assert recurrence.words() == words
