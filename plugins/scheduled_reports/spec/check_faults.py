"""What DuckDB's parser finds wrong with the SQL of conditions and checks: for `reports check`, not for loading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.spec.dataset_faults import placed
from scheduled_reports.spec.judgements import conditions_of
from scheduled_reports.spec.problems import Problem

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def check_problems(report: Report) -> Iterator[Problem]:
    """Yield what is wrong with a valid report's conditions and checks, each at its line and column; nothing is run."""
    known = report.spec.tables()
    conditions = [(loc, condition.faults(known)) for loc, condition in conditions_of(report.spec)]
    checks = [
        (("checks", index), check.faults(known, report.include)) for index, check in enumerate(report.spec.checks)
    ]
    found = [((*loc, *fault.loc), fault) for loc, faults in (*conditions, *checks) for fault in faults]
    return placed(report, found)
