"""A real Airflow on a clock that a test moves: the scheduler's and the dag-processor's own code, in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from airflow.api.common.delete_dag import delete_dag
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from airflow.exceptions import DagNotFound
from airflow.executors.base_executor import BaseExecutor
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models import DagModel, DagRun, TaskInstance
from airflow.models.asset import AssetEvent
from airflow.models.backfill import Backfill, BackfillDagRun, ReprocessBehavior, _create_backfill
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.sdk.definitions.dag import _run_task
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import delete, event, select, update

from airflow import settings
from session import ROOT

BERLIN = ZoneInfo("Europe/Berlin")
UNFINISHED = (DagRunState.QUEUED, DagRunState.RUNNING)


class TravellingAirflow:
    """An Airflow that does what it does every few seconds whenever the test says so.

    Attributes:
        works: Whether tasks really run; else a task is a success as soon as the scheduler wants it to run.
    """

    def __init__(self, clock: time_machine.Traveller) -> None:
        self._clock = clock
        self._bag: Any = None
        job = Job()
        with create_session() as session:
            session.add(job)
        executor = BaseExecutor(parallelism=1)
        executor.running.add(TaskInstanceKey("none", "none", "none"))  # no free slot: we are the worker
        self._scheduler = SchedulerJobRunner(job, executors=[executor])
        self.works = False

    def merge(self, *, paused: bool = False) -> None:
        """Read the specs, as the dag-processor does when they have changed, and pause or unpause what is new."""
        folder = ROOT / "dags"
        DagBundlesManager().sync_bundles_to_db()
        known = set(self._bag.dags) if self._bag else set()
        self._bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
        assert not self._bag.import_errors, self._bag.import_errors
        if not known:
            self.forget()  # what tests before have left of DAGs with these names
        self.parse()
        for dag_id in set(self._bag.dags) - known:
            self.pause(dag_id, paused=paused)

    def parse(self) -> None:
        """Do what the dag-processor does every half minute: write the DAGs, and when each runs next."""
        sync_bag_to_db(self._bag, "dags-folder", None)

    def pause(self, dag_id: str, *, paused: bool = True) -> None:
        """Pause a DAG, or unpause it."""
        with create_session() as session:
            session.execute(update(DagModel).where(DagModel.dag_id == dag_id).values(is_paused=paused))

    def move(self, wall: str) -> None:
        """Set the clock to a wall time in Berlin; nothing of Airflow runs meanwhile."""
        self._clock.move_to(at(wall))

    def live(self, wall: str, hours: Container[int] = range(24)) -> None:
        """Let time pass until a wall time in Berlin; the dag-processor and the scheduler look at five past these hours.

        Every hour is enough for a fire to be seen within its grace.
        """
        now, until = dt.datetime.now(dt.UTC), at(wall)
        first = now.replace(minute=5, second=0, microsecond=0)
        looks = [first + dt.timedelta(hours=number) for number in range(1, (until - now) // dt.timedelta(hours=1) + 1)]
        for moment in (now, *(look for look in looks if look.astimezone(BERLIN).hour in hours and look < until), until):
            self._clock.move_to(moment)
            self.parse()
            self.schedule()

    def schedule(self) -> None:
        """Let the scheduler work until there is nothing left to do at this time."""
        quiet = 0
        for _ in range(500):
            before = self._count()
            with create_session() as session:
                self._scheduler._do_scheduling(session)
            quiet = 0 if self._work() or self._count() != before else quiet + 1
            if quiet and (self._count()[1] == 0 or quiet > 5):
                return
        raise AssertionError("the scheduler never comes to rest")

    def back_fill(self, dag_id: str, first: str, last: str, behaviour: str = "none", **conf: object) -> list[DagRun]:
        """Do what `airflow backfill create` does for the fires between two wall times in Berlin; run what it makes."""
        created = _create_backfill(
            dag_id=dag_id, from_date=at(first), to_date=at(last), max_active_runs=1, reverse=False, dag_run_conf=conf,
            triggering_user_name="test", reprocess_behavior=ReprocessBehavior(behaviour),
        )  # fmt: skip
        self.schedule()
        self._scheduler._mark_backfills_complete()
        return [run for run in self.runs(dag_id) if run.backfill_id == created.id]

    def runs(self, dag_id: str) -> list[DagRun]:
        """Return the runs of a DAG, in order."""
        with create_session() as session:
            found = session.scalars(select(DagRun).where(DagRun.dag_id == dag_id).order_by(DagRun.run_after, DagRun.id))
            return list(found)

    def fires(self, dag_id: str) -> list[str]:
        """Return when the runs of a DAG were due, as wall time in Berlin."""
        return [wall(run.run_after) for run in self.runs(dag_id)]

    def states(self, run: DagRun) -> dict[str, str]:
        """Return the states of a run's tasks."""
        with create_session() as session:
            found = session.scalars(select(TaskInstance).where(TaskInstance.run_id == run.run_id,
                                                               TaskInstance.dag_id == run.dag_id))  # fmt: skip
            return {instance.task_id: str(instance.state) for instance in found}

    def next_run(self, dag_id: str) -> str | None:
        """Return when Airflow thinks that a DAG runs next, as wall time in Berlin."""
        with create_session() as session:
            found = session.get(DagModel, dag_id)
            assert found is not None
            return wall(found.next_dagrun_create_after) if found.next_dagrun_create_after else None

    def forget(self) -> None:
        """Remove our DAGs and their runs from Airflow's database."""
        with create_session() as session:
            session.execute(delete(BackfillDagRun))
        for dag_id in self._bag.dags if self._bag else ():
            with suppress(DagNotFound):
                delete_dag(dag_id)
        with create_session() as session:
            session.execute(delete(Backfill))
            session.execute(delete(AssetEvent))

    def _count(self) -> tuple[int, int]:
        with create_session() as session:
            states = list(session.scalars(select(DagRun.state).where(DagRun.dag_id.in_(self._bag.dags))))
        return len(states), sum(state in UNFINISHED for state in states)

    def _work(self) -> bool:
        """Do what a worker would with the task instances that the scheduler has released; return whether any was."""
        with create_session() as session:
            scheduled = list(session.scalars(
                select(TaskInstance).where(TaskInstance.dag_id.in_(self._bag.dags),
                                           TaskInstance.state == TaskInstanceState.SCHEDULED)))  # fmt: skip
            session.expunge_all()
        for instance in scheduled:
            if self.works:
                _run_task(ti=instance, task=self._bag.dags[instance.dag_id].task_dict[instance.task_id])
            else:
                instance.set_state(TaskInstanceState.SUCCESS)
        return bool(scheduled)


def at(wall: str) -> dt.datetime:
    """Return the instant of a wall time in Berlin."""
    return dt.datetime.fromisoformat(wall).replace(tzinfo=BERLIN).astimezone(dt.UTC)


def wall(moment: dt.datetime) -> str:
    """Return an instant as wall time in Berlin, with its offset."""
    return f"{moment.astimezone(BERLIN):%a %Y-%m-%d %H:%M%z}"


@contextmanager
def travelling(start: str) -> Iterator[TravellingAirflow]:
    """Give an Airflow whose clock and database are set to a wall time in Berlin; its DAGs are gone afterwards."""

    def travelled(connection: Any, _: Any) -> None:
        connection.create_function("current_timestamp", 0, lambda: f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S}")

    event.listen(settings.engine, "connect", travelled)  # the scheduler asks SQLite what DAGs are due now
    settings.engine.dispose()
    try:
        with time_machine.travel(at(start)) as clock:
            airflow = TravellingAirflow(clock)
            try:
                yield airflow
            finally:
                airflow.forget()
    finally:
        event.remove(settings.engine, "connect", travelled)
        settings.engine.dispose()
