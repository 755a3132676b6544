"""Find datasets that read each other in a circle, without DuckDB where that is possible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.datasets.order import circle_in, graph_of
from scheduled_reports.spec.marks import Finding

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def circles(report: Report) -> Iterator[Finding]:
    """Yield the first circle of datasets, at the dataset of it that is declared first.

    What the words of their SQL name is looked at first: that takes no parser, and it misses no circle.
    """
    spec, include = report.spec, report.include
    if not circle_in(graph_of(spec, include, lambda dataset, *rest: dataset.may_read(*rest))):
        return
    if circle := circle_in(graph_of(spec, include, lambda dataset, *rest: dataset.reads(*rest))):
        message = f"datasets read each other in a circle: {' -> '.join(circle)}"
        if len(circle) == 2:
            message = f"the dataset {circle[0]!r} reads itself"
        yield ("datasets", circle[0]), message, "let one of them read something else"
