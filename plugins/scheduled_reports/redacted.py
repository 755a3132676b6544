"""Errors without values that nobody, or not everybody, may see: they go into logs and into the owner's mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from scheduled_reports.errors import ReportError, SourceError
from scheduled_reports.masks.keep import Keep
from scheduled_reports.spec.sql import Query

if TYPE_CHECKING:
    from scheduled_reports.checks import Check
    from scheduled_reports.editions import Edition
    from scheduled_reports.run import Run
    from scheduled_reports.sources import Source
    from scheduled_reports.spec.report import ReportSpec

_QUOTED = re.compile(r"""'.*'|".*"|“.*”|`.*`""", re.DOTALL)
_NAME = re.compile(r"""'([^'\n]*)'|"([^"\n]*)\"""")
_NUMBER = re.compile(r"\d[\w.,:+-]*")

_NAMING = frozenset(("Binder Error", "Catalog Error", "Parser Error"))
"""DuckDB's errors that speak of the query, before any row is looked at; what they quote may still be data."""

_COUNTING = frozenset(("Conversion Error", "Out of Range Error"))
"""DuckDB's errors that speak of one value in words of their own; it is in quotes, or a number."""

_OF_THE_QUERY = re.compile(
    r"does(?: not|n't) exist|no such|unknown|denied|not found|refused|syntax error", re.IGNORECASE
)
"""How databases say what is wrong with a query or a connection, whatever the rows hold."""

NOT_SHOWN = "what it says is not shown: it may hold a value of a masked or sensitive column"


def holds_hidden(spec: ReportSpec, edition: Edition) -> bool:
    """Return whether an edition's data has a column as it is whose values are kept from somebody."""
    return any(
        column.hidden and (mask is None or isinstance(mask, Keep))
        for source in spec.sources.values()
        for column in source.columns.values()
        for mask in [column.mask_for(edition.role)]
    )


def of_dataset(why: str, written: str) -> str:
    """Return why a dataset could not be made, without values; the query's own line, which DuckDB shows, stays.

    Args:
        why: What DuckDB says, or the last line of a trace.
        written: All that authors wrote: what DuckDB quotes of it is no value.
    """
    told, line, sql = why.partition("\nLINE ")
    kind, _, text = told.partition(": ")
    kind = _QUOTED.sub("…", kind.strip())
    if kind in _NAMING:
        return f"{kind}: {_NAME.sub(lambda match: _shown(match, written), text)}{line}{sql}"
    if kind in _COUNTING:
        return f"{kind}: {_NUMBER.sub('…', _QUOTED.sub('…', text))}{line}{sql}"
    return f"{kind} ({NOT_SHOWN}){line}{sql}" if text else kind


def _shown(quoted: re.Match[str], written: str) -> str:
    name = quoted[1] or quoted[2] or ""
    return quoted[0] if name in written else "…"


def of_source(source: Source, error: SourceError) -> SourceError:
    """Return the error of a source without values, where one of its columns is hidden; else the error itself."""
    if not any(column.hidden for column in source.columns.values()):
        return error
    why = error.why
    if "cannot be stored" in error.what:
        why = NOT_SHOWN
    elif not error.retryable and not _OF_THE_QUERY.search(why):
        why = _QUOTED.sub("…", why)
    return SourceError(error.what, why=why, fix=error.fix, retryable=error.retryable)


@contextmanager
def query_told(run: Run, sql: str) -> Iterator[None]:
    """Take values out of the error of a query over a run's tables, where a column in them is hidden from somebody."""
    from scheduled_reports.editions import EVERYBODY

    try:
        yield
    except SourceError as error:
        if not holds_hidden(run.report.spec, EVERYBODY):
            raise
        told = of_dataset(error.why, sql)
        raise SourceError(error.what, why=told, fix=error.fix, retryable=error.retryable) from None


def of_check(run: Run, check: Check, error: BaseException) -> str:
    """Return why a check could not be judged; without values, where a column in them is hidden from somebody."""
    from scheduled_reports.editions import EVERYBODY

    is_ours = isinstance(error, ReportError)
    if not holds_hidden(run.report.spec, EVERYBODY):
        return str(error) if is_ours else f"{type(error).__name__}: {error}"
    if isinstance(error, SourceError):
        return str(SourceError(error.what, why=of_dataset(error.why, _written(run, check)), fix=error.fix))
    return str(error) if is_ours else f"{type(error).__name__} ({NOT_SHOWN})"


def _written(run: Run, check: Check) -> str:
    """Return all that the author of a check wrote."""
    with suppress(OSError):  # a file that is not there is what the error is about
        return f"{check.model_dump_json()}\n{check.text(run.include) if isinstance(check, Query) else ''}"
    return check.model_dump_json()
