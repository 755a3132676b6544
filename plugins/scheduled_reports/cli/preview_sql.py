"""`reports preview --sql`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.syntax import Syntax

from scheduled_reports.datasets.order import in_order
from scheduled_reports.registry import type_of
from scheduled_reports.run import Run
from scheduled_reports.sources.sql import SqlSource
from scheduled_reports.spec.sql import binds_in


def print_sql(run: Run, console: Console) -> list[Path]:
    """Print what the sources and datasets of a run execute, in that order, and return no files.

    Raises:
        ReportError: A file beside the spec is wrong.
    """
    text = "\n\n".join((*_sources(run), *_datasets(run)))
    if console.is_terminal:
        console.print(Syntax(text, "sql", background_color="default", word_wrap=True))
    else:
        console.print(text)
    return []


def _sources(run: Run) -> Iterator[str]:
    for name, source in run.report.spec.sources.items():
        head = f"-- source {name} ({type_of(type(source))}, {run.report.query_place('sources', name)})"
        if isinstance(source, SqlSource):
            sql = source.text(run.include)
            values = _values(sql, run.binds(source.timezone))
            yield "\n".join((f"{head}, from the connection {source.connection!r}", *values, sql.strip()))
        else:
            yield f"{head}, read without SQL"


def _datasets(run: Run) -> Iterator[str]:
    known, values = run.report.spec.tables(), run.binds()
    for name, dataset in in_order(run):
        read = dataset.reads(known, run.include)
        head = f"-- dataset {name} ({type_of(type(dataset))}, {run.report.query_place('datasets', name)})"
        sql = dataset.shown(run.include)
        reads = ", ".join(table for table in known if table in read) or "no table"
        yield "\n".join((f"{head}, reads {reads}", *_values(sql, values), sql))


def _values(sql: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the bind values of a query as comments."""
    for name in dict.fromkeys(name for name, _ in binds_in(sql)):
        yield f"-- :{name} = {_value(values[name])}"


def _value(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int | float) else f"'{value}'"
