"""A recurrence moves, merges and leaves out fires as its rules say, in whatever order they come together."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY
from scheduled_reports.schedule.recurrence import Recurrence

DAILY = {"type": "daily", "at": "06:30"}
MINUTES = {"type": "cron", "cron": "* * * * *"}


def recurrence(when: dict[str, Any], zone: str = "Europe/Berlin", **fields: Any) -> Recurrence:
    return Recurrence.model_validate({"when": when, "timezone": zone, **fields})


def at(text: str, zone: str = "Europe/Berlin") -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def walls(found: Recurrence, first: str, last: str) -> list[str]:
    """Return the fires between two wall times, as wall times."""
    zone = found.timezone
    return [f"{fire.wall:%Y-%m-%dT%H:%M}" for fire in found.between(at(first, zone), at(last, zone))]


def moves(found: Recurrence, first: str, last: str) -> list[tuple[str, str]]:
    """Return the fires between two wall times as (meant, wall)."""
    fires = found.between(at(first, found.timezone), at(last, found.timezone))
    return [(f"{fire.meant:%m-%dT%H:%M}", f"{fire.wall:%m-%dT%H:%M}") for fire in fires]


def test_the_span_between_includes_both_its_ends() -> None:
    daily = recurrence(DAILY)

    assert walls(daily, "2026-10-01T06:30", "2026-10-02T06:30") == ["2026-10-01T06:30", "2026-10-02T06:30"]
    assert daily.until(at("2026-10-02T06:30"))[0].at == at("2026-10-02T06:30")
    assert (fire := daily.after(at("2026-10-02T06:30"))) is not None
    assert fire.at == at("2026-10-03T06:30")


def test_a_time_that_clocks_skip_fires_once_right_after_the_gap() -> None:
    early = recurrence({"type": "daily", "at": ["02:15", "02:30", "03:00", "03:30"]})
    found = [fire.at.isoformat() for fire in early.between(at("2026-03-29T00:00"), at("2026-03-29T12:00"))]

    assert found == ["2026-03-29T01:00:00+00:00", "2026-03-29T01:30:00+00:00"]


def test_a_time_that_comes_twice_fires_the_first_time() -> None:
    hourly = recurrence({"type": "hourly"}, "America/New_York")
    found = [fire.at.isoformat() for fire in hourly.between(at("2026-11-01T00:00", "America/New_York"))
             if fire.at < dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)]  # fmt: skip

    assert found == [f"2026-11-01T0{hour}:00:00+00:00" for hour in (4, 5, 7, 8)]


def test_a_zone_with_half_an_hour_of_summer_time_keeps_wall_time() -> None:
    daily = recurrence({"type": "daily", "at": "02:15"}, "Australia/Lord_Howe")
    spring = daily.after(at("2026-10-04T00:00", "Australia/Lord_Howe"))

    assert spring is not None
    assert spring.at.isoformat() == "2026-10-03T15:30:00+00:00"  # 02:00 to 02:30 is skipped


@pytest.mark.parametrize(
    ("on_closed", "expected"),
    [
        ("skip", [("12-31T15:00", "12-31T15:00")]),
        ("previous", [("12-23T15:00", "12-23T15:00"), ("12-24T15:00", "12-24T12:00"), ("12-31T15:00", "12-31T15:00")]),
        ("next", [("12-24T15:00", "12-28T15:00"), ("12-31T15:00", "12-31T15:00")]),
    ],
)
def test_what_comes_after_the_close_of_a_half_day_is_on_a_closed_day(
    on_closed: str, expected: list[tuple[str, str]]
) -> None:
    half_days = {"12:00": {"2026": "1223 1224"}} if on_closed != "previous" else {"12:00": {"2026": "1224"}}
    found = recurrence(
        {"type": "dates", "on": ["2026-12-23", "2026-12-24", "2026-12-31"], "at": "15:00"},
        calendar={"closed": {"2026": "1225"}, "half_days": half_days}, on_closed=on_closed,
    )  # fmt: skip

    assert moves(found, "2026-12-20T00:00", "2027-01-02T00:00") == expected


def test_a_half_day_that_moves_a_fire_to_its_close_counts_as_having_moved_it() -> None:
    calendar = {"half_days": {"12:00": {"2026": "1224"}}}
    fire = recurrence({"type": "daily", "at": "15:00"}, calendar=calendar, on_closed="previous").after(
        at("2026-12-24T00:00")
    )

    assert fire is not None
    assert fire.moved
    assert (fire.wall, fire.meant) == tuple(map(dt.datetime.fromisoformat, ("2026-12-24T12:00", "2026-12-24T15:00")))


@pytest.mark.parametrize("first", ["2026-10-01T00:00", "2026-10-05T12:00", "2026-10-06T00:00", "2026-10-06T15:00"])
def test_a_fire_put_off_by_a_closed_and_a_half_day_is_found_from_wherever_one_looks(first: str) -> None:
    """Saturday's fire goes to Monday, which closes at noon, and so to Tuesday."""
    found = recurrence(
        {"type": "weekly", "on": "saturday", "at": "15:00"},
        calendar={"half_days": {"12:00": {"2026": "1005"}}}, on_closed="next",
    )  # fmt: skip

    assert moves(found, first, "2026-10-08T00:00") == [("10-03T15:00", "10-06T15:00")]


