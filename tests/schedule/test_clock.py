"""Wall time and instants, at every kind of clock change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.clock import Duration, TimeOfDay, days_between, in_words, instant

ZONES = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "America/Havana",
    "Europe/Dublin", "UTC",
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),  # the gap: 02:00 to 03:00
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00"),  # twice: 02:00 to 03:00
        ("Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),  # half an hour: 02:00 to 02:30
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30"),
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),  # clocks go back for Ramadan
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00"),
        ("Asia/Kathmandu", "2026-06-01T06:30", "2026-06-01T00:45"),
        ("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00"),  # a day that Samoa never had
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59"),
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00"),  # midnight itself is skipped
        ("America/Havana", "2026-03-08T00:30", "2026-03-08T05:00"),
        ("America/Havana", "2026-11-01T00:30", "2026-11-01T04:30"),  # and comes twice
    ],
)
def test_a_wall_time_that_is_skipped_is_the_end_of_the_gap_and_one_that_comes_twice_the_first(
    zone: str, wall: str, utc: str
) -> None:
    assert instant(dt.datetime.fromisoformat(wall), ZoneInfo(zone)) == dt.datetime.fromisoformat(f"{utc}+00:00")


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(ZONES),
    st.datetimes(dt.datetime.fromisoformat("2024-01-01"), dt.datetime.fromisoformat("2046-01-01")).map(
        lambda w: w.replace(second=0, microsecond=0)
    ),
)
def test_an_instant_is_the_first_at_which_the_clock_shows_the_wall_time_or_has_passed_it(
    name: str, wall: dt.datetime
) -> None:
    zone, minute = ZoneInfo(name), dt.timedelta(minutes=1)
    found = instant(wall, zone)

    def shown(moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(zone).replace(tzinfo=None)

    if shown(found) != wall:
        assert shown(found - minute) < wall < shown(found)
    assert wall not in {shown(found - number * minute) for number in range(1, 130)}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(ZONES), st.integers(0, 365 * 48), st.integers(1, 200))
def test_later_wall_times_are_never_earlier_instants(name: str, half_hours: int, minutes: int) -> None:
    zone = ZoneInfo(name)
    wall = dt.datetime.fromisoformat("2026-01-01") + dt.timedelta(minutes=30 * half_hours)
    assert instant(wall, zone) <= instant(wall + dt.timedelta(minutes=minutes), zone)


def test_days_between_includes_both_ends() -> None:
    assert [str(day) for day in days_between(dt.date(2028, 2, 28), dt.date(2028, 3, 1))] == [
        "2028-02-28", "2028-02-29", "2028-03-01",
    ]  # fmt: skip
    assert list(days_between(dt.date(2028, 3, 2), dt.date(2028, 3, 1))) == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("45m", 2700), ("45 min", 2700), ("2h", 7200), ("1d", 86400)]
)
def test_a_length_of_time_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert TypeAdapter(Duration).validate_python(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("given", ["", "45", 45, "0m", "-5m", "1.5h", "1h30m", "2 weeks", "45m ", "４５m", True])
def test_what_is_no_length_of_time_is_refused(given: object) -> None:
    with pytest.raises(ValidationError, match="is not a length of time; write a number and s, m, h or d"):
        TypeAdapter(Duration).validate_python(given)


@pytest.mark.parametrize(
    ("seconds", "words"), [(90, "90s"), (2700, "45m"), (3600, "1h"), (5400, "90m"), (172800, "2d")]
)
def test_a_length_of_time_is_said_in_its_largest_whole_unit_and_reads_back(seconds: int, words: str) -> None:
    assert in_words(dt.timedelta(seconds=seconds)) == words
    assert TypeAdapter(Duration).validate_python(words) == dt.timedelta(seconds=seconds)


def test_a_time_of_day_is_written_as_it_was() -> None:
    adapter = TypeAdapter(TimeOfDay)
    assert adapter.validate_python("06:30") == dt.time(6, 30)
    assert adapter.dump_json(dt.time(6, 30)) == b'"06:30"'
