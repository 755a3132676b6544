"""In which order datasets are made: each after the tables that it reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.datasets.base import Dataset
from scheduled_reports.errors import ReportError, SourceError

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.spec.report import ReportSpec

Reads = Callable[[Dataset, Collection[str], Path], set[str]]
"""What a dataset is made of, exactly (`Dataset.reads`) or at most (`Dataset.may_read`)."""


def in_order(run: Run) -> list[tuple[str, Dataset]]:
    """Return the report's datasets, each after those that it reads, else as the spec declares them.

    Raises:
        SourceError: Datasets read each other in a circle.
    """
    datasets = run.report.spec.datasets
    graph = graph_of(run.report.spec, run.include, lambda dataset, known, include: dataset.reads(known, include))
    if circle := circle_in(graph):
        what = "datasets read each other in a circle"
        raise SourceError(what, why=" -> ".join(circle), fix="let one of them read something else")
    return [(name, datasets[name]) for name in _sorted(graph)]


def graph_of(spec: ReportSpec, include: Path, reads: Reads) -> dict[str, list[str]]:
    """Return each dataset, and the datasets that it reads, in the order of the spec.

    One that cannot be parsed or whose file cannot be read reads none: it says so itself when it is made.
    """
    makers = {table: name for name, dataset in spec.datasets.items() for table in dataset.tables(name)}
    known = spec.tables()
    graph = {}
    for name, dataset in spec.datasets.items():
        read: set[str] = set()
        with suppress(ReportError, OSError, UnicodeDecodeError):
            read = {makers[table] for table in reads(dataset, known, include) if table in makers}
        graph[name] = [other for other in spec.datasets if other in read]
    return graph


def circle_in(graph: Mapping[str, Collection[str]]) -> list[str]:
    """Return datasets that read each other, `[a, b, a]` where a reads b; empty where none do."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]  # it names what is read before what reads it
        first = min(range(len(circle) - 1), key=lambda place: list(graph).index(circle[place]))
        return [*circle[first:-1], *circle[:first], circle[first]]
    return []


def _sorted(graph: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the names such that each comes as early as it is declared, but after all that it reads."""
    places = {name: place for place, name in enumerate(graph)}
    sorter, ready = TopologicalSorter(graph), list[str]()
    sorter.prepare()
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=places.__getitem__)
        yield ready[0]
        sorter.done(ready.pop(0))
