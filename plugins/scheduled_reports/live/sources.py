"""Each source: its query may be read, its files can be listed, its API answers; and how new its data is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from scheduled_reports.errors import ReportError
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import CANNOT_TELL, HERE, Scope
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report

FRESHNESS_SECONDS = dt.timedelta(seconds=5)
"""How long a database may look for its newest row: that it takes longer is no fault."""


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the sources of every report."""
    for report in scope.reports:
        for name, source in report.spec.sources.items():
            place = next(iter(source.connection_ids()), HERE)
            yield Thing("source", name, report.id, (report.id,), place, partial(_look, scope, report, name))


def _look(scope: Scope, report: Report, name: str) -> Sight:
    run = scope.run_of(report)
    words = report.spec.sources[name].probe(run, name)
    if words is None:
        return CANNOT_TELL
    column, told_by = _column(report, name), report.spec.sources[name].newest_by
    if column is None or not told_by:
        return Sight(words)
    newest, said = _newest(run, name, column or None)
    return Sight(f"{words}; {said}", newest)


def _newest(run: Run, name: str, column: str | None) -> tuple[dt.datetime | None, str]:
    """Return when a source's newest row is from, and that in words."""
    source = run.report.spec.sources[name]
    if "timeout" in type(source).model_fields:
        source = source.model_copy(update={"timeout": FRESHNESS_SECONDS})
    try:
        newest = source.newest(run, name, column)
    except ReportError as error:
        if not error.retryable:
            raise
        return None, f"how new it is could not be told: {error.why}"
    zone = run.period.start.tzinfo
    return newest, f"newest {newest.astimezone(zone):%Y-%m-%d %H:%M %Z}" if newest else "without any row"


def _column(report: Report, name: str) -> str | None:
    """Return the column that a condition or a check takes a source's age from, empty where it names none.

    None where nothing asks how old the source is.
    """
    columns = [getattr(entry, "column", None) or "" for entry in _judges(report) if _is_about(entry, name)]
    return max(columns, default=None)


def _judges(report: Report) -> Iterator[object]:
    yield from (condition for _, condition in report.spec.run_when.conditions())
    yield from report.spec.checks


def _is_about(entry: object, name: str) -> bool:
    """Return whether a condition or a check is about how new a source is."""
    about = getattr(entry, "source", None) or getattr(entry, "dataset", None)
    return getattr(entry, "type", "") == "freshness" and about == name
