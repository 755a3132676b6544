"""Write a table, and the rows behind its rows, as what the page's script reads (`script/table.js`)."""

from __future__ import annotations

from typing import Any

from scheduled_reports.document import Column
from scheduled_reports.document.table_block import in_words
from scheduled_reports.interactive.gathered import Between, Gathered, gathered
from scheduled_reports.interactive.packed import column_data, links_data, packed

NO_DETAILS = 0
"""The number of rows that open nothing."""


def table_data(found: Gathered) -> dict[str, Any]:
    """Return the lines of a table as JSON can hold them.

    Raises:
        DocumentError: A column's pattern does not fit the values of its details.
        SourceError: The run's data cannot be read.
    """
    data = _lines(found)
    if found.table.detail is not None:
        below = gathered(found.table.detail.table, found.most)
        numbers = {key: number for number, key in enumerate(dict.fromkeys(below.keys), NO_DETAILS + 1)}
        data["opens"] = packed([numbers.get(key, NO_DETAILS) for key in found.keys])
        opened = set(found.keys)
        data["detail"] = _lines(below) | {
            "of": packed([numbers[key] for key in below.keys]),
            "unopened": sum(key not in opened for key in below.keys),
        }
    return data


def _lines(found: Gathered) -> dict[str, Any]:
    return {
        "rows": found.rows, "leftOut": found.left_out,
        "columns": [_column(found, index, column) for index, column in enumerate(found.table.columns)],
        "groups": [in_words(name) for name in found.table.sql.groups],
        "between": [_between(line) for line in found.between], "foot": [_between(line) for line in found.foot],
    }  # fmt: skip


def _column(found: Gathered, index: int, column: Column) -> dict[str, Any]:
    data = column_data(column.kind, found.column(index), found.entries[index])
    links = found.links[index]
    if links is not None and any(links):
        data["links"] = links_data(links)
    return {"label": column.label, "align": column.align, "words": is_words(column), "kind": column.kind} | data


def is_words(column: Column) -> bool:
    """Return whether a column holds what people wrote, which a spreadsheet might take for a formula."""
    return column.kind in ("text", "nested", "bytes")


def _between(line: Between) -> list[Any]:
    return [line.before, int(line.kind), line.level, list(line.texts)]
