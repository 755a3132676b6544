"""A step as an Airflow task: Airflow's context becomes a Run, our outcomes become Airflow's."""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred
from airflow.sdk.execution_time.context import InletEventsAccessor

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.connections import airflow_connection
from scheduled_reports.dag_run import dag_run_of
from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.facts.task import TaskFacts
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure, note_measures
from scheduled_reports.notify import tell_owner_or_log
from scheduled_reports.run import Run
from scheduled_reports.schedule.freshness import Start
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.triggers.awaiting import Awaiting
from scheduled_reports.schedule.triggers.expression import names_in
from scheduled_reports.spec.load import Report
from scheduled_reports.steps import RunDropped, RunSkipped, RunWaits, StepSkipped, StepWaits

log = logging.getLogger(__name__)

Step = Callable[[Run, Ledger], Any]

LATEST = "latest_period"
"""What an event of a report's asset says: whether the run was of the period that was the latest, or of an older one."""

_BY_ITSELF = {"scheduled", "asset_triggered"}
"""Types of runs that nobody asked for."""

EVENTS = 50
"""How many events of an asset are looked at for one that counts."""


def run_step(
    report: Report, schedule: Schedule, step: Step, *, last: bool = False, takes_up: bool | None = None
) -> Any:
    """Call a step for the current task instance: it is skipped, fails for good, or fails and is repeated.

    Args:
        report: The report.
        schedule: The schedule that the DAG stands for.
        step: What to do.
        last: It speaks for those before it: where it cannot settle the run it tells the owner.
        takes_up: Whether it does the run's own work, so that the run is under way again; unless given, if it is not the
            last.
    """
    try:
        return _call(report, schedule, step, not last if takes_up is None else takes_up)
    except (RunSkipped, RunDropped, StepSkipped) as skipped:
        raise AirflowSkipException(f"Skipped: {skipped}") from None
    except (RunWaits, StepWaits) as waits:
        log.info("It waits until %s: %s", f"{waits.until:%Y-%m-%d %H:%M:%S %Z}", waits)
        raise TaskDeferred(trigger=DateTimeTrigger(waits.until), method_name="resume") from None
    except Exception as error:
        permanent = isinstance(error, ReportError) and not error.retryable
        if last and not isinstance(error, DeliveryError) and (permanent or no_more_tries()):
            subject = f"Not delivered: {report.spec.title}"
            text = f"{report.id}, schedule {schedule.id}: the run could not be settled.\n\n{error}\n"
            tell_owner_or_log(airflow_connection, settings.owner_mail_conn_id(), report.spec.owner, subject, text)
        if permanent:
            raise AirflowFailException(str(error)) from error
        raise


def run_began() -> dt.datetime:
    """Return when the current DAG run began, aware."""
    began = get_current_context()["dag_run"].start_date
    return began if began is not None else dt.datetime.now(dt.UTC)


def _call(report: Report, schedule: Schedule, step: Step, takes_up: bool) -> Any:
    run = current_run(report, schedule)
    folder = settings.airflow_home() / "scheduled_reports"
    ledger = Ledger.open(settings.ledger_conn_id(), run.connect, folder, actor=_actor(run))
    started = time.monotonic()
    try:
        run = as_delivered(run, ledger)
        if takes_up:
            ledger.resume(run)
        result = step(run, ledger)
    except RunSkipped as skipped:
        ledger.end(run, RunState.SKIPPED, str(skipped))
        raise
    except RunDropped as dropped:
        ledger.end(run, RunState.DROPPED, str(dropped))
        raise
    except RunWaits as waits:
        ledger.end(run, RunState.WAITING, str(waits))
        raise
    except (StepSkipped, StepWaits):
        raise
    except Exception as error:
        if takes_up and ledger.outcome(run)[0] is RunState.RUNNING:
            ledger.end(run, RunState.RUNNING, str(error))  # so that the owner is told why
        raise
    else:
        _note_seconds(run, ledger, time.monotonic() - started)
        return result
    finally:
        ledger.close()


def _actor(run: Run) -> str:
    """Return who acts, in words, for the ledger's audit trail."""
    instance = get_current_context()["ti"]
    mapped = instance.map_index is not None and instance.map_index >= 0
    name = f"{instance.task_id}[{instance.map_index}]" if mapped else instance.task_id
    asked = f", which {run.asked_by} triggered{' with force' if run.force else ''}" if run.asked_by else ""
    where = f"on {socket.gethostname()} (process {os.getpid()})"
    return f"task {name}, try {instance.try_number}, of run {run.run_id}{asked}, {where}"