def test_a_fire_moved_to_the_open_day_before_is_found_on_that_very_day() -> None:
    sundays = recurrence({"type": "weekly", "on": "sunday", "at": "06:30"}, on_closed="previous")

    assert walls(sundays, "2026-10-09T00:00", "2026-10-09T12:00") == ["2026-10-09T06:30"]
    assert [str(fire.wall.date()) for fire in sundays.until(at("2026-10-09T12:00"), 2)] == ["2026-10-02", "2026-10-09"]


def test_fires_that_the_calendar_puts_on_one_moment_are_one_the_days_own() -> None:
    found = recurrence({"type": "daily", "at": ["06:30", "18:00"]}, on_closed="next")

    assert moves(found, "2026-10-09T12:00", "2026-10-12T23:00") == [
        ("10-09T18:00", "10-09T18:00"), ("10-12T06:30", "10-12T06:30"), ("10-12T18:00", "10-12T18:00"),
    ]  # fmt: skip


@pytest.mark.parametrize("first", ["2026-10-05T00:00", "2026-10-09T00:00", "2026-10-12T08:30", "2026-10-12T09:00"])
def test_a_fire_that_waits_for_a_blackout_and_then_for_business_hours_is_found_from_wherever_one_looks(
    first: str,
) -> None:
    """Wednesday's fire waits until Monday 08:00, and then until 09:00."""
    found = recurrence(
        {"type": "weekly", "on": "wednesday", "at": "13:00"},
        business_hours={"from": "09:00", "until": "17:00"},
        blackouts=[{"from": "2026-10-07T12:00", "until": "2026-10-12T08:00", "then": "after"}],
    )

    assert moves(found, first, "2026-10-13T00:00") == [("10-07T13:00", "10-12T09:00")]


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("first", ["2026-10-05T00:00", "2026-10-07T13:00", "2026-10-11T23:00", "2026-10-12T08:00"])
def test_blackouts_that_overlap_are_waited_for_together(first: str, turn: bool) -> None:
    blackouts = [
        {"from": "2026-10-07T12:00", "until": "2026-10-10T08:00", "then": "after"},
        {"from": "2026-10-09T12:00", "until": "2026-10-12T08:00", "then": "after"},
    ]
    found = recurrence(
        {"type": "dates", "on": "2026-10-07", "at": "13:00"}, blackouts=blackouts[::-1] if turn else blackouts
    )

    assert moves(found, first, "2026-10-13T00:00") == [("10-07T13:00", "10-12T08:00")]


