"""The sheets of a table: planned before its rows are there, so that other sheets can lead to them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scheduled_reports.errors import RenderError
from scheduled_reports.spec.sql import quoted as sql_name
from scheduled_reports.workbook.cells import clean, display_width
from scheduled_reports.workbook.names import list_name, sheet_name
from scheduled_reports.workbook.page import POINTS_PER_LINE, set_up

if TYPE_CHECKING:
    from openpyxl import Workbook

    from scheduled_reports.document.document import Document
    from scheduled_reports.document.table import Table

MAX_ROWS = 1_048_575
"""Lines that fit below the head of one sheet."""

MAX_COLUMNS = 16_384
MAX_LINKS = 65_530
"""Links that one sheet may have."""

MAX_LEVELS = 7
SAMPLE_LINES = 200
NARROWEST, WIDEST = 8, 48
WRAPS_UP_TO = 400
"""Longer texts stay on one line: a row cannot be taller than 409 points."""

FILTER_BUTTON = 4
"""Characters that it takes of a head."""

ROW_HEIGHT = 17.0
"""Points: fonts that stand in for others, of Chinese say, are higher than ours."""


@dataclass
class TableSheet:
    """One sheet of a table.

    Attributes:
        name: What it is called.
        lines: How many lines of the table it holds.
        links: Where its cells lead to: place, and a URL or a place in this workbook, which begins with `#`.
        runs: First and last row of each run of rows of data.
    """

    name: str
    lines: int
    links: list[tuple[str, str]] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class TableSheets:
    """A table and its sheets.

    Attributes:
        table: The table.
        sheets: Its sheets, more than one where it has more lines than Excel has rows.
        about: What its first sheet is called on the report's first sheet.
        keys: Whether where each of its keys begins is to be found, as rows of another table lead there.
        detail: The sheets of its details.
    """

    table: Table
    sheets: list[TableSheet]
    about: str
    keys: bool = False
    detail: TableSheets | None = None
    places: dict[tuple[object, ...], str] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        """How deep its groups are nested."""
        return len(self.table.sql.groups)

    @property
    def heads(self) -> list[str]:
        """What stands above its columns."""
        return [clean(" ".join(column.label.split())) for column in self.table.columns]

    @property
    def has_list(self) -> bool:
        """Whether its rows are one of Excel's tables: these have rows alone, and heads that differ."""
        labels = [head.lower() for head in self.heads]
        fits = all(label and len(label) <= 255 for label in labels) and len(set(labels)) == len(labels)
        return fits and not self.depth and self.table.row_count > 0

    @property
    def link_count(self) -> int:
        """How many cells of it may lead somewhere."""
        linked = sum(column.linked for column in self.table.columns) + (self.detail is not None)
        return linked * self.table.row_count

    @cached_property
    def widths(self) -> list[float]:
        """How wide its columns are in characters, before they are limited."""
        found = [
            max(NARROWEST, min(display_width(column.label) + FILTER_BUTTON, WIDEST)) for column in self.table.columns
        ]
        for lines in self.table.first(SAMPLE_LINES):
            for index, texts in enumerate(lines.texts(self.table.language)):
                shown = [text for text, head in zip(texts, lines.heads, strict=True) if head is None]
                found[index] = max([found[index], *(display_width(text) + 3 for text in shown)])
        return [self._width(index, width) for index, width in enumerate(found)]

    @property
    def wraps(self) -> list[bool]:
        """For each column, whether its texts go on in the next line."""
        return [
            limited(self.table.columns[index].width) < width <= WRAPS_UP_TO for index, width in enumerate(self.widths)
        ]

    @property
    def shown_widths(self) -> list[float]:
        """How wide its columns are."""
        return [min(width, limited(column.width)) if column.width is None else column.width
                for width, column in zip(self.widths, self.table.columns, strict=True)]  # fmt: skip

    def _width(self, index: int, width: float) -> float:
        """Return a column's width with room for the digits that a sum has more than its parts."""
        if self.table.columns[index].total == "sum" and self.table.row_count:
            return width + math.ceil(math.log10(self.table.row_count) * 4 / 3)
        return width


def limited(width: float | None) -> float:
    """Return how wide a column may become: as its author says, else as is good to read."""
    return WIDEST if width is None else width


