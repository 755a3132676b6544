"""Decide, before anything is extracted, whether the run is to happen."""

from __future__ import annotations

import datetime as dt
import logging

from scheduled_reports import __version__
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.plan import owed, planned

log = logging.getLogger(__name__)

LATE = dt.timedelta(hours=1)
"""A scheduled run that begins later than this after its time is skipped: no report of yesterday arrives by surprise."""


def gate(run: Run, ledger: Ledger, now: dt.datetime) -> dict[str, object]:
    """Open the run in the ledger and the archive; return its period and how many deliveries it owes.

    Args:
        run: The run.
        ledger: Where it is noted.
        now: The present instant, aware.

    Raises:
        RunSkipped: It is too late for a scheduled run, or everybody has this period already.
    """
    log.info("Report %s, schedule %s: %s", run.report.id, run.schedule.id, run.period.label)
    ledger.begin(run, planned(run))
    run.folder.note(
        report={"id": run.report.id, "title": run.report.spec.title, "spec_digest": run.report.digest},
        schedule={"id": run.schedule.id, "timezone": run.schedule.timezone},
        period={
            "start": run.period.start.isoformat(),
            "end": run.period.end.isoformat(),
            "label": run.period.label,
        },
        run={"id": run.run_id, "started_at": now.isoformat(), "forced": run.force, "software": __version__},
        parameters=dict(run.parameters),
    )
    if run.due is not None and now - run.due > LATE:
        due = f"{run.due:%Y-%m-%d %H:%M %Z}"
        raise RunSkipped(
            f"it was due at {due} and began more than an hour late; trigger it by hand if it is still wanted"
        )
    entries = owed(run, ledger)
    if all(entry.state is DeliveryState.DELIVERED for entry in entries):
        count = f"{len(entries)} of {len(entries)}"
        raise RunSkipped(
            f"{run.period.label} was delivered already ({count}); trigger it with 'force' to send it again"
        )
    return {"period": run.period.label, "deliveries": len(entries)}
