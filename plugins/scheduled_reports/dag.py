"""Specs and schedules become DAGs. Wiring only: what a step does stands in `steps`."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from airflow.sdk import DAG, chain, get_parsing_context, task
from airflow.sdk.exceptions import AirflowFailException

from scheduled_reports import settings
from scheduled_reports.approval.task import approval_task
from scheduled_reports.connections import airflow_connection
from scheduled_reports.dag_options import dag_options, documentation, trigger_form
from scheduled_reports.delivery_tasks import delivery_tasks
from scheduled_reports.errors import SettingError, SpecError
from scheduled_reports.notify import tell_owner_or_log
from scheduled_reports.operators import GateOperator
from scheduled_reports.overdue import deadline_alert
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.cycles import waiting_problems
from scheduled_reports.spec.earlier_runs import earlier_run_problems
from scheduled_reports.spec.load import BrokenReport, Report, load, load_all, spec_files
from scheduled_reports.spec.problems import told_once
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.render import render
from scheduled_reports.task import run_began, run_step, started_for

log = logging.getLogger(__name__)


def build_dags() -> dict[str, DAG]:
    """Return the DAGs of all specs, by id. A broken spec never takes another's DAG down.

    In a task process only the spec of the wanted DAG is read.
    """
    folder = settings.specs_folder()
    include = settings.include_folder(folder)
    wanted = get_parsing_context().dag_id
    paths = [path for path in spec_files(folder) if wanted is None or path.stem == wanted.partition("__")[0]]
    dags: dict[str, DAG] = {}
    for path in paths:
        try:
            dags = {**_dags_of(load(path, include), wanted), **dags}  # of x.yaml and x.yml, the first keeps its DAGs
        except Exception:  # one spec that breaks the factory itself must not hide the others
            log.exception("No DAG could be made of %s", path)
    return dags


def raise_spec_errors() -> None:
    """Raise one error that lists every problem of every spec, for Airflow to show as an import error.

    Raises:
        SpecError: At least one spec is broken.
        SettingError: There is no folder with specs.
    """
    if get_parsing_context().dag_id is not None:
        return
    folder = settings.specs_folder()
    if not folder.is_dir():
        raise SettingError(f"there is no folder {folder} with report specs", why="so there is no report",
                           fix="make it, or set [scheduled_reports] specs_folder")  # fmt: skip
    healthy, broken = load_all(folder, settings.include_folder(folder))
    problems = [problem for report in broken for problem in report.problems]
    problems += [*waiting_problems(healthy, broken), *earlier_run_problems(healthy, broken)]
    lines = [str(problem) for problem in told_once(problems)]
    for report in healthy:
        try:
            _dags_of(report, None)
        except Exception as error:  # whatever it is, it belongs in the banner
            lines.append(f"{report.path}:1:1: no DAG could be made of it: {error}")
    if lines:
        raise SpecError("\n".join((f"{len(lines)} problems in report specs; other reports are not affected", *lines)))


def _dags_of(report: Report | BrokenReport, wanted: str | None) -> dict[str, DAG]:
    if isinstance(report, BrokenReport):
        dags = [broken_dag(report, schedule) for schedule in report.schedules if report.enabled]
    else:
        dags = [report_dag(report, schedule) for schedule in report.spec.schedules if report.spec.enabled]
    return {dag.dag_id: dag for dag in dags if wanted in {None, dag.dag_id}}


def report_dag(report: Report, schedule: Schedule) -> DAG:
    """Return the DAG of one schedule: gate → extract → check → render → approve? → deliver[…] → failover? → close."""
    spec = report.spec
    with DAG(
        f"{report.id}__{schedule.id}",
        dag_display_name=f"{spec.title} · {schedule.id.replace('_', ' ')}",
        description=f"{report.when(schedule)}; covers {schedule.covers.words()}",
        doc_md=documentation(report, schedule),
        tags=[*spec.tags, "report"],
        params=trigger_form(report, schedule),
        deadline=deadline_alert(report, schedule),
        **dag_options(report.id, schedule, report.timing(schedule), spec.owner, spec.retries),
    ) as dag:
        _steps(report, schedule)
    return dag


def _steps(report: Report, schedule: Schedule) -> None:
    def gate_step() -> Any:
        start, conn_id = started_for(report, schedule), settings.owner_mail_conn_id()
        return run_step(report, schedule, lambda run, ledger: gate(run, ledger, run_began(), start, conn_id))

    @task(task_id="extract")
    def extract_task() -> Any:
        return run_step(report, schedule, extract)

    @task(task_id="check")
    def check_task() -> Any:
        return run_step(report, schedule, check)

    @task(task_id="render")
    def render_task() -> Any:
        return run_step(report, schedule, lambda run, _: render(run, dt.datetime.now(dt.UTC)))

    chain(
        GateOperator(task_id="gate", step=gate_step), extract_task(), check_task(), render_task(),
        *_approval_tasks(report, schedule), *delivery_tasks(report, schedule),
    )  # fmt: skip


def _approval_tasks(report: Report, schedule: Schedule) -> list[Any]:
    approval = report.spec.approval
    if approval is None:
        return []
    first = approval_task(report, schedule, approval)
    return [first, approval_task(report, schedule, approval, escalated=True)] if approval.escalate_to else [first]


def broken_dag(report: BrokenReport, schedule: Schedule) -> DAG:
    """Return the DAG of a schedule whose spec is broken: at its time it fails and tells the owner."""
    problems = "\n".join(str(problem) for problem in report.problems)
    with DAG(
        f"{report.id}__{schedule.id}",
        dag_display_name=f"{report.id} · {schedule.id} · BROKEN SPEC",
        description="Its spec is broken: nothing is sent until that is mended",
        doc_md=f"The spec `{report.path.name}` is broken:\n\n```\n{problems}\n```\n",
        tags=["report", "spec-error"],
        **dag_options(report.id, schedule, report.timings[schedule.id], report.owner or "unknown", retries=1),
    ) as dag:

        @task(task_id="spec_is_broken")
        def spec_is_broken() -> None:
            text = f"{report.id} cannot run: its spec is broken. Nothing was sent.\n\n{problems}\n"
            if report.owner:
                subject = f"Not delivered: {report.id} has a broken spec"
                tell_owner_or_log(airflow_connection, settings.owner_mail_conn_id(), report.owner, subject, text)
            raise AirflowFailException(text)

        spec_is_broken()
    return dag
