"""Specs and schedules become DAGs. Wiring only: what a step does stands in `steps`."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Asset, Param, get_current_context, get_parsing_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import ReportError, SpecError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.notify import tell_owner
from scheduled_reports.run import Run
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timetable import ReportTimetable
from scheduled_reports.spec.load import BrokenReport, Report, load, load_all, spec_files
from scheduled_reports.spec.report import Parameter
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.check import check
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.render import render

log = logging.getLogger(__name__)

EPOCH = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - the schedule's zone is added
_JSON_TYPES = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "string",
}


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
            dags.update(_dags_of(load(path, include), wanted))
        except Exception:  # one spec that breaks the factory itself must not hide the others
            log.exception("No DAG could be made of %s", path)
    return dags


def raise_spec_errors() -> None:
    """Raise one error that lists every problem of every spec, for Airflow to show as an import error.

    Raises:
        SpecError: At least one spec is broken.
    """
    if get_parsing_context().dag_id is not None:
        return
    folder = settings.specs_folder()
    healthy, broken = load_all(folder, settings.include_folder(folder))
    lines = [str(problem) for report in broken for problem in report.problems]
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
    """Return the DAG of one schedule: gate → extract → check → render → deliver[…] → close."""
    spec = report.spec
    with DAG(
        f"{report.id}__{schedule.id}",
        dag_display_name=f"{spec.title} · {schedule.id.replace('_', ' ')}",
        description=f"{spec.title}: {schedule.cron} ({schedule.timezone}), {schedule.covers.replace('_', ' ')}",
        doc_md=_documentation(report),
        tags=[*spec.tags, "report"],
        params=_params(report),
        **_common(schedule, spec.owner, spec.retries),
    ) as dag:
        _steps(report, schedule)
    return dag


def _steps(report: Report, schedule: Schedule) -> None:
    @task(task_id="gate")
    def gate_task() -> Any:
        return _step(report, schedule, lambda run, ledger: gate(run, ledger, dt.datetime.now(dt.UTC)))

    @task(task_id="extract")
    def extract_task() -> Any:
        return _step(report, schedule, lambda run, _: extract(run))

    @task(task_id="check")
    def check_task() -> Any:
        return _step(report, schedule, lambda run, _: check(run))

    @task(task_id="render")
    def render_task() -> Any:
        return _step(report, schedule, lambda run, _: render(run, dt.datetime.now(dt.UTC)))

    @task(task_id="deliver", map_index_template="{{ destination }}")
    def deliver_task(destination: str) -> Any:
        get_current_context()["destination"] = destination  # type: ignore[typeddict-unknown-key]
        return _step(report, schedule, lambda run, ledger: deliver(run, ledger, destination))

    @task(
        task_id="close",
        trigger_rule="all_done",
        outlets=[Asset(f"report:{report.id}:{schedule.id}", group="reports")],
    )
    def close_task() -> Any:
        return _step(report, schedule, lambda run, ledger: close(run, ledger, settings.owner_mail_conn_id()))

    deliveries = deliver_task.expand(destination=[channel.key for channel in report.spec.deliver])
    gate_task() >> extract_task() >> check_task() >> render_task() >> deliveries >> close_task()


def _step(report: Report, schedule: Schedule, step: Callable[[Run, Ledger], Any]) -> Any:
    """Call a step for the current task instance, in Airflow's terms: skip, fail for good, or fail and be repeated."""
    run = _current_run(report, schedule)
    ledger = Ledger.open(settings.ledger_conn_id(), run.connect, settings.airflow_home() / "scheduled_reports")
    try:
        return step(run, ledger)
    except RunSkipped as skipped:
        ledger.end(run, RunState.SKIPPED, str(skipped))
        raise AirflowSkipException(f"Skipped: {skipped}") from None
    except Exception as error:
        if ledger.outcome(run)[0] is RunState.RUNNING:
            ledger.end(run, RunState.RUNNING, str(error))  # so that the owner is told why
        if isinstance(error, ReportError) and not error.retryable:
            raise AirflowFailException(str(error)) from error
        raise
    finally:
        ledger.close()


def _current_run(report: Report, schedule: Schedule) -> Run:
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


def broken_dag(report: BrokenReport, schedule: Schedule) -> DAG:
    """Return the DAG of a schedule whose spec is broken: at its time it fails and tells the owner."""
    problems = "\n".join(str(problem) for problem in report.problems)
    with DAG(
        f"{report.id}__{schedule.id}",
        dag_display_name=f"{report.id} · {schedule.id} · BROKEN SPEC",
        description="Its spec is broken: nothing is sent until that is mended",
        doc_md=f"The spec `{report.path.name}` is broken:\n\n```\n{problems}\n```\n",
        tags=["report", "spec-error"],
        **_common(schedule, report.owner or "unknown", retries=1),
    ) as dag:

        @task(task_id="spec_is_broken")
        def spec_is_broken() -> None:
            text = f"{report.id} cannot run: its spec is broken. Nothing was sent.\n\n{problems}\n"
            if report.owner:
                try:
                    tell_owner(airflow_connection, settings.owner_mail_conn_id(), report.owner,
                               f"Not delivered: {report.id} has a broken spec", text)  # fmt: skip
                except ReportError as error:
                    log.error("The owner %s could not be told: %s", report.owner, error)  # noqa: TRY400
            raise AirflowFailException(text)

        spec_is_broken()
    return dag


def _common(schedule: Schedule, owner: str, retries: int) -> dict[str, Any]:
    return {
        "schedule": ReportTimetable(schedule.cron, schedule.timezone),
        "start_date": EPOCH.replace(tzinfo=ZoneInfo(schedule.timezone)),
        "catchup": False,
        "auto_register": False,  # else report_spec_errors.py, which builds them to find errors, would own them too
        "max_active_runs": 1,
        "default_args": {
            "owner": owner,
            "retries": retries,
            "retry_delay": settings.retry_delay(),
            "retry_exponential_backoff": 2,
            "max_retry_delay": dt.timedelta(minutes=15),
        },
    }


def _params(report: Report) -> dict[str, Param]:
    params = {name: _param(entry) for name, entry in report.spec.parameters.items()}
    day = "A day in the period to report on; empty: the last period that is over."
    forced = "Send again what was delivered for this period already."
    return {
        **params,
        "period": Param(None, type=["null", "string"], format="date", title="Period", description=day),
        "force": Param(False, type="boolean", title="Send again", description=forced),
    }


def _param(entry: Parameter) -> Param:
    """Return the field of Airflow's trigger form for a parameter."""
    schema: dict[str, Any] = {"type": [_JSON_TYPES[entry.type], *(["null"] if entry.default is None else [])]}
    if entry.type == "date":
        schema["format"] = "date"
    return Param(entry.default, description=entry.description or None, **schema)


def _documentation(report: Report) -> str:
    facts = f"Spec `{report.path.name}`, digest `{report.digest[:12]}`:"
    return f"{report.spec.description}\n\n{facts}\n\n```yaml\n{report.text}\n```\n"
