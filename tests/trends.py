"""The check `trend`, for tests: what earlier runs measured, and what it finds then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from judging import Columns, earlier_run, results_of
from scheduled_reports.checks import Outcome, Result
from scheduled_reports.checks.trend import Trend
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.past import Measure
from scheduled_reports.run import Run


def trend(**given: Any) -> Trend:
    """Return the check of the table `calls`."""
    return Trend.model_validate({"type": "trend", "dataset": "calls", **given})


def noted(ledger: Ledger, run: Run, values: Sequence[float], check: Trend, part: str = "", every: int = 1) -> None:
    """Note what earlier runs measured, the newest first."""
    for number, value in enumerate(values):
        earlier_run(ledger, run, (number + 1) * every, check.kept_as[0], Measure(check.kept_as[1], value, part))


def judged(check: Trend, folder: Path, calls: Columns | pa.Table, ledger: Ledger, run: Run) -> dict[str, Result]:
    """Return what the check finds of each part."""
    return {result.part: result for result in results_of(check, folder, ledger=ledger, run=run, calls=calls)}


def only(check: Trend, folder: Path, calls: Columns | pa.Table, ledger: Ledger, run: Run) -> tuple[Outcome, str]:
    """Return (outcome, reason) of the only part."""
    [result] = judged(check, folder, calls, ledger, run).values()
    return result.outcome, result.reason
