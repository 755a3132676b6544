"""The styles of a table's cells, for every kind of line that it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduled_reports.document.lines import COUNT, LineKind
from scheduled_reports.errors import RenderError
from scheduled_reports.language.excel import moment_format, number_format
from scheduled_reports.workbook.styles import Style, Styles

if TYPE_CHECKING:
    from scheduled_reports.document.table import Column, Table
    from scheduled_reports.language import Language

HEAD = Style(bold=True, color="on_accent", fill="accent", border="accent", middle=True, wrap=True)
"""How the first row of a table looks."""

_LINES = {
    LineKind.ROW: Style(border="hair", middle=True),
    LineKind.GROUP: Style(bold=True, color="accent", fill="accent_paper", border="rule", middle=True),
    LineKind.SUBTOTAL: Style(bold=True, border="rule", middle=True),
    LineKind.TOTAL: Style(bold=True, fill="hair", border="accent", edge=True, middle=True),
    LineKind.OTHERS: Style(color="muted", border="hair", middle=True),
}


@dataclass(frozen=True)
class CellStyles:
    """The numbers of the styles that a column has in one kind of line.

    Attributes:
        value: Of what Excel counts with.
        text: Of texts.
        risky: Of texts like formulas.
    """

    value: int
    text: int
    risky: int


class LineStyles:
    """The styles of a table, all made at once: the workbook is saved before its rows are written.

    Args:
        styles: The workbook's.
        table: The table.
        wraps: For each column, whether its texts go on in the next line.
        language: What formats are written for.

    Raises:
        RenderError: A column's format does not fit what it holds.
    """

    def __init__(self, styles: Styles, table: Table, wraps: list[bool], language: Language) -> None:
        self._styles, self._columns, self._wraps = styles, table.columns, wraps
        self._formats = [excel_format_of(column, language) for column in table.columns]
        self._known: dict[tuple[int, int, bool], CellStyles] = {}
        self._indents = [int(index > 0 and column.align == "left") for index, column in enumerate(table.columns)]
        self.heads = [
            tuple(
                styles.number(replace(HEAD, align=column.align, indent=indent, risky=risky)) for risky in (False, True)
            )
            for column, indent in zip(table.columns, self._indents, strict=True)
        ]
        self.note = styles.number(Style(color="muted"))
        self.empty = {kind: styles.number(style) for kind, style in _LINES.items()}
        for index in range(len(table.columns)):
            for kind in self._kinds(table):
                self.of(index, kind)
            if table.columns[index].linked or table.detail is not None:
                self.of(index, linked=True)
        self._heads = {
            (kind, level): self._head(kind, level)
            for kind in self._kinds(table)
            for level in range(len(table.sql.groups) or 1)
        }

    def of(self, index: int, kind: int = LineKind.ROW, *, linked: bool = False) -> CellStyles:
        """Return the styles of a column in a kind of line."""
        key = (index, kind, linked)
        if key not in self._known:
            column, base = self._columns[index], _LINES[LineKind(kind)]
            base = replace(base, color="accent", underline=True) if linked else base
            counts = column.kind in ("integer", "number", "date", "datetime", "time")
            base = replace(base, align=column.align, indent=self._indents[index])
            is_count = kind != LineKind.ROW and column.total == "count"
            value = replace(base, number_format=COUNT if is_count else self._formats[index]) if counts else base
            text = replace(base, wrap=self._wraps[index])
            numbers = (value, text, replace(text, risky=True))
            self._known[key] = CellStyles(*map(self._styles.number, numbers))
        return self._known[key]

    def head(self, kind: int, level: int) -> tuple[int, int]:
        """Return the styles of the text that begins a line that is no row: plain, and like a formula."""
        return self._heads[LineKind(kind), level]

    def _head(self, kind: LineKind, level: int) -> tuple[int, int]:
        style = replace(_LINES[kind], indent=level, align="left" if level else None)
        return self._styles.number(style), self._styles.number(replace(style, risky=True))

    @staticmethod
    def _kinds(table: Table) -> list[LineKind]:
        """Return the kinds of lines that a table may have."""
        groups = [LineKind.GROUP, LineKind.SUBTOTAL] if table.sql.groups else []
        others = [] if table.others is None else [LineKind.OTHERS]
        return [LineKind.ROW, *groups, *others, *([LineKind.TOTAL] if table.has_total else [])]


def excel_format_of(column: Column, language: Language) -> str:
    """Return Excel's format for a column.

    Raises:
        RenderError: Its format does not fit what it holds.
    """
    try:
        match column.kind:
            case "integer" | "number":
                return number_format(column.pattern or "#,##0.##", language)
            case "time" if column.pattern is None and language.code == "en":
                return "hh:mm:ss"
            case "date" | "datetime" | "time":
                return moment_format(column.pattern, column.kind, language).replace("\N{NARROW NO-BREAK SPACE}", " ")
            case _:
                return "General"
    except ValueError as error:
        raise RenderError(f"column {column.label!r} cannot be shown as {column.format!r}", why=str(error),
                          fix="correct its `format`, for example '#,##0.00' or 'yyyy-MM-dd'") from error  # fmt: skip
