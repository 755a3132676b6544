"""The timetable fires when its recurrence does, and never for what was missed long ago."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import pendulum
import pytest
import time_machine
from airflow.timetables.base import DataInterval, TimeRestriction

from scheduled_reports.schedule.frequencies import base as frequencies_base
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.timetable import ReportTimetable

EPOCH = pendulum.datetime(2025, 1, 1)
HOUR = dt.timedelta(hours=1)
DAILY: dict[str, Any] = {"type": "daily", "at": "06:30"}
KINDS: dict[str, dict[str, Any]] = {
    "cron": {"cron": ["30 6 * * 1-5", "0 9 L * *"]},
    "daily": {"at": ["06:30", "18:00"]},
    "dates": {"on": ["2026-12-31", "2027-03-31"], "at": "06:30"},
    "fiscal": {"of": "period", "on": "3rd business day", "at": "06:30"},
    "hourly": {"every": 4, "from": "06:30"},
    "monthly": {"on": ["last business day", 15], "at": "06:30", "every": 3, "starting": "february"},
    "quarterly": {"on": "2nd last day", "at": "06:30"},
    "rrule": {"rrule": "FREQ=MONTHLY;BYDAY=-1FR", "starting": "2026-01-05T09:00", "except": "2026-12-25"},
    "weekdays": {"at": "06:30"},
    "weekly": {"on": ["monday", "thursday"], "at": "06:30", "every": 2, "starting": "2026-01-05"},
    "yearly": {"month": "march", "on": "first monday", "at": "06:30"},
}


def timetable(
    when: dict[str, Any] = DAILY, grace: dt.timedelta | None = HOUR, zone: str = "Europe/Berlin", **more: Any
) -> ReportTimetable:
    return ReportTimetable(Recurrence.model_validate({"when": when, "timezone": zone, **more}), grace)


def next_fire(
    now: str,
    last: str | None = None,
    *,
    of: ReportTimetable | None = None,
    catchup: bool = False,
    earliest: str | None = None,
    latest: str | None = None,
) -> str | None:
    """Return when the next run is due, as wall time in Berlin."""
    interval = DataInterval.exact(pendulum.parse(last, tz="Europe/Berlin")) if last else None
    begin = pendulum.parse(earliest, tz="Europe/Berlin") if earliest else EPOCH
    end = pendulum.parse(latest, tz="Europe/Berlin") if latest else None
    with time_machine.travel(pendulum.parse(now, tz="Europe/Berlin"), tick=False):
        info = (of or timetable()).next_dagrun_info(
            last_automated_data_interval=interval, restriction=TimeRestriction(begin, end, catchup)
        )
    return f"{info.run_after.in_timezone('Europe/Berlin'):YYYY-MM-DDTHH:mmZ}" if info else None


def chain(of: ReportTimetable, count: int = 40) -> list[dt.datetime]:
    """Return the fires that Airflow makes when it feeds each run's interval back."""
    found: list[dt.datetime] = []
    last = None
    for _ in range(count):
        info = of.next_dagrun_info(
            last_automated_data_interval=last, restriction=TimeRestriction(EPOCH, None, catchup=True)
        )
        if info is None:
            break
        last = info.data_interval
        found.append(info.run_after)
    return found


def test_a_new_dag_waits_for_its_next_fire() -> None:
    assert next_fire("2026-11-20T12:00") == "2026-11-21T06:30+01:00"


def test_a_fire_missed_by_less_than_the_grace_still_happens() -> None:
    assert next_fire("2026-11-20T07:29") == "2026-11-20T06:30+01:00"
    assert next_fire("2026-11-20T07:29", of=timetable(grace=dt.timedelta(minutes=10))) == "2026-11-21T06:30+01:00"
    assert next_fire("2026-11-21T06:29", of=timetable(grace=dt.timedelta(days=1))) == "2026-11-20T06:30+01:00"


