"""None of what a report's people would not expect happens, on the real scheduler with a clock that the test moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.models.serialized_dag import SerializedDagModel
from airflow.timetables.base import DataInterval
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType

from demo.mail_server import MailServer
from specs import SALES, write
from travelling import TravellingAirflow, travelling

DAILY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'
Start = Callable[..., TravellingAirflow]


@pytest.fixture
def start(airflow_database: Path, project: Path) -> Iterator[Start]:
    """Return a function that starts an Airflow over schedules of one report, at a wall time in Berlin."""
    opened = []

    def begin(now: str, *schedules: str) -> TravellingAirflow:
        entries = "".join(f"  - {{timezone: Europe/Berlin, {entry}}}\n" for entry in schedules)
        write(project, SALES.replace(DAILY, entries))
        opened.append(travelling(now))
        airflow = opened[-1].__enter__()
        airflow.works = True
        airflow.merge()
        return airflow

    yield begin
    for context in reversed(opened):
        context.__exit__(None, None, None)


def trigger(dag_id: str, conf: dict[str, Any], *, logical_date: bool = False) -> None:
    """Do what Airflow's trigger form does; it fills in a logical date unless one empties it."""
    now = dt.datetime.now(dt.UTC)
    with create_session() as session:
        SerializedDagModel.get(dag_id=dag_id, session=session).dag.create_dagrun(
            run_id=f"manual__{now.isoformat()}", run_after=now, run_type=DagRunType.MANUAL, state=DagRunState.QUEUED,
            logical_date=now if logical_date else None, data_interval=DataInterval.exact(now) if logical_date else None,
            triggered_by=DagRunTriggeredByType.UI, conf=conf, session=session,
        )  # fmt: skip


def later(airflow: TravellingAirflow, *walls: str) -> None:
    for wall in walls:
        airflow.move(wall)
        airflow.parse()
        airflow.schedule()


AFTER = 'id: after, when: {type: assets, all_of: ["report:sales:daily"]'


def test_a_back_fill_for_the_archive_starts_no_report_that_waits_for_this_one(start: Start, inbox: MailServer) -> None:
    airflow = start("2026-10-02T03:00", 'id: daily, when: "30 6 * * *"', AFTER + "}")

    airflow.back_fill("sales__daily", "2026-09-30T00:00", "2026-10-01T07:00")
    later(airflow, "2026-10-02T03:05")

    assert airflow.runs("sales__after") == []
    assert inbox.messages() == []


def test_an_older_period_sent_by_hand_does_not_pass_for_the_news_that_others_wait_for(
    start: Start, inbox: MailServer
) -> None:
    deadline = ', deadline: {type: daily, at: "09:00"}}'
    airflow = start("2026-10-02T02:00", 'id: daily, when: "30 6 * * *"', AFTER + deadline)

    trigger("sales__daily", {"period_start": "2026-10-01T00:00", "period_end": "2026-10-01T12:00"})
    later(airflow, "2026-10-02T02:05", "2026-10-02T02:10")

    [after] = airflow.runs("sales__after")
    assert (len(inbox.messages()), airflow.states(after)["gate"]) == (2, "skipped")

    airflow.merge()  # in one process, what was given in the form stays with the DAG
    airflow.live("2026-10-02T06:45")
    later(airflow, "2026-10-02T06:50")

    assert [airflow.states(run)["gate"] for run in airflow.runs("sales__after")] == ["skipped", "success"]
    assert len(inbox.messages()) == 6


@pytest.mark.parametrize("life", ["ends: 2026-10-03", "starts: 2026-12-01"])
def test_a_run_that_somebody_wants_outside_a_schedules_days_is_a_real_one(
    start: Start, inbox: MailServer, life: str
) -> None:
    airflow = start("2026-10-05T12:00", f'id: daily, when: "30 6 * * *", {life}')

    trigger("sales__daily", {"period": "2026-10-01"}, logical_date=True)
    later(airflow, "2026-10-05T12:05", "2026-10-05T12:10")

    [run] = airflow.runs("sales__daily")
    assert set(airflow.states(run).values()) == {"success"}
    assert len(inbox.messages()) == 2


def test_of_the_runs_that_an_outage_missed_only_the_last_happens(
    start: Start, project: Path, inbox: MailServer
) -> None:
    airflow = start("2026-10-01T12:00", 'id: daily, when: "30 6 * * *", late: run, covers: today')
    airflow.live("2026-10-02T06:31")

    airflow.move("2026-10-06T12:00")  # all was down, and the scheduler is up before the dag-processor has looked
    airflow.schedule()
    airflow.live("2026-10-06T13:00")

    gates = [airflow.states(run)["gate"] for run in airflow.runs("sales__daily")]
    fires = airflow.fires("sales__daily")
    assert fires == ["Fri 2026-10-02 06:30+0200", "Sat 2026-10-03 06:30+0200", "Tue 2026-10-06 06:30+0200"]
    assert gates == ["success", "skipped", "success"]
