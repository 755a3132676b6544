"""The DAG `reports_health`: every hour it looks whether what reports need can be used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import DAG, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from pydantic import ValidationError

from scheduled_reports import settings
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import ReportError, SettingError
from scheduled_reports.schedule.calendar import FIRST_DAY
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.timetable import ReportTimetable

DAG_ID = "reports_health"

_ABOUT = """\
Looks whether what the reports need can be used: connections answer, queries may be read, destinations let us in, the
archive can be written. One instance of `probe` for each connection; it is red where something there cannot be used.
`tell` mails the owners of the reports that need it, the most important report first: when it begins to fail, once a day
while it lasts, and when it works again. Nothing is sent to recipients, and nothing is written to their folders.
"""
_GRACE = dt.timedelta(minutes=30)
_AT_ONCE = 2
"""How many connections are looked at at once: the reports' own tasks need workers, too."""


def health_dag() -> DAG | None:
    """Return the DAG; None where the setting `health_schedule` is `off`.

    Raises:
        SettingError: That setting is no cron line.
    """
    cron = settings.health_schedule()
    if cron is None:
        return None
    with DAG(
        DAG_ID,
        dag_display_name="Reports · health of what they need",
        description="Looks every hour whether what reports need can be used, and tells their owners",
        doc_md=_ABOUT,
        tags=["operations"],
        schedule=ReportTimetable(_recurrence(cron), _GRACE),
        start_date=dt.datetime.combine(FIRST_DAY, dt.time(0), dt.UTC),
        catchup=False,
        max_active_runs=1,
        default_args={"owner": "scheduled_reports", "retries": 1, "retry_delay": settings.retry_delay()},
    ) as dag:
        parts = _plan_task()
        _probe_task().expand(part=parts) >> _tell_task()(parts)
    return dag


def _recurrence(cron: str) -> Recurrence:
    try:
        return Recurrence.model_validate({"when": {"type": "cron", "cron": cron}})
    except ValidationError as error:
        why = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise SettingError(f"[scheduled_reports] health_schedule is {cron!r}", why=why,
                           fix="write a cron line, such as 0 * * * *, or off") from error  # fmt: skip


def _plan_task() -> Any:
    @task(task_id="plan", retries=3)
    def plan_task() -> Any:
        from scheduled_reports.live.hourly import plan

        return plan(airflow_connection, dt.datetime.now(dt.UTC))

    return plan_task()


def _probe_task() -> Any:
    @task(task_id="probe", map_index_template="{{ place }}", max_active_tis_per_dagrun=_AT_ONCE)
    def probe_task(part: Any) -> Any:
        from scheduled_reports.live.hourly import probe

        get_current_context()["place"] = part["place"]  # type: ignore[typeddict-unknown-key]
        return probe(airflow_connection, part, dt.datetime.now(dt.UTC))

    return probe_task


def _tell_task() -> Any:
    @task(task_id="tell", trigger_rule="all_done")
    def tell_task(parts: Any) -> None:
        from scheduled_reports.live.hourly import tell
        from scheduled_reports.task import run_began

        try:
            tell(airflow_connection, parts, run_began(), dt.datetime.now(dt.UTC), settings.owner_mail_conn_id())
        except ReportError as error:
            if not error.retryable:
                raise AirflowFailException(str(error)) from None
            raise

    return tell_task
