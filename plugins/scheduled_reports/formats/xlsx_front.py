"""The first sheet of an Excel report: title, key figures, prose, charts as pictures, and where each table is."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping
from html.parser import HTMLParser
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scheduled_reports.document.block import Bound
from scheduled_reports.document.chart import Chart
from scheduled_reports.document.document import Document
from scheduled_reports.document.heading import Heading
from scheduled_reports.document.kpis import Kpi, Kpis
from scheduled_reports.document.numbers import MISSING, excel_format
from scheduled_reports.document.table import Table
from scheduled_reports.document.text import Text
from scheduled_reports.errors import RenderError
from scheduled_reports.formats.xlsx_cells import display_width, styled
from scheduled_reports.formats.xlsx_sheets import HEAD, POINTS_PER_LINE, set_up

if TYPE_CHECKING:
    from openpyxl.cell import Cell

WIDTHS = (40, 18, 18, 18)
LAST = "D"
LINE = int(sum(WIDTHS) * 0.95)
"""Characters of prose that fit in a line across the columns; letters are on average narrower than digits."""

PIXELS_PER_ROW = 20
CHART_PIXELS, CHART_SCALE = 660, 2.0
CHUNK = LINE * 24
"""A row cannot be taller than 409 points: longer paragraphs go on in the next row."""


class Front:
    """Writes the first sheet from top to bottom.

    Args:
        sheet: A new write-only sheet.
        places: The sheet's name for each of the document's tables, by the block's identity.
        document: What it shows.
    """

    def __init__(self, sheet: Any, places: Mapping[int, str], document: Document) -> None:
        self.sheet, self.places, self.rows = sheet, places, 0
        set_up(sheet, WIDTHS, f"{document.title} · {document.period.label}")
        sheet.sheet_view.showGridLines = False

    def write(self, document: Document) -> None:
        """Write everything.

        Raises:
            RenderError: A block is of a kind that this format does not know.
            DocumentError: A chart cannot be drawn.
        """
        for notice in document.notices:
            self._prose(str(notice), color="notice", bold=True, fill="notice_paper")
        self._line(styled(self.sheet, document.title, bold=True, size=20, color="accent"), height=30)
        self._line(styled(self.sheet, document.period.label, size=12, color="muted"), height=18)
        if document.description:
            self._prose(document.description)
        previous: Bound | None = None
        for block in document.blocks:
            if not isinstance(previous, Heading):
                self._gap()
            self._block(block)
            previous = block

    def _block(self, block: Bound) -> None:
        match block:
            case Heading():
                size = 14 if block.level == 1 else 12
                self._line(styled(self.sheet, block.text, bold=True, size=size), height=size * 1.6)
            case Text():
                for paragraph in paragraphs(block.html):
                    self._prose(paragraph)
            case Kpis():
                self._kpis(block)
            case Chart():
                self._chart(block)
            case Table():
                self._place(block)
            case _:
                raise RenderError(f"Excel cannot show the block {block.kind!r}", fix="leave `xlsx` out of `formats`")

    def _kpis(self, kpis: Kpis) -> None:
        labels = ("Key figure", "Value", "Previous", "Change")
        self._line(*(styled(self.sheet, label, align="right" if number else None, **HEAD)
                     for number, label in enumerate(labels)))  # fmt: skip
        for item in kpis.items:
            pattern = excel_format(item.format)
            self._line(
                styled(self.sheet, item.label),
                styled(self.sheet, _or_missing(item.value), bold=True, align="right", number_format=pattern),
                styled(self.sheet, _previous(item), color="muted", align="right", number_format=pattern),
                styled(self.sheet, item.change, color=item.verdict, align="right"),
            )

    def _chart(self, chart: Chart) -> None:
        from openpyxl.drawing.image import Image

        from scheduled_reports.document.drawing import png

        if chart.title:
            self._line(styled(self.sheet, chart.title, bold=True))
        picture = Image(BytesIO(png(chart, CHART_PIXELS, CHART_SCALE)))
        picture.width, picture.height = picture.width / CHART_SCALE, picture.height / CHART_SCALE
        self.sheet.add_image(picture, f"A{self.rows + 1}")
        for _ in range(math.ceil(picture.height / PIXELS_PER_ROW) + 1):
            self._gap()
        if chart.alt and chart.alt != chart.title:
            self._prose(chart.alt, color="muted")

    def _place(self, table: Table) -> None:
        """Say which sheet holds a table, with a link to it."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        name = self.places[id(table)]
        count = table.data.num_rows
        link = styled(self.sheet, f"→ {table.title or name}", bold=True, color="accent")
        quoted = name.replace("'", "''")
        link.hyperlink = Hyperlink(ref="A1", location=f"'{quoted}'!A1")
        self._line(link)
        rows = "no rows in this period" if count == 0 else f"{count:,} row{'s' if count > 1 else ''}"
        self._line(styled(self.sheet, f"{rows}, on the sheet “{name}”", color="muted"))

    def _prose(self, text: str, color: str = "ink", **style: Any) -> None:
        """Write a paragraph across the columns; Excel does not fit the height of merged cells, so we do."""
        for chunk in textwrap.wrap(text, CHUNK, replace_whitespace=False, drop_whitespace=False) or [""]:
            lines = sum(max(1, math.ceil(display_width(line) / LINE)) for line in chunk.split("\n"))
            self._line(styled(self.sheet, chunk, wrap=True, color=color, **style), height=lines * POINTS_PER_LINE + 2)
            self.sheet.merged_cells.add(f"A{self.rows}:{LAST}{self.rows}")

    def _line(self, *cells: Cell, height: float | None = None) -> None:
        self.rows += 1
        self.sheet.row_dimensions[self.rows].height = height
        self.sheet.append(cells)

    def _gap(self) -> None:
        self._line()


