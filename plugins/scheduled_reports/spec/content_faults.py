"""What DuckDB's parser finds wrong with the SQL of a report's content: for `reports check`, not for loading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.datasets.base import expression_faults
from scheduled_reports.spec.dataset_faults import placed
from scheduled_reports.spec.problems import Problem

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def content_problems(report: Report) -> Iterator[Problem]:
    """Yield what is wrong with the conditions on which blocks are shown, each at its line and column; nothing is run.

    Whether the dataset has the columns that one names is known when the report runs.
    """
    spec, hint = report.spec, "write one SQL expression, DuckDB's: `late > 0`"
    faults = expression_faults(spec.content, spec.tables(), hint, ("content",))
    return placed(report, [(fault.loc, fault) for fault in faults])