def as_delivered(run: Run, ledger: Ledger) -> Run:
    """Return the run with the period it has delivered, whatever its schedule says by now: it must not send twice."""
    found = ledger.delivered_period(run)
    if found is None or found == (run.period.start, run.period.end):
        return run
    period = run.report.timing(run.schedule).period_between(*found)
    folder = RunFolder.of(settings.archive(), run.report.id, run.schedule.id, period.slug, run.run_id)
    return replace(run, period=period, folder=folder)


def _note_seconds(run: Run, ledger: Ledger, spent: float) -> None:
    """Note what the step cost; mapped instances run side by side, and the ledger has theirs."""
    instance = get_current_context()["ti"]
    if instance.map_index is None or instance.map_index < 0:
        seconds = {**run.folder.manifest().get("seconds", {}), instance.task_id: round(spent, 3)}
        run.folder.note(seconds=seconds)
        note_measures(ledger, run, "seconds", [Measure(step, taken) for step, taken in seconds.items()])


def current_run(report: Report, schedule: Schedule) -> Run:
    """Return the run that the current task instance belongs to.

    Raises:
        ArchiveError: The setting `archive` names no storage there is.
        ReportError: The period asked for is none.
    """
    context = get_current_context()
    dag_run, params = context["dag_run"], context["params"]
    moment = dag_run.logical_date or dag_run.run_after
    ours = dag_run_of(report.timing(schedule), dag_run.run_id, dag_run.run_type, moment, params)
    return Run(
        report=report,
        schedule=schedule,
        period=ours.period,
        run_id=ours.run_id,
        folder=RunFolder.of(settings.archive(), report.id, schedule.id, ours.period.slug, ours.run_id),
        connect=airflow_connection,
        airflow=TaskFacts(),
        parameters={name: entry.value(params[name]) for name, entry in report.spec.parameters.items()},
        due=moment.astimezone(ZoneInfo(schedule.timezone)) if dag_run.run_type == "scheduled" else None,
        force=bool(params["force"]),
        send=ours.send,
        ignore_conditions=bool(params["ignore_conditions"]) and dag_run.run_type not in _BY_ITSELF,
        asked_by=dag_run.triggering_user_name or "",
        own_period=ours.own_period,
    )


def started_for(report: Report, schedule: Schedule) -> Start | None:
    """Return what the current run was started for, where its schedule waits for something.

    None for a run that somebody asked for, and for a back-fill: nobody judges whether what it waits for has come.
    """
    dag_run, trigger = get_current_context()["dag_run"], schedule.when
    if not isinstance(trigger, Awaiting) or dag_run.run_type not in _BY_ITSELF:
        return None
    names = dict.fromkeys(name for _, name in names_in(trigger.awaited(f"{report.id}:{schedule.id}")))
    updates = {name: newest_update(trigger.airflow_asset(name)) for name in names}
    at_deadline = dag_run.run_type == "scheduled"
    return Start(dag_run.logical_date or dag_run.run_after, at_deadline, updates)


def news_of(report: Report, schedule: Schedule) -> dict[str, Any]:
    """Return what those who wait for the report are told of the current run: its period, and if it is the latest."""
    dag_run, period = get_current_context()["dag_run"], current_run(report, schedule).period
    moment = dag_run.logical_date or dag_run.run_after
    latest = report.timing(schedule).period(moment if dag_run.run_type != "backfill" else dt.datetime.now(dt.UTC))
    return {LATEST: period == latest, "period_start": period.start.isoformat(), "period_end": period.end.isoformat()}


def newest_update(asset: Any) -> dt.datetime | None:
    """Return when an asset, given as one or as a reference, was last updated; None for never, or where there is none.

    A report that somebody sent for an older period does not count. Airflow's `inlet_events` would fail the task, before
    it could say why, where nobody declares the asset any more.
    """
    events = InletEventsAccessor(asset_name=getattr(asset, "name", None), asset_uri=getattr(asset, "uri", None))
    newest = (event for event in events.ascending(False).limit(EVENTS) if (event.extra or {}).get(LATEST, True))
    return next((event.timestamp for event in newest), None)


def no_more_tries() -> bool:
    """Return whether Airflow does not repeat the current task instance if it fails now."""
    instance = get_current_context()["ti"]
    return bool(instance.try_number > (instance.max_tries or 0))


def goes_on(retries: int) -> bool:
    """Return whether the current task instance is repeated by Airflow, not begun: a clear begins it anew.

    Args:
        retries: How often Airflow repeats it; a clear adds as many to its `max_tries`.
    """
    instance = get_current_context()["ti"]
    return bool(instance.try_number > (instance.max_tries or 0) - retries + 1)
