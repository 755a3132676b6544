"""The tasks that deliver a report: one for each destination, those after them, and how Airflow repeats them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import Asset, get_current_context, task

from scheduled_reports import settings
from scheduled_reports.operators import DeliverOperator, EscalateOperator, FailoverOperator
from scheduled_reports.retries import DeliveryRetries
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.escalation import Escalation
from scheduled_reports.spec.load import Report
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.escalate import escalate
from scheduled_reports.steps.failover import failover
from scheduled_reports.task import goes_on, news_of, no_more_tries, run_step

ESCALATE = "escalate_failure"
"""The name of the task that tells others; `escalate` is that of an approval."""


def delivery_tasks(report: Report, schedule: Schedule) -> list[Any]:
    """Return the tasks of a run's deliveries, in order: deliver[…] → failover? → close → escalate_failure?."""
    spec = report.spec
    tasks = [_deliver_tasks(report, schedule)]
    if any(entry.standby for entry in spec.deliver):
        tasks.append(_failover_task(report, schedule))
    tasks.append(_close_task(report, schedule)())
    if spec.escalate is not None:
        tasks.append(_escalate_task(report, schedule, spec.escalate))
    return tasks


def _deliver_tasks(report: Report, schedule: Schedule) -> Any:
    def step(destination: str, waited: bool) -> Any:
        again, last, lease = waited or goes_on(report.spec.retries), no_more_tries(), settings.lease()
        return run_step(
            report, schedule,
            lambda run, ledger: deliver(run, ledger, destination, again=again, last_try=last, lease=lease),
        )  # fmt: skip

    operator = DeliverOperator.partial(
        task_id="deliver", map_index_template="{{ task.destination }}", step=step, retry_policy=DeliveryRetries()
    )
    return operator.expand(destination=[entry.key for entry in report.spec.deliver if not entry.standby])


def _failover_task(report: Report, schedule: Schedule) -> Any:
    def step() -> Any:
        last, lease = no_more_tries(), settings.lease()
        return run_step(
            report, schedule, lambda run, ledger: failover(run, ledger, last_try=last, lease=lease), takes_up=False
        )

    return FailoverOperator(task_id="failover", trigger_rule="all_done", step=step, retry_policy=DeliveryRetries())


def _close_task(report: Report, schedule: Schedule) -> Any:
    asset = Asset(f"report:{report.id}:{schedule.id}", group="reports")

    @task(task_id="close", trigger_rule="all_done", outlets=[asset])
    def close_task() -> Any:
        conn_id = settings.owner_mail_conn_id()
        result = run_step(report, schedule, lambda run, ledger: close(run, ledger, conn_id), last=True)
        get_current_context()["outlet_events"][asset].extra.update(news_of(report, schedule))
        return result

    return close_task


def _escalate_task(report: Report, schedule: Schedule, escalation: Escalation) -> Any:
    def step() -> Any:
        conn_id, now, closed = settings.owner_mail_conn_id(), dt.datetime.now(dt.UTC), not _failed("close")
        return run_step(
            report, schedule, lambda run, ledger: escalate(run, ledger, escalation, conn_id, now, closed=closed),
            takes_up=False,
        )  # fmt: skip

    return EscalateOperator(task_id=ESCALATE, trigger_rule="all_done", step=step)


def _failed(task_id: str) -> bool:
    """Return whether another task of the current run has failed."""
    instance = get_current_context()["ti"]
    states = instance.get_task_states(dag_id=instance.dag_id, task_ids=[task_id], run_ids=[instance.run_id])
    return "failed" in states.get(instance.run_id, {}).values()
