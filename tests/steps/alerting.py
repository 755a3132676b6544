"""An alert report, judged day after day: what its tests share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging import tables_of
from runs import NOW
from scheduled_reports.archive import RunFolder
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.alert import require_alarm
from specs import SALES

DAY = dt.timedelta(days=1)
Ends = RunState | None


def alerting(alert: str) -> str:
    """Return the small spec as an alert report."""
    return SALES.replace("content:\n", f"alert: {{{alert}}}\ncontent:\n", 1)


LOW = "when: [{type: rows, dataset: low, at_least: 1}]"
KEYS = "keys: {dataset: low, columns: [sku]}"
TABLE = "datasets:\n  low:\n    sql: SELECT customer AS sku, 'Berlin' AS place FROM orders\n"


def spec(alert: str) -> str:
    return alerting(alert).replace("datasets:\n", TABLE)


def on_day(run: Run, number: int, again: str = "") -> Run:
    """Return the run of the period `number` days later."""
    period = run.period
    period = run.report.timing(run.schedule).period_between(period.start + number * DAY, period.end + number * DAY)
    run_id, archive = f"scheduled__{number}{again}", run.folder.uri.partition("/sales/")[0]
    folder = RunFolder.of(archive, run.report.id, run.schedule.id, period.slug, run_id)
    return replace(run, period=period, run_id=run_id, folder=folder)


def judged(run: Run, ledger: Ledger | None, folder: Path, low: Sequence[Any], ends: Ends = RunState.DELIVERED) -> str:
    """Judge a run with these things in its table, and let it end so; return why it was skipped, or `sent: …`."""
    if ledger is not None:
        ledger.begin(run, [], NOW)
    tables = tables_of(folder, low={"sku": low, "place": ["Berlin"] * len(low)})
    try:
        found = require_alarm(run, tables, NOW, ledger)
    except RunSkipped as skipped:
        if ledger is not None:
            ledger.end(run, RunState.SKIPPED, str(skipped))
        return str(skipped)
    if ledger is not None and ends is not None:
        ledger.end(run, ends)
    return f"sent: {found['alert']}"


def banners(run: Run) -> list[dict[str, str]]:
    return list(run.folder.manifest().get("notices", ()))