def test_a_blackout_that_clocks_jump_into_counts() -> None:
    """On 29 March 02:30 is really 03:00."""
    blackout = {"from": "03:00", "until": "05:00"}
    early = {"type": "daily", "at": "02:30"}

    assert walls(recurrence(early, blackouts=[blackout]), "2026-03-28T00:00", "2026-03-30T12:00") == [
        "2026-03-28T02:30", "2026-03-30T02:30",
    ]  # fmt: skip
    waits = recurrence(early, blackouts=[blackout | {"then": "after"}])
    assert walls(waits, "2026-03-29T00:00", "2026-03-29T12:00") == ["2026-03-29T05:00"]


def test_a_half_day_that_closes_before_business_hours_has_none() -> None:
    found = recurrence(
        DAILY, calendar={"half_days": {"08:00": {"2026": "1005"}}}, business_hours={"from": "09:00", "until": "17:00"}
    )

    assert walls(found, "2026-10-05T00:00", "2026-10-06T12:00") == ["2026-10-06T09:00"]


def test_it_fires_on_its_first_and_last_day_and_not_outside_them() -> None:
    found = recurrence(DAILY, starts="2026-10-05", ends="2026-10-07", jitter="10m")

    assert walls(found, "2026-01-01T00:00", "2027-01-01T00:00") == [f"2026-10-0{day}T06:30" for day in (5, 6, 7)]
    assert [f"{fire.wall:%d}" for fire in found.until(at("2040-01-01T00:00"), 2)] == ["06", "07"]
    assert found.after(at("2026-10-07T06:40")) is None


def test_nothing_fires_before_or_after_the_years_that_calendars_know() -> None:
    daily = recurrence(DAILY)
    fires = [daily.after(at("2001-01-01T00:00")), daily.until(at("2090-01-01T00:00"))[0]]

    assert [fire and fire.wall.date() for fire in fires] == [FIRST_DAY, LAST_DAY]
    assert daily.until(at("2001-01-01T00:00")) == []
    assert daily.after(at("2090-01-01T00:00")) is None


def test_the_last_fire_is_found_over_all_the_years() -> None:
    once = recurrence({"type": "dates", "on": str(FIRST_DAY), "at": "06:30"})

    assert [fire.wall.date() for fire in once.until(at(f"{LAST_DAY}T12:00"))] == [FIRST_DAY]


WEEKEND = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NEVER_OPEN = {"calendar": {"weekend": WEEKEND}, "on_closed": "skip"}
ALL_DARK = {"blackouts": [{"from": "2023-12-31T00:00", "until": "2046-01-02T00:00"}]}
KINDS: dict[str, dict[str, Any]] = {
    "daily": DAILY,
    "weekdays": {"type": "weekdays", "at": "06:30"},
    "weekly": {"type": "weekly", "on": "monday", "at": "06:30", "every": 3, "starting": "2026-01-05"},
    "monthly": {"type": "monthly", "on": ["last", "first business day"], "at": "06:30"},
    "quarterly": {"type": "quarterly", "on": "1", "at": "06:30"},
    "yearly": {"type": "yearly", "month": "february", "on": "29", "at": "06:30"},
    "fiscal": {"type": "fiscal", "of": "period", "on": "3rd business day", "at": "06:30"},
    "hourly": {"type": "hourly"},
    "dates": {"type": "dates", "on": ["2026-01-05", "2030-01-05"], "at": "06:30"},
    "cron": {"type": "cron", "cron": ["*/15 * * * *", "7 3 29 2 *"]},
    "every minute": MINUTES,
    "rrule": {"type": "rrule", "rrule": "FREQ=DAILY", "starting": "2026-01-05T09:00"},
}


@pytest.mark.parametrize("never", [
    NEVER_OPEN, ALL_DARK, NEVER_OPEN | {"on_closed": "next"}, NEVER_OPEN | {"on_closed": "previous"},
    {"calendar": {"weekend": WEEKEND}, "business_hours": {"from": "09:00", "until": "17:00"}},
    {"starts": "2046-01-01"}, {"ends": "2023-12-31"},
], ids=["closed", "dark", "closed, next", "closed, previous", "no hours", "starts too late", "ended"])  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(20)
def test_what_never_fires_says_so(kind: str, never: dict[str, Any]) -> None:
    found = recurrence(KINDS[kind], fiscal={"starts": "april"}, **never)

    assert found.after(at("2024-01-01T00:00")) is None
    assert found.until(at("2045-12-31T00:00"), 3) == []


