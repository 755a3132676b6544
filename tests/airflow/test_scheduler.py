"""The real scheduler makes the runs that a schedule asks for, and no other, while a clock is moved over the year."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from scheduled_reports.spec.load import Report, load
from specs import SALES, write
from travelling import TravellingAirflow, travelling

DAILY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'
THREE = (
    'id: skip, when: "30 6 * * *"',
    'id: run, when: "30 6 * * *", late: run',
    'id: every, when: "30 6 * * *", catch_up: true, starts: 2026-03-03',
)
ONCE_A_DAY = (7,)
Start = Callable[..., TravellingAirflow]


@pytest.fixture
def start(airflow_database: Path, project: Path) -> Iterator[Start]:
    """Return a function that sets the clock to a wall time in Berlin and merges a spec with these schedules."""
    with ExitStack() as stack:

        def begin(wall: str, *schedules: str, paused: bool = False) -> TravellingAirflow:
            airflow = stack.enter_context(travelling(wall))
            entries = "".join(f"  - {{timezone: Europe/Berlin, {entry}}}\n" for entry in schedules)
            write(project, SALES.replace(DAILY, entries))
            airflow.merge(paused=paused)
            return airflow

        yield begin


@pytest.mark.parametrize(
    ("begin", "end", "night", "morning"),
    [
        (
            "2026-03-27T12:00",
            "2026-03-30T12:00",
            ["Sat 2026-03-28 02:30+0100", "Sun 2026-03-29 03:00+0200", "Mon 2026-03-30 02:30+0200"],
            ["Sat 2026-03-28 06:30+0100", "Sun 2026-03-29 06:30+0200", "Mon 2026-03-30 06:30+0200"],
        ),
        (
            "2026-10-23T12:00",
            "2026-10-26T12:00",
            ["Sat 2026-10-24 02:30+0200", "Sun 2026-10-25 02:30+0200", "Mon 2026-10-26 02:30+0100"],
            ["Sat 2026-10-24 06:30+0200", "Sun 2026-10-25 06:30+0100", "Mon 2026-10-26 06:30+0100"],
        ),
    ],
    ids=["forward", "back"],
)
def test_a_daily_report_runs_once_a_day_also_where_clocks_change(
    start: Start, begin: str, end: str, night: list[str], morning: list[str]
) -> None:
    airflow = start(
        begin,
        'id: night, when: {type: daily, at: "02:30"}',
        'id: morning, when: {type: daily, at: "06:30"}',
    )

    airflow.live(end, range(2, 8))

    assert airflow.fires("sales__night") == night
    assert airflow.fires("sales__morning") == morning


def test_periods_of_consecutive_runs_tile_time_also_where_clocks_change(start: Start, project: Path) -> None:
    airflow = start(
        "2026-03-28T12:00", 'id: often, when: {type: hourly, every: 4, from: "06:30"}, covers: since_last_fire'
    )

    airflow.live("2026-03-30T00:00")

    runs = airflow.runs("sales__often")
    assert [wall.split()[2] for wall in airflow.fires("sales__often")] == [
        "14:30+0100", "18:30+0100", "22:30+0100", "03:00+0200", "06:30+0200", "10:30+0200", "14:30+0200",
        "18:30+0200", "22:30+0200",
    ]  # fmt: skip
    assert len({run.logical_date for run in runs}) == len(runs)
    report = load(project / "report_specs" / "sales.yaml", project / "include")
    assert isinstance(report, Report)
    timing = report.timing(report.spec.schedules[0])
    periods = [timing.period(run.logical_date) for run in runs]
    assert [period.end for period in periods] == [run.run_after for run in runs]
    assert all(before.end == after.start for before, after in pairwise(periods))


def test_a_holiday_is_skipped_or_moved_to_the_next_or_the_last_open_day(start: Start, project: Path) -> None:
    (project / "include" / "calendars").mkdir()
    (project / "include" / "calendars" / "office.yaml").write_text("closed: [2026-04-03, 2026-04-06]\n")  # Easter
    airflow = start(
        "2026-04-01T12:00",
        'id: skip, when: "30 6 * * *", calendar: office',
        'id: next, when: {type: weekly, on: friday, at: "06:30"}, calendar: office, on_closed: next',
        'id: previous, when: {type: weekly, on: monday, at: "06:30"}, calendar: office, on_closed: previous',
    )

    airflow.live("2026-04-08T12:00", ONCE_A_DAY)

    assert airflow.fires("sales__skip") == [
        "Thu 2026-04-02 06:30+0200", "Tue 2026-04-07 06:30+0200", "Wed 2026-04-08 06:30+0200",
    ]  # fmt: skip
    assert airflow.fires("sales__next") == ["Tue 2026-04-07 06:30+0200"]
    assert airflow.fires("sales__previous") == ["Thu 2026-04-02 06:30+0200"]


def test_a_merged_report_makes_no_run_for_the_past_unless_it_is_to_catch_up(start: Start) -> None:
    airflow = start("2026-03-05T12:00", *THREE)

    airflow.schedule()

    assert {name: airflow.fires(f"sales__{name}") for name in ("skip", "run")} == {"skip": [], "run": []}
    assert airflow.next_run("sales__skip") == airflow.next_run("sales__run") == "Fri 2026-03-06 06:30+0100"
    assert [fire[:14] for fire in airflow.fires("sales__every")] == [
        "Tue 2026-03-03", "Wed 2026-03-04", "Thu 2026-03-05"
    ]  # fmt: skip


def test_unpausing_after_a_week_makes_no_run_or_the_last_missed_or_all_as_the_schedule_says(start: Start) -> None:
    airflow = start("2026-03-03T12:00", *THREE)
    airflow.live("2026-03-04T12:00")
    for name in ("skip", "run", "every"):
        airflow.pause(f"sales__{name}")
    airflow.live("2026-03-11T12:00", ONCE_A_DAY)
    before = {name: len(airflow.runs(f"sales__{name}")) for name in ("skip", "run", "every")}

    for name in ("skip", "run", "every"):
        airflow.pause(f"sales__{name}", paused=False)
    airflow.live("2026-03-12T12:00", ONCE_A_DAY)

    assert before == {"skip": 1, "run": 1, "every": 2}
    new = {name: [fire[8:14] for fire in airflow.fires(f"sales__{name}")[count:]] for name, count in before.items()}
    assert {name: [day.strip("-") for day in days] for name, days in new.items()} == {
        "skip": ["03-12"],
        "run": ["03-11", "03-12"],
        "every": [f"03-{day:02}" for day in range(5, 13)],
    }


def test_an_outage_within_the_grace_delays_a_run_and_one_of_days_cancels_it(start: Start) -> None:
    airflow = start("2026-03-03T12:00", 'id: skip, when: "30 6 * * *"', 'id: run, when: "30 6 * * *", late: run')
    airflow.live("2026-03-04T06:29")

    airflow.move("2026-03-04T07:10")
    airflow.live("2026-03-04T12:00")
    assert airflow.fires("sales__skip") == airflow.fires("sales__run") == ["Wed 2026-03-04 06:30+0100"]

    airflow.move("2026-03-07T12:00")
    airflow.live("2026-03-08T12:00")
    assert airflow.fires("sales__skip") == ["Wed 2026-03-04 06:30+0100", "Sun 2026-03-08 06:30+0100"]
    assert airflow.fires("sales__run")[1:] == ["Sat 2026-03-07 06:30+0100", "Sun 2026-03-08 06:30+0100"]


def test_a_run_that_airflow_makes_too_late_because_it_did_not_look_again_is_skipped_and_says_so(
    start: Start, project: Path, inbox: MailServer
) -> None:
    airflow = start("2026-03-03T12:00", 'id: daily, when: "30 6 * * *"', paused=True)
    airflow.works = True

    airflow.move("2026-03-10T12:00")  # its next run is still the one of a week ago: no dag-processor looked since
    airflow.pause("sales__daily", paused=False)
    airflow.schedule()
    airflow.live("2026-03-10T14:00")

    [run] = airflow.runs("sales__daily")
    assert (airflow.fires("sales__daily"), run.state) == (["Wed 2026-03-04 06:30+0100"], "success")
    assert set(airflow.states(run).values()) == {"skipped"}
    [manifest] = (project / "archive").rglob("manifest.json")
    noted = json.loads(manifest.read_text())
    assert noted["state"] == "skipped"
    assert noted["reason"].startswith("it was due at 2026-03-04 06:30 CET and began more than 1h late")
    assert inbox.messages() == []
    assert airflow.next_run("sales__daily") == "Wed 2026-03-11 06:30+0100"


def test_a_run_in_time_is_delivered_by_the_scheduler_as_planned(start: Start, project: Path, inbox: MailServer) -> None:
    airflow = start("2026-10-02T06:29", 'id: daily, when: "30 6 * * *"')
    airflow.works = True

    airflow.live("2026-10-02T06:31")

    [run] = airflow.runs("sales__daily")
    assert (run.state, len(inbox.messages())) == ("success", 2)
    assert set(airflow.states(run).values()) == {"success"}
    [manifest] = (project / "archive").rglob("manifest.json")
    assert json.loads(manifest.read_text())["period"]["label"] == "Thursday, 1 October 2026"


def test_nothing_is_made_after_the_last_day(start: Start) -> None:
    airflow = start("2026-03-03T12:00", 'id: daily, when: "30 6 * * *", ends: 2026-03-04')

    airflow.live("2026-03-06T12:00", ONCE_A_DAY)

    assert airflow.fires("sales__daily") == ["Wed 2026-03-04 06:30+0100"]
    assert airflow.next_run("sales__daily") is None
