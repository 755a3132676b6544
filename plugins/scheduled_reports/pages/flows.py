"""The parts of a PDF: what WeasyPrint sets, as HTML, and the long tables between."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scheduled_reports.charts.look import Look as ChartLook
from scheduled_reports.document import Appendix, Chart, Columns, Document, Image, Kpi, Kpis, walk
from scheduled_reports.document.layout import figure_size, tiles_per_row
from scheduled_reports.pages.about import metadata
from scheduled_reports.pages.paper import PIXELS, POINTS, Paper
from scheduled_reports.pages.placed import PlacedTable
from scheduled_reports.pages.rows import CellLook, Row, rows
from scheduled_reports.pages.sections import Section, column_widths, sections, taken_headings
from scheduled_reports.pages.style import filled, look
from scheduled_reports.typeset import PAGE, PAGE_OF, Flow, LongTable

if TYPE_CHECKING:
    from scheduled_reports.document.block import Bound

LARGEST_FIGURE = 20.0
"""In points."""

NARROWEST_TILE = 34.0
"""In millimetres."""

TILE_GAP = 6.0
"""Between two key figures, in millimetres."""

ROOM_FOR_ROWS = 26.0
"""A heading stays with the head and the first rows of a long table: so much room, in millimetres, is kept below it."""


def parts(document: Document, paper: Paper, *, cover: bool) -> list[Flow | LongTable]:
    """Return the parts of a document; the first one is a flow, and so is the last."""
    return _Flows(document, paper, cover=cover).parts()


def frame(document: Document, paper: Paper, *, landscape: bool) -> str:
    """Return the HTML of a page with nothing but what stands in its margins."""
    page = "turned" if landscape and paper.orientation == "portrait" else "upright"
    return filled("frame.html.jinja", document=document, t=document.language.text, page=page)


class _Flows:
    def __init__(self, document: Document, paper: Paper, *, cover: bool) -> None:
        self._document, self._paper, self._cover = document, paper, cover
        self._parts: list[Flow | LongTable] = []
        self._waiting: list[Section] = []
        self._turned = False
        self._look = ChartLook(document.brand, document.language)
        self._cells = CellLook(*vars(look(document.brand)).values())
        self._appendices = {
            block.table.dataset: block.anchor for block in walk(document.blocks) if isinstance(block, Appendix)
        }

    def parts(self) -> list[Flow | LongTable]:
        """Return all parts."""
        for section in sections(self._document.blocks, self._paper, self._document.brand):
            self._turned = section.turned
            for block in section.blocks:
                if isinstance(block, PlacedTable) and block.lines is None:
                    self._long(block)
                else:
                    self._add(block)
        self._flush(is_last=True)
        return self._parts

    def _add(self, block: Bound) -> None:
        if not self._waiting or self._waiting[-1].turned != self._turned:
            self._waiting.append(Section(self._turned))
        self._waiting[-1].blocks.append(block)

    def _long(self, table: PlacedTable) -> None:
        if self._waiting or not self._parts:
            self._flush(before_table=True)
        self._parts.append(
            LongTable(table.table, table.layout, self._document.language, table.caption, table.anchor,
                      self._lies(table.turned), target=self._details(table))
        )  # fmt: skip

    def _flush(self, *, before_table: bool = False, is_last: bool = False) -> None:
        """Make flows of the waiting sections; one begins and ends on pages that lie the same way."""
        waiting, self._waiting = self._waiting or [Section(self._turned)], []
        same = waiting[0].turned == waiting[-1].turned
        runs = [waiting] if same else [waiting[:-1], waiting[-1:]]
        for number, run in enumerate(runs, 1):
            last = number == len(runs)
            kept = taken_headings(run[-1].blocks) if before_table and last else []
            self._parts.append(self._flow(run, kept, is_last=is_last and last))

    def _flow(self, run: Sequence[Section], kept: Sequence[Bound], *, is_last: bool) -> Flow:
        document, before = self._document, self._parts[-1:]
        joins = bool(before) and isinstance(before[0], LongTable) and before[0].landscape == self._lies(run[0].turned)
        html = filled(
            "flow.html.jinja", document=document, t=document.language.text, sections=run, kept=kept, room=ROOM_FOR_ROWS,
            is_first=not self._parts, is_last=is_last, cover=self._cover, about=metadata(document), flow=self,
            page=PAGE, page_of=PAGE_OF, joins=joins,
        )  # fmt: skip
        return Flow(html, self._lies(run[-1].turned))

    def _lies(self, turned: bool) -> bool:
        return turned or self._paper.orientation == "landscape"

    def _details(self, table: PlacedTable) -> str:
        """Return the anchor of the appendix that has the rows behind a table's rows; empty where there is none."""
        detail = table.table.detail
        return self._appendices.get(detail.table.dataset, "") if detail else ""

    # What the templates ask for.

    def rows(self, table: PlacedTable) -> list[Row]:
        """Return the lines of a table."""
        return list(rows(table, self._cells, self._details(table)))

    def widths(self, columns: Columns) -> tuple[float, float]:
        """Return how wide two columns of blocks are, in millimetres."""
        return column_widths(columns, self._paper)

    def width(self) -> float:
        """Return how wide a block is that stands in no column, in millimetres."""
        return self._paper.width

    def chart(self, chart: Chart, width: float) -> str:
        """Return a chart as a picture of that width, in millimetres."""
        from scheduled_reports.charts.drawing import svg

        return _data_uri("image/svg+xml", svg(chart, int(width * PIXELS), self._look).encode())

    def sparkline(self, kpi: Kpi) -> str:
        """Return a key figure's course as a picture; nothing where it has none."""
        from scheduled_reports.charts.sparkline import sparkline_svg

        drawn = sparkline_svg(kpi.trend, self._look, 132, 30) if kpi.trend else ""
        return _data_uri("image/svg+xml", drawn.encode()) if drawn else ""

    def image(self, image: Image) -> str:
        """Return a picture as a URI."""
        return _data_uri(image.media_type, image.content)

    def tiles(self, block: Kpis, width: float) -> tuple[list[tuple[Kpi, ...]], float]:
        """Return key figures in rows, and the size of their figures in points."""
        most = min(tiles_per_row(len(block.items)), max(int(width / NARROWEST_TILE), 1))
        size = math.ceil(len(block.items) / math.ceil(len(block.items) / most))
        found = [block.items[start : start + size] for start in range(0, len(block.items), size)]
        room = (width - TILE_GAP * (size - 1)) / size
        return found, figure_size([kpi.text for kpi in block.items], room * POINTS, LARGEST_FIGURE)


def _data_uri(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"
