"""Newest timestamps: every kind of value that databases and tables give."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging import tables_of
from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.newest import is_end_of_day, moment_of, newest_in

UTC = dt.UTC
BERLIN = "Europe/Berlin"
TICK = dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (dt.datetime(2026, 10, 1, 12, tzinfo=UTC), dt.datetime(2026, 10, 1, 12, tzinfo=UTC)),
        (dt.datetime(2026, 10, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo")), dt.datetime(2026, 10, 1, 3, tzinfo=UTC)),
        (dt.datetime(2026, 10, 1, 12), dt.datetime(2026, 10, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
        (dt.datetime(2026, 12, 1, 12), dt.datetime(2026, 12, 1, 11, tzinfo=UTC)),  # noqa: DTZ001
        (dt.date(2026, 10, 1), dt.datetime(2026, 10, 1, 22, tzinfo=UTC) - TICK),
        (dt.date(2026, 10, 25), dt.datetime(2026, 10, 25, 23, tzinfo=UTC) - TICK),
        ("2026-10-01", dt.datetime(2026, 10, 1, 22, tzinfo=UTC) - TICK),
        ("2026-10-01 12:00", dt.datetime(2026, 10, 1, 10, tzinfo=UTC)),
        (" 2026-10-01T12:00:00.5 ", dt.datetime(2026, 10, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-10-01T12:00:00Z", dt.datetime(2026, 10, 1, 12, tzinfo=UTC)),
        ("2026-10-01 12:00:00 +05:30", dt.datetime(2026, 10, 1, 6, 30, tzinfo=UTC)),
        ("2026-10-01 12:00:00+02", dt.datetime(2026, 10, 1, 10, tzinfo=UTC)),
        (None, None),
    ],
)
def test_a_timestamp_is_an_instant_and_a_day_is_the_last_of_its_instants(value: Any, moment: dt.datetime) -> None:
    assert moment_of(value, BERLIN, "it") == moment


@pytest.mark.parametrize(
    "value",
    [1_759_312_800, 1.5, True, b"2026-10-01", "yesterday", "", "2026", "2026-13-01", "2026-10-01 25:00", "20261001",
     "2026-W40-4", dt.time(12), dt.timedelta(hours=1), "nan", "2026-10-01 10:00 CEST"],
)  # fmt: skip
def test_what_is_no_timestamp_is_an_error_that_does_not_repeat_it(value: Any) -> None:
    with pytest.raises(SourceError, match="it gives no timestamp") as told:
        moment_of(value, BERLIN, "it")

    assert "neither a timestamp nor a date" in told.value.why
    assert not (isinstance(value, str) and value and value in str(told.value))


@given(day=st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), zone=st.sampled_from(
    [BERLIN, "UTC", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia", "Asia/Beirut", "America/Havana"]))  # fmt: skip
def test_a_day_ends_a_tick_before_the_next_begins(day: dt.date, zone: str) -> None:
    end = moment_of(day, zone, "it")
    assert end is not None
    after = (end + TICK).astimezone(ZoneInfo(zone))

    assert end.astimezone(ZoneInfo(zone)).date() <= day
    assert after.date() > day


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_text_of_an_instant_is_that_instant(moment: dt.datetime) -> None:
    assert moment_of(moment.isoformat(), BERLIN, "it") == moment
    assert moment_of(moment.isoformat(" "), BERLIN, "it") == moment


@pytest.mark.parametrize(
    "never", [dt.date.max, dt.datetime.max.replace(tzinfo=UTC), dt.date.min, "0001-01-01 00:00", "9999-12-31 23:59:59"]
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_day_that_means_never_is_one_in_every_zone(never: Any, zone: str) -> None:
    moment = moment_of(never, zone, "it")

    assert moment is not None
    assert (moment.year < 10, moment.year > 9000) in {(True, False), (False, True)}
    assert moment.astimezone(ZoneInfo("Asia/Tokyo")) == moment.astimezone(ZoneInfo("America/New_York"))


def test_a_day_is_told_from_an_instant() -> None:
    assert is_end_of_day(moment_of("2026-10-01", BERLIN, "it") or dt.datetime.now(UTC), BERLIN)
    assert not is_end_of_day(dt.datetime(2026, 10, 1, 22, tzinfo=UTC), BERLIN)


@pytest.mark.parametrize(
    ("column", "newest"),
    [
        (pa.array([dt.datetime(2026, 10, 1, 12), None]), dt.datetime(2026, 10, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
        (pa.array([dt.datetime(2026, 10, 1, 12)], pa.timestamp("ns")), dt.datetime(2026, 10, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
        (pa.array([dt.datetime(2026, 10, 1, 12)], pa.timestamp("s")), dt.datetime(2026, 10, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
        (pa.array([dt.datetime(2026, 10, 1, 12, tzinfo=UTC)]), dt.datetime(2026, 10, 1, 12, tzinfo=UTC)),
        (pa.array([dt.date(2026, 9, 30), dt.date(2026, 10, 1)]), dt.datetime(2026, 10, 1, 22, tzinfo=UTC) - TICK),
        (pa.array(["2026-10-01T22:00:00Z", "2026-10-01T23:30:00+02:00"]), dt.datetime(2026, 10, 1, 22, tzinfo=UTC)),
        (pa.array(["2026-10-01 23:59:59", "2026-10-01T20:00:00Z"]),
         dt.datetime(2026, 10, 1, 21, 59, 59, tzinfo=UTC)),
        (pa.array(["2026-10-01", "2026-10-01 12:00"]), dt.datetime(2026, 10, 1, 22, tzinfo=UTC) - TICK),
        (pa.array([None], pa.string()), None),
        (pa.array([None], pa.null()), None),
        (pa.array([], pa.timestamp("us")), None),
        (pa.array([None], pa.int64()), None),
    ],
)  # fmt: skip
def test_the_newest_of_a_column_is_found_whatever_its_type(
    tmp_path: Path, column: pa.Array, newest: dt.datetime | None
) -> None:
    tables = tables_of(tmp_path, calls=pa.table({'at "x"': column}))

    assert newest_in(tables, "calls", 'at "x"', BERLIN) == newest


@pytest.mark.parametrize(
    ("column", "error"),
    [
        (pa.array([1, 2]), "it is int that is neither a timestamp nor a date"),
        (pa.array([float("nan")]), "it is float that is neither"),
        (pa.array(["2026-10-01", "Ann Smith", "?"]), "2 of its texts are neither a timestamp nor a date"),
        (pa.array(["2026-10-01 00:00 CEST"]), "1 of its texts are neither"),
        (pa.array([b"2026-10-01"]), "it is bytes that is neither"),
    ],
)
def test_a_column_of_something_else_is_an_error(tmp_path: Path, column: pa.Array, error: str) -> None:
    with pytest.raises(SourceError, match=error) as told:
        newest_in(tables_of(tmp_path, calls=pa.table({"at": column})), "calls", "at", BERLIN)

    assert "Ann" not in str(told.value)


def test_a_column_or_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, calls={"started_at": ["2026-10-01"]})

    with pytest.raises(SourceError, match=r"calls has no column 'start_at'.*\n.*did you mean 'started_at'"):
        newest_in(tables, "calls", "start_at", BERLIN)
    with pytest.raises(SourceError, match="table 'tickets' is not in this run"):
        newest_in(tables, "tickets", "at", BERLIN)
