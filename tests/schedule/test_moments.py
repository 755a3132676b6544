"""Days and wall times that a spec names."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.moments import Day, Moment, WallTime

DAY = "write one that there is, for example 2026-12-31"
WALL_TIME = "write both, without an offset, for example 2026-12-31T12:00"


def test_a_moment_is_a_day_or_a_wall_time_and_is_written_as_it_was() -> None:
    adapter: TypeAdapter[dt.date] = TypeAdapter(Moment)
    for text, value in (
        ("2026-12-31", dt.date(2026, 12, 31)),
        ("2026-12-31T12:00", dt.datetime.fromisoformat("2026-12-31T12:00")),
    ):
        assert adapter.validate_python(text) == value
        assert type(adapter.validate_python(value)) is type(value)
        assert adapter.dump_json(value) == f'"{text}"'.encode()


def test_a_wall_time_may_have_a_blank_for_the_t_and_zero_seconds() -> None:
    adapter = TypeAdapter(WallTime)
    assert adapter.validate_python("2026-12-31 12:00:00") == dt.datetime.fromisoformat("2026-12-31T12:00")


@pytest.mark.parametrize(
    ("kind", "given", "hint"),
    [
        (Day, "2026-02-29", DAY),
        (Day, "2026-1-5", DAY),
        (Day, "2026-12-31T12:00", DAY),
        (Day, dt.datetime.fromisoformat("2026-12-31"), DAY),
        (Day, 20261231, DAY),
        (WallTime, "2026-12-31", WALL_TIME),
        (WallTime, "2026-12-31T24:00", WALL_TIME),
        (WallTime, "2026-12-31T12:00Z", WALL_TIME),
        (WallTime, dt.datetime(2026, 12, 31, tzinfo=dt.UTC), "write it without offset and seconds"),
        (WallTime, dt.datetime.fromisoformat("2026-12-31T12:00:30"), "write it without offset and seconds"),
        (Moment, "soon", DAY),
        (Moment, "12:00", WALL_TIME),
        (Moment, None, DAY),
    ],
)
def test_what_is_none_is_refused_with_what_to_write(kind: object, given: object, hint: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(given)
    assert raised.value.errors()[0]["msg"].partition("; ")[2] == hint
