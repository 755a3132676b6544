"""Every few hours from a time of day."""

from __future__ import annotations

import pytest

from fires import again, fires, frequency, problem


def times(**fields: object) -> list[str]:
    return [fire.split()[1] for fire in fires(frequency("hourly", **fields), "2026-01-05", "2026-01-05")]


def test_every_four_hours_from_0630_goes_round_the_clock() -> None:
    assert times(every=4, from_="06:30") == ["02:30", "06:30", "10:30", "14:30", "18:30", "22:30"]


def test_with_until_it_begins_anew_each_day() -> None:
    assert times(every=4, from_="06:30", until="18:30") == ["06:30", "10:30", "14:30", "18:30"]
    assert times(every=4, from_="06:30", until="18:29") == ["06:30", "10:30", "14:30"]
    assert times(every=4, from_="06:30", until="06:30") == ["06:30"]


@pytest.mark.parametrize("every", [1, 2, 3, 4, 6, 12])
def test_round_the_clock_every_day_is_alike(every: int) -> None:
    found = times(every=every, from_="23:45")
    assert len(found) == 24 // every
    assert found == sorted(set(found))
    assert "23:45" in found


def test_without_more_it_is_every_hour_on_the_hour() -> None:
    assert times() == [f"{hour:02}:00" for hour in range(24)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"every": 5}, "Input should be 1, 2, 3, 4, 6 or 12"),
        ({"every": 0}, "Input should be 1, 2, 3, 4, 6 or 12"),
        ({"every": "4"}, "Input should be 1, 2, 3, 4, 6 or 12"),
        ({"from": "6:30"}, "'6:30' is not a time of day; write hours and minutes, for example '06:30'"),
        ({"from": "06:30", "until": "05:30"}, "until 05:30 lies before from 06:30; leave it out to go round the clock"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(fields: dict[str, object], message: str) -> None:
    assert problem("hourly", **fields) == message


def test_words() -> None:
    assert frequency("hourly").words() == "every hour from 00:00"
    assert frequency("hourly", every=4, from_="06:30").words() == "every 4 hours from 06:30"
    assert frequency("hourly", every=2, from_="08:00", until="18:00").words() == "every 2 hours from 08:00 until 18:00"


def test_it_is_the_same_after_its_way_through_a_serialized_dag() -> None:
    when = frequency("hourly", every=4, from_="06:30", until="18:30")
    assert again(when) == when
