"""Find what a report would show of sensitive columns that no mask hides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.editions import Edition, editions, formats_of
from scheduled_reports.errors import ReportError
from scheduled_reports.masks.drop import Drop
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import Finding, Loc
from scheduled_reports.spec.relations import NOTHING, Carried, Origin, Relation, union

if TYPE_CHECKING:
    from scheduled_reports.datasets import Dataset
    from scheduled_reports.spec.load import Report
    from scheduled_reports.spec.report import ReportSpec

HINT = "mask it in `columns`, show something else, or let one role see it: `mask: {ROLE: keep}`"

Columns = Callable[[str], list[str]]
"""Return the names of a table's columns."""


def shown_directly(report: Report) -> Iterator[Finding]:
    """Yield what shows a sensitive column of a source as it is; needs no look at any SQL."""
    yield from _findings(report, lambda edition: _declared(report.spec, edition))


def shown_surely(report: Report) -> Iterator[Finding]:
    """Yield what shows a sensitive column, also through datasets, as far as SQL alone tells; imports DuckDB for it."""

    def relations(edition: Edition) -> dict[str, Relation]:
        return through_datasets(report.spec, report.include, _declared(report.spec, edition))

    yield from _findings(report, relations)


def forbidden(spec: ReportSpec, edition: Edition) -> dict[str, set[str]]:
    """Return the columns of each source that are in the data of an edition, and must not be in its files."""
    found = {
        name: {column for column, told in source.columns.items() if told.forbidden(edition.role)}
        for name, source in spec.sources.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def burdened(source: str, columns: list[str], sensitive: set[str]) -> Relation:
    """Return the table of a source, all of whose columns are known."""
    return Relation(tuple((name, _origin(source, name) if name in sensitive else NOTHING) for name in columns))


def exposures(report: Report, edition: Edition, relations: Mapping[str, Relation]) -> Iterator[tuple[Loc, str, Origin]]:
    """Yield (place in the spec, column shown, what it is made of) for all that an edition must not show."""
    for loc, shown in _parts(report, edition):
        relation = relations.get(shown.table, Relation())
        columns = list(relation.columns)
        if shown.columns is not None:
            columns = [(name, relation.of(name) or NOTHING) for name in shown.columns]
        for name, carried in columns:
            yield from ((loc, name, origin) for origin in sorted(carried))


def through_datasets(
    spec: ReportSpec, include: Path, sources: Mapping[str, Relation], columns: Columns | None = None
) -> dict[str, Relation]:
    """Return what the columns of every table carry.

    Args:
        spec: The report.
        include: The folder beside the specs.
        sources: The tables of the sources.
        columns: Knows the columns of each table of a run. Then what cannot be analysed carries all it could; else it
            carries nothing.
    """
    known, found = spec.tables(), dict(sources)

    def resolve(table: str) -> Relation:
        name = known[table]
        if table not in found and name in spec.datasets:
            found[table] = Relation(rest=NOTHING)  # what reads itself finds nothing there
            dataset, names = spec.datasets[name], set(sources)
            with suppress(ReportError, OSError, UnicodeDecodeError):  # told when it is made; all it can read is sources
                names = dataset.reads(known, include)
            read = {other: resolve(other) for other in sorted(names)}
            result = _result(dataset, include, read, wary=columns is not None) if table == name else None
            if result is None:
                result = Relation(rest=union(relation.everything for relation in read.values()) if columns else NOTHING)
            found[table] = (_with_names(result, columns(table)) if columns else result).through(name)
        return found.get(table, Relation(rest=NOTHING))

    return {table: resolve(table) for table in known}


def carried_by(sql: str, tables: Mapping[str, Relation], names: list[str]) -> Relation:
    """Return what the columns of a query's result carry; all that the tables do where it cannot be analysed.

    Args:
        sql: One SELECT over the tables.
        tables: What the columns of each table carry.
        names: The names of the result's columns.
    """
    from scheduled_reports.datasets.parser import parsed
    from scheduled_reports.spec.lineage import result_of

    with suppress(ReportError):
        if tree := parsed(sql).tree:
            return _with_names(result_of(tree[0], tables, wary=True), names)
    return Relation(tuple((name, union(table.everything for table in tables.values())) for name in names))


def _findings(report: Report, relations: Callable[[Edition], Mapping[str, Relation]]) -> Iterator[Finding]:
    told: set[tuple[Loc, str, Origin]] = set()
    for edition in editions(report):
        if forbidden(report.spec, edition):
            for exposure in exposures(report, edition, relations(edition)):
                if exposure not in told:
                    told.add(exposure)
                    yield exposure[0], message(edition, *exposure[1:]), HINT


def message(edition: Edition, column: str, origin: Origin, *, sure: bool = True) -> str:
    """Say what is shown that must not be, or that may be."""
    whose = f"{origin.column!r} of source {origin.source!r}"
    path = f" through dataset{'s' * (len(origin.through) > 1)} {' and '.join(map(repr, origin.through))}"
    what = f"shows {column!r}, which {'is made of' if sure else 'may hold'} {whose}"
    what = f"shows {whose}" if column == origin.column else what
    return f"{what}{path if origin.through else ''}; it is sensitive, and not masked for {edition}"


def _origin(source: str, column: str) -> Carried:
    return frozenset((Origin(source, column),))


def _declared(spec: ReportSpec, edition: Edition) -> dict[str, Relation]:
    """Return the sources' tables, as far as `columns` tells what is in them."""
    return {
        name: Relation(
            tuple(
                (column, _origin(name, column) if told.forbidden(edition.role) else NOTHING)
                for column, told in source.columns.items()
                if not isinstance(told.mask_for(edition.role), Drop)
            ),
            NOTHING,
        )
        for name, source in spec.sources.items()
    }


def _parts(report: Report, edition: Edition) -> Iterator[tuple[Loc, Shown]]:
    spec, formats = report.spec, formats_of(report, edition)
    if any(entry.has_content for entry in formats):
        for index, block in enumerate(spec.content):
            yield from ((("content", index), shown) for shown in block.shows())
    for index, check in enumerate(spec.checks if edition.role is None else ()):
        yield from ((("checks", index), shown) for shown in check.shows())
    for index, entry in enumerate(spec.formats):
        if entry in formats:
            yield from ((("formats", index), shown) for shown in entry.shows())


def _result(dataset: Dataset, include: Path, tables: Mapping[str, Relation], *, wary: bool) -> Relation | None:
    """Return what the columns of a dataset carry; None where no query tells."""
    from scheduled_reports.datasets.parser import parsed
    from scheduled_reports.spec.lineage import result_of

    if not any(relation.everything for relation in tables.values()):
        return None
    with suppress(ReportError, OSError, UnicodeDecodeError):
        tree = parsed(dataset.shown(include)).tree
        return result_of(tree[0], tables, wary=wary) if tree else None
    return None


def _with_names(result: Relation, names: list[str]) -> Relation:
    """Return what a query gives with the names that its columns got; what cannot be told apart carries everything."""
    if result.rest is None and len(result.columns) == len(names):
        return Relation(tuple((name, carried) for name, (_, carried) in zip(names, result.columns, strict=True)))
    burdens = ((name, result.of(name)) for name in names)
    return Relation(tuple((name, result.everything if carried is None else carried) for name, carried in burdens))
