"""Rows whose cells hold one line each, all in the same font and colour: most rows of most tables.

What shows such a cell is a text in which nothing but the row's place is missing, and is remembered; so a row is a few
look-ups and one replacement, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import getitem
from typing import TYPE_CHECKING

from scheduled_reports.typeset.digits import ZEROS, Pattern

if TYPE_CHECKING:
    from scheduled_reports.typeset.measure import Cell

PLACE = "\0"
"""Stands in what shows a cell for how far down its line is."""

KEPT = 2_000
"""So many texts of a column are remembered; then it starts anew."""


class PlainCells:
    """The cells of rows of one style.

    Attributes:
        colour: The operator that fills with the colour of their texts.
        font: The operator that chooses their font.
        height: How high they are, in CSS pixels.
        are_alike: Whether all have the same colour and their lines are at the same height; others are not plain.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        first = cells[0]
        self.colour, self.font = first.colour, first.setter.run("0").font
        self.height = max(cell.height(1) for cell in cells)
        self.are_alike = len({(cell.colour, cell.above, cell.baseline) for cell in cells}) == 1
        self._columns = [_Column(cell, self.font) for cell in cells]

    def shown(self, texts: Sequence[str]) -> list[str] | None:
        """Return what shows the texts of a row, one for each cell; None where one of them is not that simple."""
        found = list(map(getitem, self._columns, texts))
        return None if None in found else found  # type: ignore[return-value]


class _Column(dict[str, str | None]):
    """What shows a text in the cells of a column; None for one of several lines or with signs of other fonts."""

    def __init__(self, cell: Cell, font: str) -> None:
        self._cell, self._font = cell, font
        self._patterns: dict[str, tuple[str, Pattern]] = {}

    def __missing__(self, text: str) -> str | None:
        if len(self) >= KEPT:
            self.clear()
        found: str | None
        if known := self._patterns.get(text.translate(ZEROS)):
            begin, pattern = known
            found = f"{begin}{pattern.show(text)}\n"
        else:
            found = self._shown(text)
        self[text] = found
        return found

    def _shown(self, text: str) -> str | None:
        setter, runs = self._cell.setter, self._cell.setter.lines(text, self._cell.width)
        if len(runs) != 1:
            return None
        width, font, show, coloured, shift = runs[0]
        if coloured or shift or (show and font != self._font):
            return None
        if (pattern := setter.pattern(text)) and pattern.width is not None:
            if len(self._patterns) >= KEPT:
                self._patterns.clear()
            self._patterns[text.translate(ZEROS)] = (self._begin(pattern.width), pattern)
        return f"{self._begin(width)}{show}\n" if show else ""

    def _begin(self, width: float) -> str:
        return f"1 0 0 -1 {self._cell.start(width):.2f} {PLACE} Tm "
