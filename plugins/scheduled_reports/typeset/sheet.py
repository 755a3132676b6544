"""A page that is filled with rows: their operators, in CSS pixels from the page's upper left corner."""

from __future__ import annotations

import re
from typing import Any

from scheduled_reports.typeset.boxes import hex_colour
from scheduled_reports.typeset.head import Drawing
from scheduled_reports.typeset.measure import Cell, Edge
from scheduled_reports.typeset.plain import PLACE
from scheduled_reports.typeset.rows import Row, text_height
from scheduled_reports.typeset.text_runs import Run


class LinkBox:
    """What WeasyPrint asks of a box that leads somewhere: a place for its annotation."""

    __slots__ = ("link_annotation",)

    def __init__(self) -> None:
        self.link_annotation: Any = None


class Sheet:
    """The rows on one page.

    Attributes:
        links: What WeasyPrint asks of links: kind, target, rectangle, box.
        marks: How many marked contents there are, where the document is tagged.
        page: The page's number, from 0; known in the end.
        first: How many marked contents there are before its own on the page; known in the end.
    """

    def __init__(self, bar: str, *, tagged: bool) -> None:
        self._bar, self._tagged = hex_colour(bar), tagged
        self._fills: dict[str, list[str]] = {}
        self._bars: list[str] = []
        self._edges: dict[str, list[str]] = {}
        self._texts: list[str] = []
        self._done: list[str] = []
        self._font = self._colour = ""
        self.links: list[tuple[str, str, tuple[float, ...], LinkBox]] = []
        self.marks = self.page = self.first = 0

    def draw(self, drawing: Drawing, down: float, *, again: bool = False) -> tuple[tuple[int, ...], ...]:
        """Put a drawing so far below its place in the sample; return the numbers of its marked contents."""
        self._flush()
        operators = drawing.operators
        if self._tagged and again:
            operators = f"/Artifact BMC\n{operators}\nEMC"
        self._done.append(f"q 1 0 0 1 0 {down:.2f} cm\n{shifted(operators, self.marks)}\nQ")
        marks = tuple(tuple(mark + self.marks for mark in group) for group in drawing.marks)
        self.marks += sum(map(len, drawing.marks))
        return marks

    def edge(self, edge: Edge, left: float, right: float, top: float) -> None:
        """Draw the edge between two rows."""
        if edge.width:
            self._edges.setdefault(edge.colour, []).append(_rectangle(left, top, right - left, edge.width))

    def row(self, row: Row, top: float) -> dict[int, LinkBox]:
        """Draw a row whose content begins at `top`; return what leads somewhere, by the cell's place."""
        found: dict[int, LinkBox] = {}
        self._areas(row, top)
        if row.plain is not None:
            self._plain(row, row.plain, top)
            return found
        for place, (cell, runs) in enumerate(zip(row.cells, row.runs, strict=True)):
            if self._tagged:
                self._texts.append(f"/TD <</MCID {self.marks}>> BDC BT")
                self.marks += 1
            if runs:
                self._cell(cell, runs, top + cell.above + cell.baseline)
            if self._tagged:
                self._texts.append("ET EMC")
            if place in row.links and runs:
                found[place] = self._link(cell, runs, top + cell.above, row.links[place])
        return found

    def taken(self) -> str:
        """Return all that is drawn, and keep none of it."""
        self._flush()
        done, self._done = self._done, []
        return "\n".join([*done, ""])

    def _plain(self, row: Row, shown: list[str], top: float) -> None:
        """Draw the texts of a plain row."""
        cell, plain = row.cells[0], row.style.plain
        place = f"{top + cell.above + cell.baseline:.2f}"
        if (self._colour, self._font) != (plain.colour, plain.font):
            self._colour, self._font = plain.colour, plain.font
            shown = [f"{plain.colour}\n{plain.font}\n{shown[0]}", *shown[1:]]
        if not self._tagged:
            self._texts.append("".join(shown).replace(PLACE, place)[:-1])
            return
        for text in shown:
            self._texts.append(f"/TD <</MCID {self.marks}>> BDC BT\n{text.replace(PLACE, place)}ET EMC")
            self.marks += 1

    def _cell(self, cell: Cell, runs: tuple[Run, ...], baseline: float) -> None:
        texts = self._texts
        if cell.colour != self._colour:
            self._colour = cell.colour
            texts.append(cell.colour)
        for run in runs:
            baseline += max(run.shift, 0)
            if run.coloured:
                texts.append(f"ET q 1 0 0 1 {cell.start(run.width):.2f} {baseline:.2f} cm\n{run.show}\nQ BT")
            elif run.show:
                if run.font != self._font:
                    self._font = run.font  # a run of several fonts says by itself which, and leaves the last of them
                    texts.append(run.font)
                texts.append(f"1 0 0 -1 {cell.start(run.width):.2f} {baseline:.2f} Tm {run.show}")
            baseline += cell.line - min(run.shift, 0)

    def _areas(self, row: Row, top: float) -> None:
        upper, height = (
            top - row.style.above.width / 2,
            row.height + (row.style.above.width + row.style.below.width) / 2,
        )
        if row.style.background:
            left, right = row.cells[0].left, row.cells[-1].right
            self._fills.setdefault(row.style.background, []).append(_rectangle(left, upper, right - left, height))
        for place, shade in row.shades.items():
            cell = row.cells[place]
            self._fills.setdefault(hex_colour(shade), []).append(
                _rectangle(cell.left, upper, cell.right - cell.left, height)
            )
        for place, (begin, end) in row.bars.items():
            cell = row.cells[place]
            self._bars.append(
                _rectangle(cell.x + begin * cell.width, top + cell.above, (end - begin) * cell.width,
                           text_height(cell, row.runs[place]))
            )  # fmt: skip

    def _link(self, cell: Cell, runs: tuple[Run, ...], top: float, target: str) -> LinkBox:
        width = max(run.width for run in runs)
        left = cell.start(width)
        rectangle = (left, top, left + width, top + text_height(cell, runs))
        kind = "internal" if target.startswith("#") else "external"
        self.links.append((kind, target.removeprefix("#"), rectangle, LinkBox()))
        return self.links[-1][-1]

    def _flush(self) -> None:
        """Take what was drawn so far as done: areas below, then lines, then text."""
        areas = [f"{colour} {' '.join(found)} f" for colour, found in self._fills.items()]
        areas += [f"{self._bar} {' '.join(self._bars)} f"] if self._bars else []
        areas += [f"{colour} {' '.join(found)} f" for colour, found in self._edges.items()]
        if areas:
            self._done += ["/Artifact BMC", *areas, "EMC"] if self._tagged else areas
        if self._texts:
            self._done += self._texts if self._tagged else ["BT", *self._texts, "ET"]
        self._fills, self._bars, self._edges, self._texts = {}, [], {}, []
        self._font = self._colour = ""


def shifted(operators: str, marks: int) -> str:
    """Return operators with the numbers of their marked contents raised by `marks`."""
    return re.sub(r"/MCID (\d+)", lambda found: f"/MCID {int(found[1]) + marks}", operators) if marks else operators


def _rectangle(left: float, top: float, width: float, height: float) -> str:
    return f"{left:.2f} {top:.2f} {width:.2f} {height:.2f} re"
