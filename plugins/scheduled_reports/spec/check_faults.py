"""What is wrong with the SQL of checks that only DuckDB's parser can tell: for `reports check`, not for loading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.spec.dataset_faults import placed
from scheduled_reports.spec.problems import Problem

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def check_problems(report: Report) -> Iterator[Problem]:
    """Yield what is wrong with a valid report's checks, each at its line and column; nothing is run."""
    known = report.spec.tables()
    return placed(report, [
        (("checks", index, *fault.loc), fault)
        for index, check in enumerate(report.spec.checks)
        for fault in check.faults(known, report.include)
    ])  # fmt: skip
