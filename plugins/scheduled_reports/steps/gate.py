"""Decide, before anything is extracted, whether the run is to happen."""

from __future__ import annotations

import datetime as dt
import logging

from scheduled_reports import __version__
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.run import Run
from scheduled_reports.schedule.schedule import LATE
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.plan import owed, planned

log = logging.getLogger(__name__)


def gate(run: Run, ledger: Ledger, now: dt.datetime) -> dict[str, object]:
    """Open the run in the ledger and the archive; return its period and how many deliveries it owes.

    Args:
        run: The run.
        ledger: Where it is noted.
        now: When the run began, aware.

    Raises:
        RunSkipped: It is too late for a scheduled run, or everybody has this period already.
        ReportError: The period is not over: what it would send now would pass for the whole later.
    """
    log.info("Report %s, schedule %s: %s", run.report.id, run.schedule.id, run.period.label)
    _require_past(run, now)
    began = ledger.begin(run, planned(run), now)
    _open_manifest(run, now)
    _require_in_time(run, min(began, now))
    entries = owed(run, ledger)
    if all(entry.state is DeliveryState.DELIVERED for entry in entries):
        count = f"{len(entries)} of {len(entries)}"
        raise RunSkipped(
            f"{run.period.label} was delivered already ({count}); trigger it with 'force' to send it again"
        )
    return {"period": run.period.label, "deliveries": len(entries)}


def _require_past(run: Run, now: dt.datetime) -> None:
    if run.period.end > now:
        raise ReportError(
            f"{run.report.spec.title} cannot report on {run.period.label}",
            why=f"it ends {run.period.end:%Y-%m-%d %H:%M %Z}; a part of it, sent now, would count as the whole",
            fix="look at it with `reports preview`, or trigger it for a period that is over",
        )


def _require_in_time(run: Run, began: dt.datetime) -> None:
    if run.due is not None and began - run.due > LATE:
        due = f"{run.due:%Y-%m-%d %H:%M %Z}"
        raise RunSkipped(
            f"it was due at {due} and began more than an hour late; trigger it by hand if it is still wanted"
        )


def _open_manifest(run: Run, now: dt.datetime) -> None:
    run.folder.note(
        report={"id": run.report.id, "title": run.report.spec.title, "spec_digest": run.report.digest},
        schedule={"id": run.schedule.id, "timezone": run.schedule.timezone},
        period={"start": run.period.start.isoformat(), "end": run.period.end.isoformat(), "label": run.period.label},
        run={"id": run.run_id, "started_at": now.isoformat(), "forced": run.force, "software": __version__},
        parameters=dict(run.parameters),
    )
