"""What one of Airflow's DAG runs is to us: which period it is of, and under which id its files are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scheduled_reports.schedule.asked import asked_period
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.timing import Timing

_BACKFILL = "backfill"


@dataclass(frozen=True)
class DagRun:
    """A DAG run, as far as a report's run depends on it.

    Attributes:
        period: What it reports on.
        run_id: The id of the report's run.
        send: Whether it delivers.
        own_period: Whether the schedule by itself has no run of that period.
    """

    period: Period
    run_id: str
    send: bool
    own_period: bool = False


def dag_run_of(timing: Timing, run_id: str, run_type: str, moment: dt.datetime, form: Mapping[str, Any]) -> DagRun:
    """Return what a DAG run is to its report.

    Args:
        timing: The schedule's.
        run_id: Airflow's id.
        run_type: Airflow's word: scheduled, manual, backfill, asset_triggered.
        moment: Its logical date, or else when it was to run; aware.
        form: What was given in the trigger form; what is missing counts as empty.

    Raises:
        ReportError: The period asked for is none.
    """
    asked = asked_period(timing, form.get("period"), form.get("period_start"), form.get("period_end"))
    if run_type == _BACKFILL and not run_id.startswith(_BACKFILL):
        run_id = f"{_BACKFILL}__{run_id}"  # Airflow made one of a run there was: what that sent and kept stays as it is
    send = form.get("deliver")
    sends = run_type != _BACKFILL if send is None else bool(send)
    if asked is None:
        return DagRun(timing.period(moment), run_id, sends)
    return DagRun(asked, run_id, sends, own_period=not form.get("period") and not _is_usual(timing, asked))


def _is_usual(timing: Timing, period: Period) -> bool:
    """Return whether a run at its end would be of that period anyway; so is any, where nothing runs by itself."""
    if timing.recurrence is None:
        return True
    usual = timing.period(period.end)
    return (usual.start, usual.end) == (period.start, period.end)
