"""Decide, from the extracted data, whether the run goes on."""

from __future__ import annotations

import logging

from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)


def check(run: Run) -> dict[str, str]:
    """Judge every condition of `run_when`; return each one's finding in words.

    Raises:
        RunSkipped: One is not met.
        ArchiveError: The run's data cannot be read.
    """
    with run.folder.fetch("data") as folder:
        verdicts = [condition.judge(run, Tables(folder)) for condition in run.report.spec.run_when]
    for verdict in verdicts:
        log.info("%s: %s", "met" if verdict.met else "not met", verdict.reason)
    run.folder.note(conditions=[{"met": verdict.met, "reason": verdict.reason} for verdict in verdicts])
    unmet = [verdict.reason for verdict in verdicts if not verdict.met]
    if unmet:
        raise RunSkipped("; ".join(unmet))
    return {f"condition {number}": verdict.reason for number, verdict in enumerate(verdicts, start=1)}