@pytest.mark.parametrize("catchup", [False, True])
def test_fires_follow_each_other_also_when_the_clock_is_behind(catchup: bool) -> None:
    found = next_fire("2026-11-20T06:29", "2026-11-20T06:30", catchup=catchup)

    assert found == "2026-11-21T06:30+01:00"


def test_an_outage_or_a_pause_of_days_mails_nobody() -> None:
    assert next_fire("2026-11-20T12:00", "2026-11-10T06:30") == "2026-11-21T06:30+01:00"


def test_where_lateness_does_not_matter_an_outage_leaves_its_last_missed_fire_and_only_that() -> None:
    late = timetable(grace=None)

    assert next_fire("2026-11-20T12:00", "2026-11-10T06:30", of=late) == "2026-11-20T06:30+01:00"
    assert next_fire("2026-11-20T12:01", "2026-11-20T06:30", of=late) == "2026-11-21T06:30+01:00"


def test_where_lateness_does_not_matter_a_new_dag_does_not_look_back() -> None:
    late = timetable(grace=None)

    assert next_fire("2026-11-20T12:00", of=late) == "2026-11-21T06:30+01:00"


def test_a_fire_is_not_lost_where_airflow_asks_between_it_and_the_making_of_its_run() -> None:
    for grace in (HOUR, None):
        found = next_fire("2026-11-20T06:30:10", of=timetable(grace=grace))

        assert found == "2026-11-20T06:30+01:00"


def test_catch_up_makes_every_missed_fire_from_the_first_day_on() -> None:
    every = timetable(grace=None)

    assert next_fire("2026-11-20T12:00", of=every, catchup=True, earliest="2026-11-05") == "2026-11-05T06:30+01:00"
    assert next_fire("2026-11-20T12:00", "2026-11-10T06:30", of=every, catchup=True) == "2026-11-11T06:30+01:00"


def test_nothing_fires_before_the_first_day_or_after_the_last() -> None:
    ended = timetable(ends="2026-11-20")

    assert next_fire("2026-11-20T12:00", latest="2026-11-20T23:00") is None
    assert next_fire("2026-11-20T12:00", earliest="2026-12-01") == "2026-12-01T06:30+01:00"
    assert next_fire("2026-11-20T06:00", of=ended) == "2026-11-20T06:30+01:00"
    assert next_fire("2026-11-20T12:00", of=ended) is None
    assert next_fire("2026-11-20T12:00", of=timetable(starts="2026-12-01")) == "2026-12-01T06:30+01:00"


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2026-03-28T02:30", "2026-03-29T03:00+02:00"),
        ("2026-03-29T03:00", "2026-03-30T02:30+02:00"),
        ("2026-10-24T02:30", "2026-10-25T02:30+02:00"),
        ("2026-10-25T00:30Z", "2026-10-26T02:30+01:00"),
    ],
)
def test_wall_time_stays_when_clocks_change(last: str, expected: str) -> None:
    night = timetable({"type": "daily", "at": "02:30"})

    assert next_fire(last, last, of=night) == expected


def test_a_closed_day_is_passed_over() -> None:
    closed = timetable(calendar={"name": "office", "closed": {"2026": "1121"}, "weekend": []}, on_closed="skip")

    assert next_fire("2026-11-20T12:00", of=closed) == "2026-11-22T06:30+01:00"


def test_a_run_has_an_empty_data_interval_so_that_two_never_share_a_logical_date() -> None:
    with time_machine.travel(EPOCH, tick=False):
        info = timetable().next_dagrun_info(
            last_automated_data_interval=None, restriction=TimeRestriction(EPOCH, None, catchup=False)
        )

    assert info is not None
    assert info.data_interval is not None
    assert info.data_interval.start == info.data_interval.end == info.run_after == info.logical_date


def test_a_manual_run_has_an_empty_data_interval_too() -> None:
    assert timetable().infer_manual_data_interval(run_after=EPOCH) == DataInterval.exact(EPOCH)


def test_every_kind_of_frequency_is_tried_here() -> None:
    assert sorted(KINDS) == sorted(kinds_of_frequency())


