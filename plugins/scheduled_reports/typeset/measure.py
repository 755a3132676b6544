"""How a table looks, as measured on the sample that WeasyPrint has set."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from scheduled_reports.typeset.boxes import colour, is_clear, named, parts, texts
from scheduled_reports.typeset.head import Head
from scheduled_reports.typeset.parts import LongTable
from scheduled_reports.typeset.plain import PlainCells
from scheduled_reports.typeset.sample import BEFORE, LEVELS, rows, special, tones
from scheduled_reports.typeset.text_runs import Ink, Setter


class Edge(NamedTuple):
    """A line between two rows: its width in CSS pixels and the operator that fills with its colour."""

    width: float
    colour: str

    def or_wider(self, other: Edge) -> Edge:
        """Return which of two is drawn where they meet (CSS Tables, 11.5): the wider one, else the upper row's."""
        return other if other.width > self.width else self


@dataclass(frozen=True)
class Cell:
    """How one cell of a row is set; lengths are in CSS pixels.

    Attributes:
        setter: Sets its text.
        colour: The operator that fills with the colour of its text.
        x: Where its text may begin, from the page's left edge.
        width: How wide its text may be.
        left: Where its background begins.
        right: Where its background ends.
        part: How much of the spare width stands before its text: 0 to the left, 1 to the right, 0.5 in the middle.
        above: The padding above its text.
        below: The padding below its text.
        line: The height of a line.
        baseline: From the top of a line to its baseline.
    """

    setter: Setter
    colour: str
    x: float
    width: float
    left: float
    right: float
    part: float
    above: float
    below: float
    line: float
    baseline: float

    def height(self, lines: int) -> float:
        """Return how high it is with so many lines, without its edges."""
        return self.above + lines * self.line + self.below

    def start(self, width: float) -> float:
        """Return where a line of that width begins."""
        return self.x + (self.width - width) * self.part

    def until(self, other: Cell) -> Cell:
        """Return it running on into the cells after it, up to `other`."""
        return replace(self, width=other.x + other.width - self.x, right=other.right)


@dataclass(frozen=True)
class RowStyle:
    """How a row is set: its cells, the edges above and below, and its background, if it has one."""

    cells: tuple[Cell, ...]
    above: Edge
    below: Edge
    background: str

    @cached_property
    def plain(self) -> PlainCells:
        """Its cells, as rows of simple texts have them."""
        return PlainCells(self.cells)


@dataclass(frozen=True)
class TableStyle:
    """How a table is set.

    Attributes:
        head: Its caption and its head.
        odd: Rows 1, 3, 5.
        even: Rows 2, 4, 6.
        special: The other lines, by their kind and level.
        tones: The cells of a row in each tone.
        links: The cells of a row that lead somewhere.
        left: Where it begins.
        right: Where it ends.
        after: The room below it.
    """

    head: Head
    odd: RowStyle
    even: RowStyle
    special: dict[tuple[int, int], RowStyle]
    tones: dict[str, tuple[Cell, ...]]
    links: tuple[Cell, ...]
    left: float
    right: float
    after: float

    def of(self, kind: int, level: int, number: int) -> RowStyle:
        """Return how a line of that kind and level is set that has that number, from 1."""
        if kind == 0:
            return self.odd if number % 2 else self.even
        return self.special[kind, min(level, LEVELS - 1) if kind < 3 else 0]


def measured(page: Any, part: LongTable, ink: Ink, *, tagged: bool) -> TableStyle:
    """Return how a table is set, from the page with its sample."""
    block = named(page._page_box, part.anchor or "typeset-table")
    table = next(parts(block, "table")).get_wrapped_table()
    heads = len(rows(table)) - len(_body(table))
    lines = [_row_style(row, heads + number, table, ink) for number, row in enumerate(_body(table))]
    kinds = special(part)
    others = lines[BEFORE + 2 * len(kinds) :]
    return TableStyle(
        head=Head.of(page, block, table, ink, _edge(table, heads).width, tagged=tagged),
        odd=lines[BEFORE - 2], even=lines[BEFORE - 1], special=dict(zip(kinds, lines[BEFORE + 1 :: 2], strict=False)),
        tones={tone: line.cells for tone, line in zip(tones(part), others, strict=False)}, links=others[-1].cells,
        left=table.content_box_x(), right=table.content_box_x() + table.width, after=block.margin_bottom,
    )  # fmt: skip


def _body(table: Any) -> Sequence[Any]:
    return list(itertools.chain.from_iterable(group.children for group in table.children if not group.is_header))


def _row_style(row: Any, number: int, table: Any, ink: Ink) -> RowStyle:
    above, below = _edge(table, number), _edge(table, number + 1)
    spare = (above.width + below.width) / 2
    cells = tuple(_cell(box, row, row.height - spare, above.width / 2, ink) for box in row.children)
    backgrounds = [box.style["background_color"] for box in (row.children[0], row)]
    return RowStyle(cells, above, below, next((colour(one) for one in backgrounds if not is_clear(one)), ""))


def _cell(box: Any, row: Any, height: float, edge: float, ink: Ink) -> Cell:
    text = next(texts(box))
    top = box.content_box_y()
    above = top - row.position_y - edge
    size = _line_height(box)
    part = {"right": 1.0, "end": 1.0, "center": 0.5}.get(box.style["text_align_all"], 0.0)
    return Cell(
        ink.setter(text.style), colour(text.style["color"]), box.content_box_x(), box.width, box.border_box_x(),
        box.border_box_x() + box.border_width(), part, above, height - above - size, size,
        text.position_y + text.baseline - top,
    )  # fmt: skip


def _line_height(box: Any) -> float:
    from weasyprint.formatting_structure.boxes import LineBox

    line = next(child for child in box.children if isinstance(child, LineBox))
    return float(line.height)


def _edge(table: Any, number: int) -> Edge:
    """Return the edge above the row of that number, the head's rows counted: the one of its first cell."""
    style, width, shade = table.collapsed_border_grid[1][number][0][1]
    return Edge(0.0, "") if style in {"none", "hidden"} or is_clear(shade) else Edge(width, colour(shade))
