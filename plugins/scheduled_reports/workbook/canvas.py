"""The first sheet as something to write on from top to bottom."""

from __future__ import annotations

import math
import textwrap
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scheduled_reports.workbook.cells import display_width
from scheduled_reports.workbook.page import MARGIN, POINTS_PER_LINE, SIZES, set_up
from scheduled_reports.workbook.styles import Style, Styles

if TYPE_CHECKING:
    from scheduled_reports.document.document import Document

WIDTHS = (32, 14, 18, 13, 15)
LAST = "E"
LINE = int(sum(WIDTHS) * 1.08)
"""Characters of prose that fit in a line across the columns; letters are on average narrower than digits."""

PIXELS = 660
"""How wide charts and pictures are at most."""

PIXELS_PER_ROW, PIXELS_PER_CHARACTER = 20, 7.6
CHUNK = LINE * 24
"""A row cannot be taller than 409 points: longer paragraphs go on in the next row."""


class Canvas:
    """Grows downwards.

    Args:
        sheet: The first sheet of a workbook.
        styles: The workbook's.
        document: The report.
    """

    def __init__(self, sheet: Any, styles: Styles, document: Document) -> None:
        self.sheet, self.styles, self.row = sheet, styles, 0
        self.chart_alts, self.picture_alts = list[str](), list[str]()
        set_up(sheet, WIDTHS, document)
        self._page_width, self._page_height = SIZES[document.brand.paper]
        self._used = 0.0
        self._scale(sum(WIDTHS))

    def widen(self, column: str, width: float) -> None:
        """Give a column behind the others a width."""
        self.sheet.column_dimensions[column].width = width
        self._scale(sum(WIDTHS) + width)

    def _scale(self, characters: float) -> None:
        """Print as wide as the page by a scale of our own: where Excel fits a sheet itself, it ignores page breaks."""
        room = self._page_width - 2 * MARGIN * 96
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = False
        self.sheet.page_setup.fitToWidth = self.sheet.page_setup.fitToHeight = None
        self.sheet.page_setup.scale = min(100, int(100 * room / (characters * PIXELS_PER_CHARACTER)))
        self._room = (self._page_height - 4 * MARGIN * 96) * 100 / self.sheet.page_setup.scale

    def line(self, *cells: tuple[Any, Style], height: float | None = None) -> None:
        """Write cells from the left."""
        self.row += 1
        self._used += PIXELS_PER_ROW if height is None else height * 4 / 3
        self.sheet.row_dimensions[self.row].height = height
        for column, (value, style) in enumerate(cells, 1):
            if value is not None or style.fill or style.border:
                self.styles.put(self.sheet.cell(self.row, column), value, style)

    def gap(self) -> None:
        """Leave a line out."""
        self.row += 1
        self._used += PIXELS_PER_ROW

    def keep(self, pixels: float) -> None:
        """Begin a new page where what follows does not fit on this one."""
        if self._used % self._room + pixels > self._room > pixels and self.row:
            self.break_page()

    def break_page(self) -> None:
        """Let what follows begin on a new page."""
        from openpyxl.worksheet.pagebreak import Break

        self.sheet.row_breaks.append(Break(id=max(self.row, 1)))
        self._used = 0.0

    def prose(self, text: str, style: Style | None = None) -> None:
        """Write a paragraph across the columns; Excel does not fit the height of merged cells, so we do."""
        style = replace(style or Style(), wrap=True)
        for chunk in textwrap.wrap(text, CHUNK, replace_whitespace=False, drop_whitespace=False) or [""]:
            lines = sum(max(1, math.ceil(display_width(line) / LINE)) for line in chunk.split("\n"))
            self.line((chunk, style), height=min(lines * POINTS_PER_LINE * style.size / 11 + 3, 409))
            self.sheet.merge_cells(f"A{self.row}:{LAST}{self.row}")

    def link(self, row: int, to: str) -> None:
        """Let the first cell of a row lead to a place in the workbook."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        self.sheet.cell(row, 1).hyperlink = Hyperlink(ref=f"A{row}", location=to)

    def picture(self, content: bytes, width: float, alt: str) -> None:
        """Put a picture below the last line, and leave room for it.

        Args:
            content: PNG, JPEG or GIF.
            width: How wide it is, in CSS pixels.
            alt: What it shows, in words.
        """
        from openpyxl.drawing.image import Image

        made = Image(BytesIO(content))
        made.width, made.height = width, made.height * width / made.width
        self.sheet.add_image(made, f"A{self.row + 1}")
        self.picture_alts.append(alt)
        self.room(made.height)

    def chart(self, chart: Any, alt: str) -> None:
        """Put one of Excel's own charts below the last line, and leave room for it."""
        self.sheet.add_chart(chart, f"A{self.row + 1}")
        self.chart_alts.append(alt)
        self.room(chart.height * 96 / 2.54)

    def room(self, pixels: float) -> None:
        """Leave room for something."""
        rows = math.ceil(pixels / PIXELS_PER_ROW) + 1
        self.row += rows
        self._used += rows * PIXELS_PER_ROW
