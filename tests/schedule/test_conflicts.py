"""What is allowed in schedules and probably not meant is found, at its place, with what to do."""

import datetime as dt
from typing import Any

import pytest

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.conflicts import Span, ending_calendar, findings, same_periods, together
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
SPAN = Span(NOW, NOW + dt.timedelta(days=30))
SIX_THIRTY = {"type": "daily", "at": "06:30"}
LEAP = "the 29th exists in February only in leap years"


def schedule(when: Any = SIX_THIRTY, **fields: Any) -> Schedule:
    return Schedule.model_validate({"id": "x", "when": when, "timezone": "Europe/Berlin", **fields})


def timing(when: Any = SIX_THIRTY, calendar: Calendar | None = None, **fields: Any) -> Timing:
    return schedule(when, **fields).timing(calendar, None, "seed")


def found(*schedules: Schedule, **ready_at: str) -> list[tuple[Any, ...]]:
    ready = {name: dt.time.fromisoformat(text) for name, text in ready_at.items()}
    return list(findings([(entry, entry.timing(None, None, entry.id)) for entry in schedules], ready, SPAN))


def test_a_schedule_without_oddities_is_not_spoken_of() -> None:
    assert found(schedule(), schedule("0 18 * * 5", id="week", covers="previous_week"), orders="06:00") == []


def test_a_schedule_whose_days_are_over_never_fires_again() -> None:
    ended = schedule(starts="2026-01-01", ends="2026-10-31")
    past = schedule({"type": "dates", "on": ["2026-03-31", "2026-06-30"], "at": "09:00"})

    hint = "give it later days, or delete the schedule"
    assert found(ended) == [(("schedules", 0, "ends"), "never fires again: its last fire was 2026-10-31 06:30", hint)]
    assert found(past) == [(("schedules", 0, "when"), "never fires again: its last fire was 2026-06-30 09:00", hint)]


def test_two_schedules_that_send_the_same_at_the_same_times_are_told_at_the_second() -> None:
    every_day = schedule({"type": "weekly", "on": ["mon", "tue", "wed", "thu", "fri"], "at": "06:30"}, id="listed")

    assert found(schedule({"type": "weekdays", "at": "06:30"}), every_day) == [
        (
            ("schedules", 1),
            "always fires together with 'x' and covers the same period: readers get it twice",
            "delete one of the two, or let it cover another period",
        )
    ]


def test_schedules_that_fire_together_and_cover_different_periods_are_meant_to() -> None:
    assert found(schedule(), schedule(id="month", covers="month_to_date")) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("30 6 * * *", SIX_THIRTY, ["2026-11-22", "2026-11-23", "2026-11-24"]),
        ("30 6 * * *", "30 6 * * 1", []),
        ("30 6 * * *", "30 6,18 * * *", []),
        ("0 9 1 1 *", {"type": "yearly", "month": "jan", "on": 1, "at": "09:00"},
         ["2027-01-01", "2028-01-01", "2029-01-01"]),
        ({"type": "dates", "on": ["2026-12-01", "2026-12-02"], "at": "06:30"},) * 2 + ([],),
        ({"type": "dates", "on": ["2026-12-01", "2026-12-02", "2026-12-03"], "at": "06:30"},) * 2
        + (["2026-12-01", "2026-12-02", "2026-12-03"],),
        ({"type": "manual"}, SIX_THIRTY, []),
    ],
)  # fmt: skip
def test_schedules_go_together_where_all_their_fires_do_and_there_are_three(
    one: Any, other: Any, expected: list[str]
) -> None:
    assert [f"{fire.wall:%Y-%m-%d}" for fire in together(timing(one), timing(other), SPAN)] == expected


def test_jitter_does_not_hide_that_two_schedules_go_together() -> None:
    one, other = timing(jitter="30m"), timing()
    fires = together(one, other, SPAN)

    assert len(fires) == 3
    assert same_periods(one, other, fires)


def test_one_day_of_difference_in_the_span_is_enough() -> None:
    christmas = Calendar.model_validate({"name": "firm", "weekend": [], "closed": [dt.date(2026, 12, 17)]})

    assert together(timing(), timing(calendar=christmas), SPAN) == []


@pytest.mark.parametrize(
    ("when", "fields", "early"),
    [
        (SIX_THIRTY, {}, True),
        (SIX_THIRTY, {"covers": "previous_week"}, True),
        (SIX_THIRTY, {"covers": "month_to_date"}, True),
        (SIX_THIRTY, {"covers": {"from": "-2 days", "to": "-1 day"}}, False),
        ({"type": "daily", "at": "07:00"}, {}, False),
        ({"type": "weekly", "on": "wednesday", "at": "06:30"}, {"covers": "previous_week"}, False),
        ({"type": "daily", "at": "06:50"}, {"jitter": "10m"}, True),
    ],
)
def test_a_run_before_its_source_is_ready_is_told_where_it_needs_the_day_before(
    when: Any, fields: dict[str, Any], early: bool
) -> None:
    assert bool(found(schedule(when, **fields), orders="07:00")) is early