def kinds_of_frequency() -> set[str]:
    from scheduled_reports.registry import type_of

    below = list(frequencies_base.Frequency.__subclasses__())
    for kind in below:
        below += kind.__subclasses__()
    own = [kind for kind in below if kind.__module__.startswith("scheduled_reports") and "type" in kind.model_fields]
    return {type_of(kind) for kind in own}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grace", [HOUR, None])
def test_it_survives_serialization_as_json(kind: str, grace: dt.timedelta | None) -> None:
    original = timetable({"type": kind, **KINDS[kind]}, grace, **everything())

    copy = ReportTimetable.deserialize(json.loads(json.dumps(original.serialize())))

    assert isinstance(copy, ReportTimetable)
    assert copy.serialize() == original.serialize()
    assert (copy.summary, copy.description) == (original.summary, original.description)
    assert chain(copy) == chain(original)


def everything() -> dict[str, Any]:
    """Return every other thing that a recurrence may have."""
    return {
        "calendar": {
            "name": "office", "closed": {"2026": "0102 0403 1225"}, "opened": {"2026": "0314"},
            "weekend": ["saturday", "sunday"], "half_days": {"13:00": {"2026": "1224"}},
        },
        "on_closed": "next", "business_hours": {"from": "06:00", "until": "20:00"}, "week_starts": "sunday",
        "blackouts": [{"from": "2026-12-27T00:00", "until": "2026-12-30T12:00", "then": "after"}],
        "fiscal": {"starts": "april"}, "jitter": "7m", "starts": "2025-06-01", "ends": "2027-12-31",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_fires_strictly_increase_and_come_to_an_end(kind: str) -> None:
    fires = chain(timetable({"type": kind, **KINDS[kind]}, fiscal={"starts": "april"}, ends="2027-12-31"), 100_000)

    assert fires
    assert all(before < after for before, after in pairwise(fires))
    assert fires[-1] < pendulum.datetime(2028, 1, 1)


@pytest.mark.parametrize("grace", [HOUR, None])
@pytest.mark.parametrize("catchup", [False, True])
def test_a_schedule_without_a_fire_left_says_so_instead_of_searching_for_ever(
    grace: dt.timedelta | None, catchup: bool
) -> None:
    over = timetable({"type": "dates", "on": "2025-05-01", "at": "06:30"}, grace)
    never = timetable(
        {"type": "weekly", "on": "saturday", "at": "06:30"}, grace, on_closed="skip", calendar={"name": "plain"}
    )

    assert next_fire("2026-11-20T12:00", "2025-05-01T06:30", of=over, catchup=catchup) is None
    assert next_fire("2026-11-20T12:00", of=never, catchup=catchup) is None
    assert next_fire("2046-11-20T12:00", "2045-12-31T06:30", catchup=catchup) is None


def test_airflow_shows_the_schedule_in_plain_words() -> None:
    assert timetable().summary == "06:30 every day, Europe/Berlin"
    assert timetable().description == "06:30 every day, Europe/Berlin; at most 1h late"
    assert timetable(grace=None).description.endswith("; missed runs happen however late")


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"recurrence": {"when": DAILY}},
        {"recurrence": {"when": DAILY, "moon": "full"}, "grace": None},
        {"recurrence": {"when": {"type": "lunar"}}, "grace": 60.0},
        {"recurrence": {"when": DAILY}, "grace": "1h"},
    ],
)
def test_what_another_version_stored_never_fires_and_breaks_nothing(
    stored: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    of = ReportTimetable.deserialize(stored)

    found = of.next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(EPOCH, None, catchup=True)
    )
    assert (found, of.can_be_scheduled) == (None, False)
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "nothing fires until its DAG is parsed again" in record.message


def test_its_class_path_never_changes_as_it_is_stored_in_airflows_database() -> None:
    path = f"{ReportTimetable.__module__}.{ReportTimetable.__qualname__}"

    assert path == "scheduled_reports.schedule.timetable.ReportTimetable"
