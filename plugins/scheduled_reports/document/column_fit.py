"""Whether what an author says of a table's columns fits what they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scheduled_reports.document.block import Binding, written
from scheduled_reports.document.column import Ratio, TableColumn
from scheduled_reports.errors import DocumentError
from scheduled_reports.spec.sql import quoted
from scheduled_reports.value_kinds import Kind

NUMBERS = ("integer", "number")
_NOON = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
_SAMPLES: Mapping[str, Any] = {
    "integer": 1, "number": 1.5, "date": _NOON.date(), "time": _NOON.time(), "datetime": _NOON,
}  # fmt: skip
"""A value of each kind that a format changes."""


def require_fit(
    columns: Sequence[TableColumn], kinds: Mapping[str, Kind], dataset: str, data: Binding, what: str
) -> None:
    """Raise DocumentError where a column's option has nothing that it could work on.

    Args:
        columns: What is shown of the dataset.
        kinds: What its columns hold.
        dataset: Its name.
        data: What it is bound to.
        what: The table, for errors.
    """
    for column in columns:
        _require_numbers(column, kinds, what)
        _require_format(column, kinds[column.name], dataset, data, f"{what}, column {column.name!r}")


def _require_numbers(column: TableColumn, kinds: Mapping[str, Kind], what: str) -> None:
    for name, word in _needing_numbers(column):
        if kinds[name] not in NUMBERS:
            why, fix = f"{name!r} holds {kinds[name]}", "CAST it in the query, or leave that out"
            raise DocumentError(f"{what}: `{word}` of column {column.name!r} needs numbers", why=why, fix=fix)
    if column.total == "count" and kinds[column.name] not in (*NUMBERS, "text"):
        why, fix = f"it holds {kinds[column.name]}", "count a column of numbers or text"
        raise DocumentError(f"{what}: `total: count` of column {column.name!r}", why=why, fix=fix)


def _needing_numbers(column: TableColumn) -> Iterator[tuple[str, str]]:
    """Yield the columns that must hold numbers, and for which option."""
    total = column.total
    summed = (total.sum, total.per) if isinstance(total, Ratio) else (column.name,) if total in ("sum", "mean") else ()
    yield from ((name, "total") for name in summed)
    if any(rule.bounds != (None, None, None, None) for rule in column.highlight):
        yield column.name, "highlight"
    yield from ((column.name, word) for word in ("scale", "bar") if getattr(column, word))


def _require_format(column: TableColumn, kind: Kind, dataset: str, data: Binding, what: str) -> None:
    """Raise DocumentError where a column has a format that does not change its values, or does not fit them.

    A column without a value fits: its type is what a source makes of nothing. Text may be that of a mask, which hides
    the numbers and dates from some readers alone.
    """
    if column.format is None or (kind not in _SAMPLES and data.masked):
        return
    try:
        _try_format(column.format, kind, data, what)
    except DocumentError:
        sql = f"SELECT 1 FROM {quoted(dataset)} WHERE {quoted(column.name)} IS NOT NULL LIMIT 1"
        with data.tables.query(sql, {}, what) as reader:
            if reader.read_all().num_rows:
                raise


def _try_format(pattern: str, kind: Kind, data: Binding, what: str) -> None:
    if kind not in _SAMPLES:
        why, fix = f"it holds {kind}", "CAST it in the query, or leave that out"
        raise DocumentError(f"{what}: `format` {pattern!r} needs numbers, dates or times", why=why, fix=fix)
    written(data.language, _SAMPLES[kind], pattern, what)