@pytest.mark.parametrize("when", [
    {"type": "dates", "on": ["2019-01-01", "2023-12-31"], "at": "06:30"},
    {"type": "rrule", "rrule": "FREQ=DAILY;UNTIL=20231231", "starting": "2020-01-05T09:00"},
    {"type": "rrule", "rrule": "FREQ=WEEKLY;COUNT=10", "starting": "2020-01-05T09:00"},
], ids=["dates", "rrule until", "rrule count"])  # fmt: skip
def test_what_is_over_fires_no_more(when: dict[str, Any]) -> None:
    found = recurrence(when)

    assert found.after(at("2024-01-01T00:00")) is None
    assert found.until(at("2045-12-31T00:00"), 3) == []


@pytest.mark.parametrize("then", ["after", "skip"])
@pytest.mark.parametrize("hours", [{"from": "09:00", "until": "14:00"}, None])
@pytest.mark.timeout(20)
def test_what_blackouts_and_business_hours_leave_no_moment_never_fires(then: str, hours: dict[str, str] | None) -> None:
    """What waits for the end of the one is in the other again: it would be passed on for ever."""
    spans = [("14:30", "12:00"), ("11:00", "15:00")]
    blackouts = [{"from": begin, "until": end, "then": then} for begin, end in spans]
    found = recurrence(MINUTES, business_hours=hours, blackouts=blackouts)

    assert found.after(at("2024-01-01T00:00")) is None


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ("1005 1012", [("09-29T13:00", "10-19T09:00")]),
        ("1005 1012 1019 1026 1102 1109 1116 1123", []),
        (None, []),
    ],
    ids=["two weeks", "two months", "for ever"],
)
@pytest.mark.timeout(20)
def test_a_fire_waits_for_weeks_but_not_for_months(closed: str | None, expected: list[tuple[str, str]]) -> None:
    """Blackouts leave Mondays, which are closed."""
    calendar = {"closed": {"2026": closed}} if closed else {"weekend": ["mon", "sat", "sun"]}
    found = recurrence(
        {"type": "dates", "on": "2026-09-29", "at": "13:00"} if closed else MINUTES,
        calendar=calendar, business_hours={"from": "09:00", "until": "17:00"},
        blackouts=[{"from": "00:00", "until": "23:59", "on": ["tue", "wed", "thu", "fri"], "then": "after"}],
    )  # fmt: skip

    assert moves(found, "2026-10-13T00:00", "2026-12-31T00:00") == expected
    assert moves(found, "2026-09-01T00:00", "2026-12-31T00:00") == expected


def test_one_free_moment_in_a_week_is_enough() -> None:
    """Open on Fridays alone, and dark but for the minute at which one blackout has ended and the other not begun."""
    found = recurrence(
        MINUTES, business_hours={"from": "09:00", "until": "17:00"},
        calendar={"weekend": ["sat", "sun", "mon", "tue", "wed", "thu"]},
        blackouts=[{"from": "00:00", "until": "12:00"}, {"from": "12:01", "until": "23:59", "then": "after"}],
    )  # fmt: skip

    assert walls(found, "2026-10-01T00:00", "2026-10-20T00:00") == [
        "2026-10-02T12:00", "2026-10-09T12:00", "2026-10-16T12:00",
    ]  # fmt: skip


def test_a_schedule_that_begins_late_is_not_searched_from_the_beginning() -> None:
    late = recurrence(MINUTES, starts="2044-06-01", ends="2044-06-02")

    assert walls(late, "2024-01-01T00:00", "2044-06-01T00:01") == ["2044-06-01T00:00", "2044-06-01T00:01"]
    assert [f"{fire.wall:%d %H:%M}" for fire in late.until(at("2045-12-31T00:00"))] == ["02 23:59"]
