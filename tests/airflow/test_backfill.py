"""Airflow's own back-fill re-issues past periods: to the archive only, unless it is told to deliver."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from airflow.models.backfill import NoBackfillRunsToCreate

from demo.mail_server import MailServer
from scheduled_reports.spec.load import Report, load
from specs import SALES, write
from travelling import TravellingAirflow, travelling

DAILY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'
FIRST, LAST = "2026-10-01T00:00", "2026-10-03T00:00"
"""A back-fill of the fires of 1 and 2 October, for the last day of September and the first of October."""


@pytest.fixture
def airflow(airflow_database: Path, project: Path, inbox: MailServer) -> Iterator[TravellingAirflow]:
    """Give an Airflow in which it is noon on 5 October 2026, and in which tasks really run."""
    with travelling("2026-10-05T12:00") as found:
        found.works = True
        yield found


def merge(project: Path, airflow: TravellingAirflow, schedule: str = "") -> None:
    entry = f"  - {{id: daily, timezone: Europe/Berlin, {schedule}}}\n" if schedule else DAILY
    write(project, SALES.replace(DAILY, entry))
    airflow.merge()


def manifests(project: Path) -> dict[str, dict[str, Any]]:
    """Return the manifests in the archive by the id of their run."""
    found = [json.loads(path.read_text()) for path in (project / "archive").rglob("manifest.json")]
    return {manifest["run"]["id"]: manifest for manifest in found}


def ledger_states(project: Path) -> dict[str, str]:
    """Return what the ledger says of each run."""
    with closing(sqlite3.connect(project / "ledger.db")) as ledger:
        return dict(ledger.execute("SELECT run_id, state FROM scheduled_reports_run"))


def test_a_back_fill_archives_the_periods_of_its_fires_and_sends_nothing(
    project: Path, airflow: TravellingAirflow, inbox: MailServer
) -> None:
    merge(project, airflow)

    runs = airflow.back_fill("sales__daily", FIRST, LAST)

    assert [(run.run_type, run.state, run.logical_date == run.run_after) for run in runs] == [
        ("backfill", "success", True)
    ] * 2
    assert airflow.fires("sales__daily") == ["Thu 2026-10-01 06:30+0200", "Fri 2026-10-02 06:30+0200"]
    noted = manifests(project)
    assert [(noted[run.run_id]["period"]["label"], noted[run.run_id]["state"]) for run in runs] == [
        ("Wednesday, 30 September 2026", "archived"), ("Thursday, 1 October 2026", "archived"),
    ]  # fmt: skip
    assert ledger_states(project) == {run.run_id: "archived" for run in runs}
    assert inbox.messages() == []
    for run in runs:
        assert airflow.states(run) == {
            "gate": "success", "extract": "success", "check": "success", "render": "success", "deliver": "skipped",
            "close": "skipped",
        }  # fmt: skip
    assert len(list((project / "archive").rglob("files/*"))) == 4


def test_a_back_fill_that_is_told_to_delivers_what_nobody_has_yet(
    project: Path, airflow: TravellingAirflow, inbox: MailServer
) -> None:
    merge(project, airflow)

    first = airflow.back_fill("sales__daily", FIRST, LAST, deliver=True)
    again = airflow.back_fill("sales__daily", FIRST, LAST, "completed", deliver=True)

    assert [run.state for run in first] == [run.state for run in again] == ["success"] * 2
    assert len(inbox.messages()) == 4
    assert {state for run in again for state in airflow.states(run).values()} <= {"success", "skipped"}


def test_a_period_that_was_delivered_is_archived_again_beside_it_and_keeps_its_receipts(
    project: Path, airflow: TravellingAirflow, inbox: MailServer
) -> None:
    merge(project, airflow)
    airflow.move("2026-10-02T06:29")
    airflow.parse()
    airflow.live("2026-10-02T06:31")
    [scheduled] = airflow.runs("sales__daily")
    assert len(inbox.messages()) == 2
    before = manifests(project)[scheduled.run_id]
    airflow.move("2026-10-05T12:00")
    airflow.parse()

    [only_the_other] = airflow.back_fill("sales__daily", FIRST, LAST)
    [again] = airflow.back_fill("sales__daily", "2026-10-02T00:00", LAST, "completed")

    assert (only_the_other.run_id == scheduled.run_id, again.run_id == scheduled.run_id) == (False, True)
    assert (again.run_type, again.state, len(inbox.messages())) == ("backfill", "success", 2)
    after = manifests(project)
    assert after[scheduled.run_id] == before
    assert (before["state"], len(before["deliveries"])) == ("delivered", 2)
    assert after[f"backfill__{scheduled.run_id}"]["state"] == "archived"
    assert ledger_states(project) == {
        scheduled.run_id: "delivered", f"backfill__{scheduled.run_id}": "archived", only_the_other.run_id: "archived",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("schedule", "fires"),
    [
        ('when: "30 6 * * *", catch_up: true, starts: 2026-09-30', ["Wed", "Thu", "Fri", "Sat", "Sun"]),
        ('when: "30 6 * * *", calendar: office', ["Wed", "Fri"]),
        ('when: {type: weekly, on: [thursday, saturday], at: "06:30"}, calendar: office, on_closed: next', ["Fri"]),
        ('when: "30 6 * * *", starts: 2026-10-02, ends: 2026-10-03', ["Fri", "Sat"]),
    ],
    ids=["catch_up", "skip", "next", "life"],
)
def test_a_back_fill_makes_runs_for_the_fires_of_the_schedule_only(
    project: Path, airflow: TravellingAirflow, schedule: str, fires: list[str]
) -> None:
    (project / "include" / "calendars").mkdir()
    (project / "include" / "calendars" / "office.yaml").write_text("closed: [2026-10-01]\n")
    airflow.works = False
    write(project, SALES.replace(DAILY, f"  - {{id: daily, timezone: Europe/Berlin, {schedule}}}\n"))
    airflow.merge(paused=True)

    airflow.back_fill("sales__daily", "2026-09-30T00:00", "2026-10-04T23:59")

    assert [fire[:3] for fire in airflow.fires("sales__daily")] == fires


def test_a_back_fill_without_a_fire_says_so(project: Path, airflow: TravellingAirflow) -> None:
    merge(project, airflow, "when: {type: weekly, on: monday, at: '06:30'}")

    with pytest.raises(NoBackfillRunsToCreate, match="No runs to create for Dag sales__daily"):
        airflow.back_fill("sales__daily", FIRST, LAST)


def test_periods_since_the_last_fire_tile_also_in_a_back_fill_over_a_clock_change(
    project: Path, airflow: TravellingAirflow
) -> None:
    airflow.works = False
    merge(project, airflow, "when: {type: hourly, every: 6, from: '02:30'}, covers: since_last_fire")

    airflow.back_fill("sales__daily", "2026-03-28T00:00", "2026-03-30T12:00")

    report = load(project / "report_specs" / "sales.yaml", project / "include")
    assert isinstance(report, Report)
    timing = report.timing(report.spec.schedules[0])
    runs = airflow.runs("sales__daily")
    periods = [timing.period(run.logical_date) for run in runs]
    assert len(runs) == 10
    assert [period.end for period in periods] == [run.run_after for run in runs]
    assert [period.start for period in periods[1:]] == [period.end for period in periods[:-1]]
