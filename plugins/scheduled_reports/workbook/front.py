"""The first sheet of a workbook: title, key figures, prose, charts, and where each table is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from scheduled_reports.brands.raster import raster
from scheduled_reports.charts.look import Look
from scheduled_reports.document.appendix import Appendix
from scheduled_reports.document.block import Bound
from scheduled_reports.document.callout import Callout
from scheduled_reports.document.chart import Chart
from scheduled_reports.document.columns import Columns
from scheduled_reports.document.contents import Contents
from scheduled_reports.document.glossary import Glossary
from scheduled_reports.document.heading import Heading
from scheduled_reports.document.image import Image
from scheduled_reports.document.kpis import Kpis
from scheduled_reports.document.page_break import PageBreak
from scheduled_reports.document.table import Table
from scheduled_reports.document.text import Text
from scheduled_reports.errors import RenderError
from scheduled_reports.workbook.canvas import PIXELS, Canvas
from scheduled_reports.workbook.chart_data import ChartData
from scheduled_reports.workbook.figures import Figures
from scheduled_reports.workbook.names import quoted
from scheduled_reports.workbook.native_charts import AROUND, native, native_chart
from scheduled_reports.workbook.pictures import shown_picture
from scheduled_reports.workbook.prose import paragraphs
from scheduled_reports.workbook.styles import Style
from scheduled_reports.workbook.table_sheets import MAX_LINKS, TableSheets

if TYPE_CHECKING:
    from scheduled_reports.document.document import Document

LOGO_HEIGHT, LOGO_WIDTH = 44, 260
"""Pixels, at most."""

_TONES = {"info": ("accent", "accent_paper"), "good": ("good", "good_paper"), "bad": ("bad", "bad_paper"),
          "warning": ("warning", "warning_paper")}  # fmt: skip


class Front:
    """Writes the first sheet from top to bottom.

    Args:
        canvas: The sheet.
        document: What it shows.
        tables: The sheets of each of the document's tables, by the table's identity.
        data: Where the figures of charts go.
    """

    def __init__(self, canvas: Canvas, document: Document, tables: Mapping[int, TableSheets], data: ChartData) -> None:
        self.canvas, self.document, self.tables, self.data = canvas, document, tables, data
        self.figures = Figures(canvas, data, document.language, [])
        self._anchors: dict[str, str] = {}
        self._entries: list[tuple[int, str]] = []

    def write(self) -> None:
        """Write everything.

        Raises:
            RenderError: A block is of a kind that this format does not know.
            DocumentError: A chart cannot be drawn.
        """
        canvas, document = self.canvas, self.document
        self._logo()
        for notice in document.notices:
            canvas.prose(str(notice), Style(color="notice", bold=True, fill="notice_paper"))
        canvas.prose(document.title, Style(bold=True, size=20, color="accent"))
        canvas.line((document.period_label, Style(size=12, color="muted")), height=18)
        if document.description:
            canvas.prose(document.description)
        self._blocks(document.blocks)
        for row, anchor in self._entries:
            if anchor in self._anchors:
                canvas.link(row, self._anchors[anchor])

    def _logo(self) -> None:
        logo = self.document.brand.logo
        if logo is None:
            return
        picture = raster(logo, 2 * LOGO_HEIGHT)
        width = min(LOGO_HEIGHT * picture.width / picture.height, LOGO_WIDTH)
        self.canvas.picture(picture.content, width, self.document.brand.name)

    def _blocks(self, blocks: tuple[Bound, ...]) -> None:
        for index, block in enumerate(blocks):
            if not index or not isinstance(blocks[index - 1], Heading):
                self.canvas.gap()
            self.canvas.keep(_height(block, blocks[index + 1 : index + 2]))
            self._block(block)

    @singledispatchmethod
    def _block(self, block: Bound) -> None:
        raise RenderError(f"Excel cannot show the block {block.kind!r}", fix="leave `xlsx` out of `formats`")

    @_block.register
    def _(self, block: Heading) -> None:
        self._heading(block.text, block.level, block.anchor)

    @_block.register
    def _(self, block: Text) -> None:
        for paragraph in paragraphs(block.html):
            self.canvas.prose(paragraph)

    @_block.register
    def _(self, block: Kpis) -> None:
        self.figures.write(block)

    @_block.register
    def _(self, block: Chart) -> None:
        """Show Excel's own chart, else a picture; its words are with it, and below it where nobody else reads them."""
        if block.title:
            self.canvas.line((block.title, Style(bold=True)))
        short = native(block)
        if short is not None:
            made = native_chart(block, short, self.data, self.document.brand, self.document.language, PIXELS)
            self.canvas.chart(made, block.alt)
            return
        from scheduled_reports.charts.drawing import png

        look = Look(self.document.brand, self.document.language)
        self.canvas.picture(png(block, PIXELS, look), PIXELS, block.alt)
        if block.short is None and block.alt and block.alt != block.title:
            self.canvas.prose(block.alt, Style(color="muted"))

    @_block.register
    def _(self, block: Image) -> None:
        content, width = shown_picture(block.content, block.media_type, block.width * PIXELS)
        if block.title:
            self.canvas.line((block.title, Style(bold=True)))
        self.canvas.picture(content, width, block.alt)

    @_block.register
    def _(self, block: Callout) -> None:
        color, paper = _TONES[block.tone]
        self.canvas.prose(block.title, Style(bold=True, color=color, fill=paper))
        for paragraph in paragraphs(block.html):
            self.canvas.prose(paragraph, Style(fill=paper))

    @_block.register
    def _(self, block: Columns) -> None:
        self._blocks((*block.left, *block.right))

    @_block.register
    def _(self, block: PageBreak) -> None:
        self.canvas.break_page()

    @_block.register
    def _(self, block: Contents) -> None:
        self._heading(block.title, 1, "")
        for entry in block.entries:
            self.canvas.line((entry.text, Style(color="accent", underline=True, indent=entry.level - 1)))
            self._entries.append((self.canvas.row, entry.anchor))

    @_block.register
    def _(self, block: Glossary) -> None:
        self._heading(block.title, 1, block.anchor)
        for term in block.terms:
            self.canvas.prose(term.term, Style(bold=True))
            for paragraph in paragraphs(term.html):
                self.canvas.prose(paragraph, Style(indent=1))

    @_block.register
    def _(self, block: Appendix) -> None:
        self._heading(block.title, 1, "")
        self._anchors[block.anchor] = f"{quoted(self.tables[id(block.table)].sheets[0].name)}!A1"
        self._table(self.tables[id(block.table)])

    @_block.register
    def _(self, block: Table) -> None:
        self._table(self.tables[id(block)])

    def _heading(self, text: str, level: int, anchor: str) -> None:
        size = 14 if level == 1 else 12
        self.canvas.prose(text, Style(bold=True, size=size))
        if anchor:
            self._anchors[anchor] = f"{quoted(self.canvas.sheet.title)}!A{self.canvas.row}"

    def _table(self, plans: TableSheets) -> None:
        """Say which sheets hold a table, with a link to the first."""
        name, language = plans.sheets[0].name, self.document.language
        self.canvas.line((f"→ {plans.about}", Style(bold=True, color="accent")))
        self.canvas.link(self.canvas.row, f"{quoted(name)}!A1")
        count = plans.table.row_count
        rows = (
            language.counted("{count} row", "{count} rows", count) if count else language.text("No rows in this period")
        )
        told = [language.text("{rows}, on the sheet “{sheet}”", rows=rows, sheet=name)]
        if len(plans.sheets) > 1:
            rest = ", ".join(f"“{sheet.name}”" for sheet in plans.sheets[1:])
            told.append(language.text("it goes on on {sheets}, as Excel has no more rows", sheets=rest))
        if plans.detail:
            sheet = plans.detail.sheets[0].name
            told.append(language.text("the details of each row are on “{sheet}”", sheet=sheet))
        if any(one.link_count > MAX_LINKS * len(one.sheets) for one in (plans, *filter(None, [plans.detail]))):
            first = language.shown(MAX_LINKS)
            told.append(language.text("only the first {count} links of a sheet can be followed", count=first))
        self.canvas.prose("; ".join(told), Style(color="muted"))


def _height(block: Bound, following: tuple[Bound, ...]) -> float:
    """Return about how many pixels have to stand on one page: a heading stays with what follows."""
    match block:
        case Heading():
            return 40 + (_height(following[0], ()) if following else 0)
        case Chart():
            return block.height + AROUND + 30
        case Image():
            width = min(block.width * PIXELS, block.pixels[0])
            return width * block.pixels[1] / max(block.pixels[0], 1) + 30
        case _:
            return 60
