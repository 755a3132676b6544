"""What Airflow is told of a schedule: its timetable, its limits, its trigger form and its page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import Param

from scheduled_reports import settings
from scheduled_reports.judgement.words import alert_words, run_when_words
from scheduled_reports.schedule.asked import MOMENT
from scheduled_reports.schedule.calendar import FIRST_DAY
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timetable import ReportTimetable
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.triggers import Trigger
from scheduled_reports.spec.load import Report
from scheduled_reports.spec.report import Parameter

_JSON_TYPES = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "string",
}


def dag_options(report_id: str, schedule: Schedule, timing: Timing, owner: str, retries: int) -> dict[str, Any]:
    """Return what a schedule makes of its DAG: when it runs, how many of its runs at once, by which workers.

    `starts` and `ends` are the timetable's: Airflow makes no task in a run before a DAG's first or after its last day,
    also where somebody triggers it, and calls that run a success.
    """
    resources = {"pool": schedule.pool, "priority_weight": schedule.priority}
    weight = {"weight_rule": "absolute"} if schedule.priority else {}
    return {
        "schedule": _airflow_schedule(report_id, schedule, timing),
        "start_date": dt.datetime.combine(FIRST_DAY, dt.time(0), ZoneInfo(timing.timezone)),
        "catchup": schedule.catch_up,
        "auto_register": False,  # else report_spec_errors.py, which builds them to find errors, would own them too
        "max_active_runs": schedule.max_runs,
        "default_args": {
            "owner": owner,
            "retries": retries,
            "retry_delay": settings.retry_delay(),
            "retry_exponential_backoff": 2,
            "max_retry_delay": dt.timedelta(minutes=15),
            **{name: value for name, value in resources.items() if value is not None},
            **weight,
        },
    }


def _airflow_schedule(report_id: str, schedule: Schedule, timing: Timing) -> Any:
    timetable = ReportTimetable(timing.recurrence, schedule.tolerance) if timing.recurrence else None
    if isinstance(schedule.when, Trigger):
        return schedule.when.airflow_schedule(timetable, f"{report_id}:{schedule.id}")
    return timetable


def trigger_form(report: Report, schedule: Schedule) -> dict[str, Param]:
    """Return the fields of Airflow's trigger form: the report's parameters, and what every run may be told."""
    day = "A day in the period to report on; it must be over. Empty: the last period that is over."
    moment = f"of another period, 2026-10-01 or 2026-10-01T06:30, wall time in {schedule.timezone}."
    first, last = f"First moment {moment}", f"First moment after the end {moment}"
    forced = "Send again what was delivered for this period already, with whatever parameters."
    sent = "Deliver, or keep the files in the archive only; empty: deliver, but not in a back-fill."
    ignored = "Run whatever its conditions and its alert say; who asked for it is recorded. Its checks still count."
    text: list[str] = ["null", "string"]
    return {
        **{name: _param(entry) for name, entry in report.spec.parameters.items()},
        "period": Param(None, type=text, format="date", title="Period", description=day),
        "period_start": Param(None, type=text, pattern=MOMENT, title="Period from", description=first),
        "period_end": Param(None, type=text, pattern=MOMENT, title="Period until", description=last),
        "force": Param(False, type="boolean", title="Send again", description=forced),
        "deliver": Param(None, type=["null", "boolean"], title="Deliver", description=sent),
        "ignore_conditions": Param(False, type="boolean", title="Ignore conditions", description=ignored),
    }


def _param(entry: Parameter) -> Param:
    schema: dict[str, Any] = {"type": [_JSON_TYPES[entry.type], *(["null"] if entry.default is None else [])]}
    if entry.type == "date":
        schema["format"] = "date"
    return Param(entry.default, description=entry.description or None, **schema)


def documentation(report: Report, schedule: Schedule) -> str:
    """Return the text of the DAG's page: what the report is, when it runs, what it covers, and its spec."""
    fence = "`" * (max(map(len, re.findall("`+", report.text)), default=2) + 1)
    when = f"**Runs** {report.when(schedule)}. **Covers** {schedule.covers.words()}."
    parts = "".join(f", with `{'/'.join(path.parts[-3:])}`" for path in report.parts)
    facts = f"Spec `{report.path.name}`{parts}, digest `{report.digest[:12]}`:"
    fence = max(fence, "```")
    what = f"{report.spec.description}\n\n" if report.spec.description else ""
    if condition := run_when_words(report.spec.run_when):
        when += f"\n\n**Happens** {_plain(condition)}."
    if report.spec.alert:
        when += f"\n\n**Is sent** {_plain(alert_words(report.spec.alert))}."
    return f"{what}{when}\n\n{facts}\n\n{fence}yaml\n{report.text}\n{fence}\n"


def _plain(text: str) -> str:
    """Return text as Markdown that shows it as it is; SQL has stars, and names have underscores."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)
