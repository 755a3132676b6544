"""Excel sheets of tables: a styled, frozen, filterable head and every row with its own type.

Sheets are write-only ones: rows go to disk as they come, and one cell of each kind is used again for every row.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scheduled_reports.document.numbers import excel_format, shown
from scheduled_reports.document.table import Column, Table
from scheduled_reports.errors import RenderError
from scheduled_reports.formats.arrow_text import Kind, kind_of
from scheduled_reports.formats.xlsx_cells import display_width, is_risky, put, sheet_name, styled, value_for

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell

MAX_ROWS = 1_048_575
"""Rows of data that fit below the head of one sheet."""

MAX_COLUMNS = 16_384
SAMPLE_ROWS = 200
NARROWEST, WIDEST = 8, 48
WRAPS_UP_TO = 400
"""Longer texts stay on one line: a row cannot be taller than 409 points."""

HEAD: dict[str, Any] = {"bold": True, "fill": "hair", "border": "accent"}
"""How the first row of a table looks."""

POINTS_PER_LINE, TALLEST = 15.0, 409.0
A4 = 9
LANDSCAPE_FROM = 95
"""An A4 page in portrait holds about so many characters in a line before it must shrink them."""

FORMATS: dict[Kind, str] = {
    "integer": "#,##0", "number": "#,##0.00", "date": "yyyy-mm-dd", "time": "hh:mm:ss", "datetime": "yyyy-mm-dd hh:mm",
}  # fmt: skip


def add_table(book: Workbook, table: Table, name: str, taken: set[str], *, zone: dt.tzinfo, footer: str) -> None:
    """Add `table` as the sheet `name`, and `name (2)` and so on where it has more rows than a sheet holds.

    Args:
        book: A write-only workbook.
        table: What to write.
        name: The first sheet's name, from `sheet_name`.
        taken: Names of the workbook's sheets in lower case; grows.
        zone: Datetimes that know their zone become wall time here.
        footer: What every printed page says.

    Raises:
        RenderError: The table has more columns than Excel.
    """
    if len(table.columns) > MAX_COLUMNS:
        raise RenderError(f"table {name!r} has {len(table.columns):,} columns", why=f"Excel holds {MAX_COLUMNS:,}",
                          fix="name the `columns` to show, or write it as csv")  # fmt: skip
    widths = _widths(table)
    rows = table.rows()
    for start in range(0, max(table.data.num_rows, 1), MAX_ROWS):
        sheet = book.create_sheet(name if start == 0 else sheet_name(name, taken))
        set_up(sheet, [min(width, WIDEST) for width in widths], footer)
        _write(sheet, table, widths, itertools.islice(rows, MAX_ROWS), zone)


def set_up(sheet: Any, widths: Sequence[float], footer: str) -> None:
    """Set the widths of columns and how the sheet prints: A4, as wide as the page, landscape when it is wide."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if sum(widths) > LANDSCAPE_FROM else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.HeaderFooter.oddFooter.left.text = footer.replace("&", "&&")
    sheet.HeaderFooter.oddFooter.right.text = "&P / &N"


def _write(sheet: Any, table: Table, widths: Sequence[int], rows: Iterator[Sequence[Any]], zone: dt.tzinfo) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    heads = [styled(sheet, column.label, align=column.align, wrap=True, **HEAD) for column in table.columns]
    _append(sheet, heads, 1, 1 + max(display_width(column.label) for column in table.columns) // (WIDEST - 4))
    pens = [
        _Pen(
            sheet,
            column,
            kind_of(table.data.schema.field(column.name).type),
            wrap=WIDEST < width <= WRAPS_UP_TO,
        )
        for column, width in zip(table.columns, widths, strict=True)
    ]
    count = 0
    for count, row in enumerate(rows, 1):
        values = [value_for(value, zone) for value in row]
        lines = max(pen.lines(value) for pen, value in zip(pens, values, strict=True))
        _append(sheet, [pen.cell(value) for pen, value in zip(pens, values, strict=True)], count + 1, lines)
    if count == 0:
        sheet.append([styled(sheet, "No rows in this period", color="muted")])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(pens))}{count + 1}"


def _append(sheet: Any, cells: list[Cell | None], row: int, lines: int) -> None:
    """Append a row; one of several lines is told its height, since not every program fits it on opening the file."""
    if lines == 1:
        sheet.append(cells)
        return
    sheet.row_dimensions[row].height = min(lines * POINTS_PER_LINE, TALLEST)
    sheet.append(cells)
    del sheet.row_dimensions[row]


class _Pen:
    """Writes one column: a cell for what Excel counts with, one for text and one for text like a formula."""

    def __init__(self, sheet: Any, column: Column, kind: Kind, *, wrap: bool) -> None:
        counts = kind in FORMATS
        pattern = excel_format(column.format) if column.format and counts else FORMATS.get(kind, "General")
        self._value = styled(sheet, align=column.align if counts else None, number_format=pattern)
        self._texts = tuple(styled(sheet, align=column.align, wrap=wrap, risky=risky) for risky in (False, True))
        self._wrap = wrap

    def lines(self, value: Any) -> int:
        """Return how many lines the value takes in this column."""
        if not self._wrap or not isinstance(value, str):
            return 1
        return sum(max(1, math.ceil(display_width(line) / (WIDEST - 4))) for line in value.split("\n"))

    def cell(self, value: Any) -> Cell | None:
        """Return the cell with this value, until it is asked for the next."""
        if value is None:
            return None
        return put(self._texts[is_risky(value)] if isinstance(value, str) else self._value, value)


def _widths(table: Table) -> list[int]:
    """Return how wide each column's head and first rows are, at least 8; a head needs room for the filter's button."""
    widths = [max(NARROWEST, min(display_width(column.label) + 4, WIDEST)) for column in table.columns]
    sample = dataclasses.replace(table, data=table.data.slice(0, SAMPLE_ROWS))
    for row in sample.rows():
        widths = [max(width, display_width(_shown(value, column)) + 2)
                  for width, value, column in zip(widths, row, table.columns, strict=True)]  # fmt: skip
    return widths


def _shown(value: Any, column: Column) -> str:
    try:
        return shown(value, column.format)
    except ArithmeticError:  # more than 28 digits
        return str(value)
    except ValueError as error:
        raise RenderError(f"column {column.label!r} cannot be shown as {column.format!r}", why=str(error),
                          fix="correct its `format`, for example '#,##0.00' or 'yyyy-MM-dd'") from error  # fmt: skip
