"""A step as an Airflow task: Airflow's context becomes a Run, our outcomes become Airflow's."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.notify import tell_owner_or_log
from scheduled_reports.run import Run
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.load import Report
from scheduled_reports.steps import RunSkipped

Step = Callable[[Run, Ledger], Any]


def run_step(report: Report, schedule: Schedule, step: Step, *, last: bool = False) -> Any:
    """Call a step for the current task instance: it is skipped, fails for good, or fails and is repeated.

    Args:
        report: The report.
        schedule: The schedule that the DAG stands for.
        step: What to do.
        last: It is the run's last, which speaks for those before it: it does not take the work up again, and where it
            cannot settle the run it tells the owner.
    """
    try:
        return _call(report, schedule, step, last)
    except RunSkipped as skipped:
        raise AirflowSkipException(f"Skipped: {skipped}") from None
    except Exception as error:
        permanent = isinstance(error, ReportError) and not error.retryable
        if last and not isinstance(error, DeliveryError) and (permanent or _no_more_tries()):
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


def _call(report: Report, schedule: Schedule, step: Step, last: bool) -> Any:
    run = current_run(report, schedule)
    ledger = Ledger.open(settings.ledger_conn_id(), run.connect, settings.airflow_home() / "scheduled_reports")
    started = time.monotonic()
    try:
        if not last:
            ledger.resume(run)
        result = step(run, ledger)
    except RunSkipped as skipped:
        ledger.end(run, RunState.SKIPPED, str(skipped))
        raise
    except Exception as error:
        if not last and ledger.outcome(run)[0] is RunState.RUNNING:
            ledger.end(run, RunState.RUNNING, str(error))  # so that the owner is told why
        raise
    else:
        _note_seconds(run, time.monotonic() - started)
        return result
    finally:
        ledger.close()


def _note_seconds(run: Run, seconds: float) -> None:
    """Note what the step cost; mapped instances run side by side, and the ledger has theirs."""
    instance = get_current_context()["ti"]
    if instance.map_index is None or instance.map_index < 0:
        run.folder.note(seconds={**run.folder.manifest().get("seconds", {}), instance.task_id: round(seconds, 3)})


def current_run(report: Report, schedule: Schedule) -> Run:
    """Return the run that the current task instance belongs to.

    Raises:
        ArchiveError: The setting `archive` names no storage there is.
    """
    context = get_current_context()
    dag_run, params = context["dag_run"], context["params"]
    moment = dag_run.logical_date or dag_run.run_after
    day = params["period"]
    period = schedule.period_of(dt.date.fromisoformat(day)) if day else schedule.period(moment)
    return Run(
        report=report,
        schedule=schedule,
        period=period,
        run_id=dag_run.run_id,
        folder=RunFolder.of(settings.archive(), report.id, schedule.id, period.slug, dag_run.run_id),
        connect=airflow_connection,
        parameters={name: entry.value(params[name]) for name, entry in report.spec.parameters.items()},
        due=moment.astimezone(ZoneInfo(schedule.timezone)) if dag_run.run_type == "scheduled" else None,
        force=bool(params["force"]),
    )


def _no_more_tries() -> bool:
    instance = get_current_context()["ti"]
    return bool(instance.try_number > (instance.max_tries or 0))
