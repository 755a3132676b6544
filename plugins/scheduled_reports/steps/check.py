"""Decide, from the extracted data, whether the run goes on."""

from __future__ import annotations

import logging

from scheduled_reports.conditions import Verdict
from scheduled_reports.document import ChartBlock, TableBlock
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)


def check(run: Run) -> dict[str, str]:
    """Judge every condition of `run_when`, and whether there is anything to show; return each finding in words.

    Raises:
        RunSkipped: One is not met, or all tables and charts are empty.
        ArchiveError: The run's data cannot be read.
    """
    with run.folder.fetch("data") as folder:
        tables = Tables(folder)
        verdicts = [condition.judge(run, tables) for condition in run.report.spec.run_when]
        verdicts += _something_to_show(run, tables)
    for verdict in verdicts:
        log.info("%s: %s", "met" if verdict.met else "not met", verdict.reason)
    run.folder.note(conditions=[{"met": verdict.met, "reason": verdict.reason} for verdict in verdicts])
    unmet = [verdict.reason for verdict in verdicts if not verdict.met]
    if unmet:
        raise RunSkipped("; ".join(unmet))
    return {f"condition {number}": verdict.reason for number, verdict in enumerate(verdicts, start=1)}


def _something_to_show(run: Run, tables: Tables) -> list[Verdict]:
    """Return an unmet verdict where every table and chart is empty; nothing where the content has none, or a row."""
    shown = {block.dataset for block in run.report.spec.content if isinstance(block, TableBlock | ChartBlock)}
    if not shown or any(tables.rows(name) for name in shown):
        return []
    return [Verdict(False, f"every table and chart is empty for {run.period.label} ({', '.join(sorted(shown))})")]
