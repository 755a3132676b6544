"""Keep sensitive columns out of a run's files: looked at with the columns that its tables really have."""

from __future__ import annotations

from scheduled_reports.editions import EVERYBODY, Edition, editions
from scheduled_reports.errors import RenderError
from scheduled_reports.run import Run
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.places import path_text
from scheduled_reports.spec.relations import Relation
from scheduled_reports.spec.sensitive import HINT, burdened, carried_by, exposures, forbidden, message, through_datasets
from scheduled_reports.tables import Tables


def require_hidden(run: Run) -> None:
    """Raise RenderError where a file of the run would show a sensitive column that no mask hides, or might.

    Raises:
        RenderError: It would; the error names the place in the spec and the way that the column takes.
        ArchiveError: The run's data cannot be read.
    """
    for edition in editions(run.report):
        if forbidden(run.report.spec, edition):
            with run.folder.fetch(edition.data) as data:
                _require(run, edition, Tables(data))


def carried_in(run: Run, tables: Tables) -> dict[str, list[str]]:
    """Return the columns of everybody's tables that carry, or may carry, what is sensitive and not masked."""
    spec = run.report.spec
    if not forbidden(spec, EVERYBODY):
        return {}
    relations = through_datasets(spec, run.report.include, _sources(run, EVERYBODY, tables), tables.columns)
    return {
        table: [name for name, carried in relation.columns if carried]
        for table, relation in relations.items()
        if relation.everything
    }


def hidden_columns(run: Run, tables: Tables, sql: str, names: list[str], table: str = "") -> list[str]:
    """Return the columns of a query over everybody's tables that carry, or may carry, what is sensitive and not masked.

    Args:
        run: The run.
        tables: Its tables.
        sql: One SELECT over them.
        names: The names of its result's columns.
        table: The table whose rows it gives, whose sensitive columns are hidden by their names, too; empty where it
            gives others.
    """
    spec = run.report.spec
    if not forbidden(spec, EVERYBODY):
        return []
    relations = through_datasets(spec, run.report.include, _sources(run, EVERYBODY, tables), tables.columns)
    own, result = relations.get(table, Relation()), carried_by(sql, relations, names)
    return [name for name in names if own.of(name) or result.of(name)]


def _require(run: Run, edition: Edition, tables: Tables) -> None:
    spec, sources = run.report.spec, _sources(run, edition, tables)
    known = through_datasets(spec, run.report.include, sources)
    feared = through_datasets(spec, run.report.include, sources, tables.columns)
    sure = set(exposures(run.report, edition, known))
    for loc, column, origin in exposures(run.report, edition, feared):
        source, _ = read_spec(run.report.path, run.report.include)
        place = source.place(loc)
        where = f"{place.file if place.used_by else place.path.name}:{place.line}:{place.column}"
        told = message(edition, column, origin, sure=(loc, column, origin) in sure)
        raise RenderError(f"{path_text(loc)} ({where}) {told}", fix=HINT)


def _sources(run: Run, edition: Edition, tables: Tables) -> dict[str, Relation]:
    sensitive = forbidden(run.report.spec, edition)
    return {name: burdened(name, tables.columns(name), sensitive.get(name, set())) for name in run.report.spec.sources}