def paragraphs(html: str) -> list[str]:
    """Return the paragraphs, list items and table rows of `html` (what Markdown became) as plain texts."""
    reader = _Paragraphs()
    reader.feed(html)
    reader.close()
    return [text.strip("\n").rstrip() for text in reader.found if text.strip()]


class _Paragraphs(HTMLParser):
    """Collects texts; a link is followed by its address, an item of a list is told by its bullet or number."""

    def __init__(self) -> None:
        super().__init__()
        self.found = [""]
        self.lists: list[int | None] = []
        self.link = ""
        self.preformatted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.preformatted |= tag == "pre"
        if tag in ("ul", "ol"):
            self.lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self.found.append("    " * (len(self.lists) - 1) + self._mark())
        elif tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "tr") and not self._opens_an_item():
            self.found.append("")
        elif tag in ("td", "th") and self.found[-1]:
            self.found[-1] = self.found[-1].rstrip() + " · "
        elif tag == "br":
            self.found[-1] += "\n"
        elif tag == "a":
            self.link = values.get("href") or ""
        elif tag == "img":
            self.found[-1] += values.get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        self.preformatted &= tag != "pre"
        if tag in ("ul", "ol"):
            self.lists.pop()
        elif tag == "a" and self.link and not self.found[-1].endswith(self.link):
            self.found[-1] += f" ({self.link})"

    def handle_data(self, data: str) -> None:
        if not self.preformatted:
            data = re.sub(r"\s+", " ", data)
            data = data.lstrip() if self.found[-1][-1:] in ("", " ", "\n") else data
        self.found[-1] += data

    def _mark(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "• "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _opens_an_item(self) -> bool:
        return bool(self.lists) and self.found[-1].strip(" ").rstrip(".0123456789") in ("•", "")


def _or_missing(value: float | None) -> float | str:
    return MISSING if value is None else value


def _previous(item: Kpi) -> float | str | None:
    return _or_missing(item.previous) if item.previous_text else None