def plan(table: Table, title: str, taken: set[str]) -> TableSheets:
    """Return the sheets that a table needs: `Calls`, then `Calls (2)` where it has more lines than Excel has rows.

    Raises:
        RenderError: It has more columns than Excel.
    """
    if len(table.columns) > MAX_COLUMNS:
        raise RenderError(f"table {title!r} has {len(table.columns):,} columns", why=f"Excel holds {MAX_COLUMNS:,}",
                          fix="name the `columns` to show, or write it as csv")  # fmt: skip
    name, rest, sheets = sheet_name(title, taken), line_count(table), list[TableSheet]()
    while rest > 0 or not sheets:
        sheets.append(TableSheet(sheet_name(name, taken) if sheets else name, min(rest, MAX_ROWS)))
        rest -= MAX_ROWS
    return TableSheets(table, sheets, table.title or name)


def line_count(table: Table) -> int:
    """Return how many lines a table has."""
    rows, count = table.tables.rows(table.dataset), table.row_count + table.has_total
    if table.sql.top is not None and table.others is not None and rows > table.sql.top:
        count += 1
    each = 2 if any(column.total for column in table.columns) else 1
    for depth in range(1, len(table.sql.groups) + 1):
        keys = ", ".join(map(sql_name, table.sql.groups[:depth]))
        sql = f"SELECT count(*) AS n FROM (SELECT DISTINCT {keys} FROM {sql_name(table.dataset)})"
        with table.tables.query(sql, {}, f"table over {table.dataset!r}") as reader:
            count += each * int(reader.read_all().column(0)[0].as_py())
    return count


def add_sheets(book: Workbook, plans: TableSheets, document: Document, lists: set[str]) -> None:
    """Add a table's sheets to a workbook, without their rows."""
    from openpyxl.utils import get_column_letter

    last = get_column_letter(max(len(plans.table.columns), 1))
    for sheet in plans.sheets:
        made = book.create_sheet(sheet.name)
        set_up(made, plans.shown_widths, document)
        made.sheet_format.defaultRowHeight, made.sheet_format.customHeight = ROW_HEIGHT, True
        made.freeze_panes, made.print_title_rows = "A2", "1:1"
        if plans.depth:
            made.sheet_format.outlineLevelRow = min(plans.depth, MAX_LEVELS)
            made.sheet_properties.outlinePr.summaryBelow = plans.table.has_total
        rows = _rows_of_data(plans, sheet)
        if plans.has_list and rows:
            made.add_table(_list(plans, sheet.name, f"A1:{last}{rows + 1}", lists))
        else:
            made.auto_filter.ref = f"A1:{last}{rows + 1}"


def head_height(plans: TableSheets) -> float | None:
    """Return how high the head is; None where it has one line."""
    widths = zip(plans.table.columns, plans.shown_widths, strict=True)
    lines = max(
        (math.ceil(display_width(column.label) / max(width - FILTER_BUTTON, 1)) for column, width in widths), default=1
    )
    return min(lines, 12) * POINTS_PER_LINE + 2 if lines > 1 else None


def _rows_of_data(plans: TableSheets, sheet: TableSheet) -> int:
    """Return how many lines a filter covers: not the total and the others, which close the last sheet."""
    if plans.table.row_count == 0 or sheet is not plans.sheets[-1]:
        return sheet.lines
    extra = line_count(plans.table) - plans.table.row_count if not plans.depth else int(plans.table.has_total)
    return max(sheet.lines - extra, 0)


def _list(plans: TableSheets, sheet: str, ref: str, taken: set[str]) -> object:
    from openpyxl.worksheet.filters import AutoFilter
    from openpyxl.worksheet.table import Table as List
    from openpyxl.worksheet.table import TableColumn, TableStyleInfo

    name = list_name(sheet, taken)
    made = List(displayName=name, name=name, ref=ref, autoFilter=AutoFilter(ref=ref))
    made.tableColumns = [TableColumn(id=number, name=head) for number, head in enumerate(plans.heads, 1)]
    made.tableStyleInfo = TableStyleInfo(showFirstColumn=False, showLastColumn=False, showRowStripes=False)
    return made
