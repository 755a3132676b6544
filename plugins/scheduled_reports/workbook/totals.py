"""Totals as formulas: they follow when a reader filters or edits rows.

SUBTOTAL leaves out rows that a filter hides, and other subtotals within its range
(https://support.microsoft.com/office/subtotal-function-7b027003-f060-4ade-9040-e478765b9939).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduled_reports.document.column import Ratio
from scheduled_reports.document.table import Column, Table
from scheduled_reports.workbook.names import quoted

_FUNCTIONS = {"mean": 1, "count": 3, "max": 4, "min": 5, "sum": 9}

_ADDED = ("integer", "number")
_ORDERED = (*_ADDED, "date", "datetime", "time")

MOST_SHEETS = 250
"""SUBTOTAL takes 254 ranges."""


@dataclass(frozen=True)
class Span:
    """Rows of one sheet, one after another."""

    sheet: str
    first: int
    last: int


class Totals:
    """The formulas of a table's totals.

    Args:
        table: The table.
        is_cut: Whether it leaves out rows: then a total tells of more than is there.
    """

    def __init__(self, table: Table, *, is_cut: bool) -> None:
        from openpyxl.utils import get_column_letter

        self._columns = table.columns
        self._is_cut, self._has_others = is_cut, is_cut and table.others is not None
        self._letters = [get_column_letter(number) for number in range(1, len(table.columns) + 1)]
        self._places = {column.name: index for index, column in reversed(list(enumerate(table.columns)))}

    def formula(self, index: int, spans: Sequence[Span], here: str, with_texts: Sequence[bool]) -> str | None:
        """Return the formula of a column's total; None where only its value can be given.

        Args:
            index: The column's place.
            spans: The rows that it adds up.
            here: The sheet that it stands on.
            with_texts: For each column, whether numbers stand in it as text.
        """
        column = self._columns[index]
        if (self._is_cut and not self._has_others) or not spans or len(spans) > MOST_SHEETS:
            return None
        if isinstance(column.total, Ratio):
            return self._ratio(column.total, spans, here, with_texts)
        if column.total is None or with_texts[index] or not self._fits(column):
            return None
        return self._subtotal(_FUNCTIONS[column.total], index, spans, here)

    def _fits(self, column: Column) -> bool:
        if self._has_others and column.total in ("mean", "count"):
            return False
        return column.total == "count" or column.kind in (_ORDERED if column.total in ("min", "max") else _ADDED)

    def _ratio(self, ratio: Ratio, spans: Sequence[Span], here: str, with_texts: Sequence[bool]) -> str | None:
        parts = []
        for name in (ratio.sum, ratio.per):
            index = self._places.get(name)
            if index is None or with_texts[index] or isinstance(self._columns[index].total, Ratio):
                return None
            if self._has_others and self._columns[index].total != "sum":
                return None
            parts.append(self._subtotal(_FUNCTIONS["sum"], index, spans, here))
        part, all_of_it = parts
        return f'IF({all_of_it}=0,"",{part}/{all_of_it})'

    def _subtotal(self, function: int, index: int, spans: Sequence[Span], here: str) -> str:
        letter = self._letters[index]
        ranges = (
            f"{'' if span.sheet == here else quoted(span.sheet) + '!'}{letter}{span.first}:{letter}{span.last}"
            for span in spans
        )
        return f"SUBTOTAL({function},{','.join(ranges)})"
