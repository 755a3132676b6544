"""The timetable fires on its cron line in its zone, and never for what was missed long ago."""

import datetime as dt

import pendulum
import pytest
from airflow.timetables.base import DataInterval, TimeRestriction

from scheduled_reports.schedule import timetable
from scheduled_reports.schedule.timetable import ReportTimetable

EPOCH = pendulum.datetime(2025, 1, 1)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> object:
    def set_to(text: str) -> None:
        moment = dt.datetime.fromisoformat(text)
        monkeypatch.setattr(timetable.timezone, "utcnow", lambda: moment)

    return set_to


def next_fire(last: str | None, *, catchup: bool = False, latest: str | None = None) -> str | None:
    interval = DataInterval.exact(pendulum.parse(last)) if last else None
    restriction = TimeRestriction(EPOCH, pendulum.parse(latest) if latest else None, catchup)
    info = ReportTimetable("30 6 * * *", "Europe/Berlin").next_dagrun_info(
        last_automated_data_interval=interval, restriction=restriction
    )
    return info.run_after.in_timezone("Europe/Berlin").isoformat() if info else None


def test_a_new_dag_waits_for_its_next_fire(now) -> None:
    now("2026-11-20T12:00:00+01:00")
    assert next_fire(None) == "2026-11-21T06:30:00+01:00"


def test_a_fire_missed_by_less_than_an_hour_still_happens(now) -> None:
    now("2026-11-20T07:29:00+01:00")
    assert next_fire(None) == "2026-11-20T06:30:00+01:00"


def test_an_outage_of_days_mails_nobody(now) -> None:
    now("2026-11-20T12:00:00+01:00")
    assert next_fire("2026-11-10T06:30:00+01:00") == "2026-11-21T06:30:00+01:00"


def test_fires_follow_each_other_also_when_the_clock_is_behind(now) -> None:
    now("2026-11-20T06:30:01+01:00")
    assert next_fire("2026-11-20T06:30:00+01:00") == "2026-11-21T06:30:00+01:00"


def test_catch_up_makes_every_missed_fire(now) -> None:
    now("2026-11-20T12:00:00+01:00")
    assert next_fire("2026-11-10T06:30:00+01:00", catchup=True) == "2026-11-11T06:30:00+01:00"


def test_nothing_fires_after_the_end_date(now) -> None:
    now("2026-11-20T12:00:00+01:00")
    assert next_fire(None, latest="2026-11-20T23:00:00+01:00") is None


def test_wall_time_stays_when_clocks_change(now) -> None:
    now("2026-10-24T12:00:00+02:00")
    assert next_fire("2026-10-24T06:30:00+02:00") == "2026-10-25T06:30:00+01:00"


def test_a_run_has_an_empty_data_interval_so_that_two_never_share_a_logical_date(now) -> None:
    now("2026-11-20T12:00:00+01:00")
    info = ReportTimetable("30 6 * * *", "UTC").next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(EPOCH, None, False)
    )
    assert info is not None
    assert info.data_interval.start == info.data_interval.end == info.run_after


def test_it_survives_serialization_and_tells_its_schedule() -> None:
    original = ReportTimetable("0 7 * * 1", "America/New_York")

    copy = ReportTimetable.deserialize(original.serialize())

    assert copy.serialize() == original.serialize()
    assert copy.summary == "0 7 * * 1 (America/New_York)"
    assert f"{ReportTimetable.__module__}.{ReportTimetable.__qualname__}" == (
        "scheduled_reports.schedule.timetable.ReportTimetable"
    )