def test_the_warning_of_an_early_run_says_from_when_on_the_source_is_ready() -> None:
    assert found(schedule(), orders="07:00", fx="05:00") == [
        (
            ("schedules", 0, "when"),
            "runs at 06:30, and the source 'orders' holds the day before only from 07:00 on",
            "run it at 07:00 or later, or let it cover an earlier period",
        )
    ]


@pytest.mark.parametrize(
    ("when", "key", "what"),
    [
        ({"type": "monthly", "on": 31, "at": "06:30"}, ("when", "on"), "the 31st exists in 7 months"),
        ({"type": "monthly", "on": [1, 30], "at": "06:30"}, ("when", "on"), "the 30th exists in 11 months"),
        ({"type": "monthly", "on": 29, "at": "06:30"}, ("when", "on"), LEAP),
        ({"type": "monthly", "on": 31, "every": 3, "starting": "jan", "at": "06:30"}, ("when", "on"),
         "the 31st exists in 3 months of the 4 that it names"),
        ({"type": "yearly", "month": "feb", "on": 29, "at": "06:30"}, ("when", "on"), LEAP),
        ("30 6 31 * *", ("when",), "the 31st exists in 7 months"),
    ],
)  # fmt: skip
def test_a_day_that_short_months_lack_is_told(when: Any, key: tuple[str, ...], what: str) -> None:
    last = "'on: last'" if isinstance(when, dict) else "'L' in its place"
    assert found(schedule(when)) == [(("schedules", 0, *key), what, f"write {last} for the last day of each month")]


@pytest.mark.parametrize(
    "when",
    [
        {"type": "monthly", "on": ["last", 28, "2nd last", "fifth friday"], "at": "06:30"},
        {"type": "monthly", "on": 31, "every": 12, "starting": "december", "at": "06:30"},
        {"type": "yearly", "month": ["march", "october"], "on": 31, "at": "06:30"},
        "30 6 28-31 * *",
        "30 6 31 1,3 *",
        "30 6 31 * 1",
        "30 6 L * *",
    ],
)
def test_days_that_all_named_months_have_are_not(when: Any) -> None:
    assert found(schedule(when)) == []


def test_fires_that_a_clock_change_moves_or_repeats_are_told_with_the_day() -> None:
    night = schedule({"type": "daily", "at": "02:30"})

    hint = "choose a time outside 02:00–03:00 if that matters"
    assert found(night) == [
        (("schedules", 0, "when"), "02:30 does not exist on 2027-03-28 in Europe/Berlin: it fires at 03:00", hint),
        (("schedules", 0, "when"),
         "02:30 comes twice on 2027-10-31 in Europe/Berlin: it fires the first time, 02:30 CEST", hint),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "ends", "said"),
    [
        ("2026-12-31", None, True),
        ("2027-02-18", None, True),
        ("2027-02-19", None, False),
        ("2026-12-31", "2026-12-24", False),
        (None, None, False),
    ],
)
def test_a_calendar_that_ends_within_two_months_of_the_span_is_told(
    until: str | None, ends: str | None, said: bool
) -> None:
    calendar = Calendar.model_validate({"name": "northwind", "known_until": until})
    expected = f"calendar northwind lists nothing after {until}" if said else None

    assert ending_calendar(timing(calendar=calendar, ends=ends), SPAN) == expected


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"expected": "90m"}, True),
        ({"expected": "90m", "max_runs": 2}, False),
        ({"expected": "60m"}, False),
        ({}, False),
    ],
)
def test_runs_that_last_until_the_next_is_due_are_told(fields: dict[str, Any], told: bool) -> None:
    hourly = schedule({"type": "hourly", "every": 1}, covers="since_last_fire", **fields)

    words = "a run is expected to take 90m, and the next one is due 1h later: a fire that waits for more than 1h does"
    assert [what for _, what, _ in found(hourly)] == ([f"{words} not happen"] if told else [])


def test_two_runs_that_cover_the_same_are_told() -> None:
    [(_, twice, _)] = found(schedule({"type": "daily", "at": ["06:30", "18:30"]}))
    first = {"type": "monthly", "on": 1, "at": "06:30"}
    [(_, moved, hint)] = found(schedule(first, on_closed="previous", covers="previous_month"))

    both = "the runs due 2026-11-22 06:30 and 2026-11-22 18:30 both cover Saturday, 21 November 2026"
    assert twice == f"{both}: the second one sends nothing"
    assert "both cover" in moved
    assert hint.endswith("on_closed: next lets each cover its own")
