"""Business hours and blackouts: where they move a fire, to the minute."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.shifts import Blackout, BusinessHours

HOURS = BusinessHours.model_validate({"from": "09:00", "until": "17:30"})
HALF_DAYS = Calendar(
    closed=frozenset({dt.date(2026, 12, 25)}),
    half_days={dt.date(2026, 12, 24): dt.time(12), dt.date(2026, 12, 31): dt.time(8)},
)  # 24 December 2026 is a Thursday


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def blackout(**fields: Any) -> Blackout:
    return Blackout.model_validate({name.rstrip("_"): value for name, value in fields.items()})


@pytest.mark.parametrize(
    ("wall", "moved"),
    [
        ("2026-01-05T08:59", "2026-01-05T09:00"),
        ("2026-01-05T09:00", "2026-01-05T09:00"),
        ("2026-01-05T17:30", "2026-01-05T17:30"),
        ("2026-01-05T17:31", "2026-01-06T09:00"),
        ("2026-01-09T17:31", "2026-01-12T09:00"),  # over a weekend
        ("2026-01-10T10:00", "2026-01-12T09:00"),
        ("2026-12-24T12:00", "2026-12-24T12:00"),  # a half day
        ("2026-12-24T12:01", "2026-12-28T09:00"),
        ("2026-12-31T07:00", "2027-01-01T09:00"),  # it closes before hours begin
        ("2026-12-31T09:00", "2027-01-01T09:00"),
        ("2026-12-30T18:00", "2027-01-01T09:00"),
    ],
)
def test_business_hours_move_a_fire_to_the_next_moment_inside(wall: str, moved: str) -> None:
    assert HOURS.moved(at(wall), HALF_DAYS) == at(moved)


def test_without_an_open_day_there_is_no_moment_inside() -> None:
    never = Calendar.model_validate({"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]})
    assert HOURS.moved(at("2026-01-05T10:00"), never) is None


def test_half_days_that_all_close_before_hours_begin_leave_no_moment_inside() -> None:
    days = (dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(800))
    early = Calendar(half_days=dict.fromkeys(days, dt.time(8)))
    assert HOURS.moved(at("2026-01-05T10:00"), early) is None


@settings(deadline=None, max_examples=300)
@given(
    st.datetimes(dt.datetime.fromisoformat("2026-12-20"), dt.datetime.fromisoformat("2027-01-06")).map(
        lambda w: w.replace(second=0, microsecond=0)
    ),
    st.integers(0, 60 * 24 * 3),
)
def test_business_hours_keep_the_order_of_fires_and_move_none_twice(wall: dt.datetime, minutes: int) -> None:
    first, second = HOURS.moved(wall, HALF_DAYS), HOURS.moved(wall + dt.timedelta(minutes=minutes), HALF_DAYS)
    assert first is not None
    assert second is not None
    assert wall <= first <= second
    assert HOURS.moved(first, HALF_DAYS) == first


NIGHT = {"from": "22:00", "until": "06:00"}


@pytest.mark.parametrize(
    ("wall", "moved"),
    [
        ("2026-01-05T21:59", "2026-01-05T21:59"),
        ("2026-01-05T22:00", "2026-01-06T06:00"),
        ("2026-01-05T23:59", "2026-01-06T06:00"),
        ("2026-01-06T00:00", "2026-01-06T06:00"),
        ("2026-01-06T05:59", "2026-01-06T06:00"),
        ("2026-01-06T06:00", "2026-01-06T06:00"),
        ("2026-01-06T06:01", "2026-01-06T06:01"),
    ],
)
def test_a_blackout_over_midnight_ends_the_next_morning(wall: str, moved: str) -> None:
    assert blackout(**NIGHT, then="after").moved(at(wall)) == at(moved)
    assert blackout(**NIGHT).moved(at(wall)) == (at(wall) if wall == moved else None)


def test_the_weekday_of_a_blackout_is_that_on_which_it_begins() -> None:
    friday = blackout(**NIGHT, on="friday", then="after")
    assert friday.moved(at("2026-01-09T23:00")) == at("2026-01-10T06:00")
    assert friday.moved(at("2026-01-10T05:00")) == at("2026-01-10T06:00")
    assert friday.moved(at("2026-01-09T05:00")) == at("2026-01-09T05:00")
    assert friday.moved(at("2026-01-10T23:00")) == at("2026-01-10T23:00")


def test_a_blackout_within_a_day_and_one_to_midnight() -> None:
    noon = blackout(from_="12:00", until="13:00", on=["mon", "tue"])
    assert [noon.moved(at(f"2026-01-05T{time}")) for time in ("11:59", "12:00", "12:59")] == [
        at("2026-01-05T11:59"), None, None,
    ]  # fmt: skip
    assert noon.moved(at("2026-01-05T13:00")) == at("2026-01-05T13:00")
    assert noon.moved(at("2026-01-07T12:30")) == at("2026-01-07T12:30")
    assert blackout(from_="20:00", until="00:00", then="after").moved(at("2026-01-05T23:59")) == at("2026-01-06T00:00")


def test_a_blackout_with_dates_happens_once() -> None:
    once = blackout(from_="2026-12-24T12:00", until="2027-01-02 06:00", then="after")
    assert once.moved(at("2026-12-24T11:59")) == at("2026-12-24T11:59")
    assert once.moved(at("2026-12-24T12:00")) == at("2027-01-02T06:00")
    assert once.moved(at("2027-01-02T05:59")) == at("2027-01-02T06:00")
    assert once.moved(at("2027-01-02T06:01")) == at("2027-01-02T06:01")
    assert once.around(at("2027-01-02T06:00")) == (at("2026-12-24T12:00"), at("2027-01-02T06:00"))
    assert once.around(at("2027-01-02T06:01")) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"from": "22:00", "until": "2026-12-24T12:00"},
            "from and until must both be times of day, or both dates with …",
        ),
        (
            {"from": "2026-12-24T12:00", "until": "2026-12-24T12:00"},
            "until 2026-12-24T12:00 is not after from 2026-12-24 …",
        ),
        (
            {"from": "2026-12-24T12:00", "until": "2026-12-26T12:00", "on": "mon"},
            "'on' is for blackouts by the clock; …",
        ),
        (
            {"from": "22:00", "until": "22:00"},
            "from and until are the same time: nothing would ever run; write another end",
        ),
        (
            {"from": "2026-12-24", "until": "2026-12-26"},
            "'2026-12-24' is not where a blackout can begin or end; write …",
        ),
        (
            {"from": "10pm", "until": "06:00"},
            "'10pm' is not where a blackout can begin or end; write 22:00 or 2026-12-…",
        ),
        ({"from": 2200, "until": "06:00"}, "2200 is not where a blackout can begin or end; write 22:00 or …"),
        (
            {"from": "2026-12-24T12:00Z", "until": "2026-12-26T12:00"},
            "'2026-12-24T12:00Z' is not where a blackout can …",
        ),
        ({"from": "22:00", "until": "06:00", "on": "moonday"}, "'moonday' is not a weekday; write one of monday, …"),
        ({"from": "22:00", "until": "06:00", "then": "wait"}, "Input should be 'skip' or 'after'"),
    ],
)
def test_what_is_wrong_with_a_blackout_is_said_with_what_to_write(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Blackout.model_validate(fields)
    assert raised.value.errors()[0]["msg"].removeprefix("Value error, ").startswith(message.rstrip("… "))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"from": "09:00", "until": "09:00"}, "until 09:00 is not after from 09:00; write a later time"),
        ({"from": "22:00", "until": "06:00"}, "until 06:00 is not after from 22:00; write a later time"),
        (
            {"from": "9:00", "until": "17:00"},
            "'9:00' is not a time of day; write hours and minutes, for example '06:30'",
        ),
    ],
)
def test_what_is_wrong_with_business_hours_is_said_with_what_to_write(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        BusinessHours.model_validate(fields)
    assert raised.value.errors()[0]["msg"] == f"Value error, {message}"


@pytest.mark.parametrize(
    "fields",
    [{**NIGHT, "on": ["fri", "sat"], "then": "after"}, {"from": "2026-12-24T12:00", "until": "2027-01-02T06:00"}],
)
def test_a_blackout_is_the_same_after_its_way_through_a_serialized_dag(fields: dict[str, object]) -> None:
    found = Blackout.model_validate(fields)
    assert Blackout.model_validate_json(found.model_dump_json(by_alias=True)) == found
