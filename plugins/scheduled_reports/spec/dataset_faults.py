"""What is wrong with datasets that only DuckDB's parser and the like can tell: for `reports check`, not for loading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scheduled_reports.datasets.base import Fault
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.marks import Loc
from scheduled_reports.spec.places import path_text
from scheduled_reports.spec.problems import Place, Problem
from scheduled_reports.spec.sql import RUN_BINDS

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def dataset_problems(report: Report) -> Iterator[Problem]:
    """Yield what is wrong with a valid report's datasets, each at its line and column; nothing is run."""
    known, binds = report.spec.tables(), {*RUN_BINDS, *report.spec.parameters}
    return placed(report, [
        (("datasets", name, *fault.loc), fault)
        for name, dataset in report.spec.datasets.items()
        for fault in dataset.faults(known, binds, report.include)
    ])  # fmt: skip


def placed(report: Report, faults: Sequence[tuple[Loc, Fault]]) -> Iterator[Problem]:
    """Yield faults, given with their places in the spec, each at its line and column."""
    if faults:
        source, _ = read_spec(report.path, report.include)
        for loc, fault in faults:
            place = _exactly(source.place(loc), fault)
            yield place.problem(f"{path_text(source.known(loc))}: {fault.message}", fault.hint)


def _exactly(place: Place, fault: Fault) -> Place:
    """Return where in the text that begins at a place the fault is."""
    line, column = _line_and_column(fault.text, fault.offset or 0)
    if fault.path is not None:
        return Place(fault.path, line, column, place.used_by or place.path)
    written = place.path.read_text(encoding="utf-8").splitlines()
    if fault.offset is None or place.line > len(written):
        return place
    head = written[place.line - 1][place.column - 1 :]
    here = place.line - 1 + (line if head.startswith("|") else 0)  # a block's text begins in the line below
    text = fault.text.splitlines()[line - 1] if fault.text else ""
    start = written[here].find(text, 0 if head.startswith("|") else place.column - 1) if here < len(written) else -1
    if start < 0 or (line > 1 and not head.startswith("|")):  # folded, quoted with escapes, or filled in
        return place
    return Place(place.path, here + 1, start + column, place.used_by)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")
