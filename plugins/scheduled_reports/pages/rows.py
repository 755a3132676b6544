"""The lines of a short table, as the templates take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from scheduled_reports.document import LineKind, Lines
from scheduled_reports.pages.placed import PlacedTable

CLASSES = {
    LineKind.GROUP: "group", LineKind.SUBTOTAL: "subtotal", LineKind.TOTAL: "total", LineKind.OTHERS: "others",
}  # fmt: skip
ALIGNED = {"right": "n", "center": "c"}


class Cell(NamedTuple):
    """A cell: its text, its classes and style, where it leads to, and how many columns it takes."""

    text: str
    classes: str
    style: str
    href: str
    span: int


class Row(NamedTuple):
    """A row: its classes and its cells."""

    classes: str
    cells: tuple[Cell, ...]


class CellLook(NamedTuple):
    """How shaded cells and bars in cells look: a colour by how strong the shade is, and the bars' colour."""

    shade: Callable[[float], str]
    bar: str


def rows(placed: PlacedTable, look: CellLook, target: str = "") -> Iterator[Row]:
    """Yield the lines of a table whose lines are few; the first cells of its rows lead to `target`, if there is one."""
    for lines in placed.lines or ():
        cells = _Cells(lines, lines.texts(placed.table.language), look, target)
        for number, kind in enumerate(lines.kinds):
            if kind == LineKind.ROW:
                yield Row("", tuple(cells.cell(number, place) for place in range(len(lines.columns))))
            else:
                name = CLASSES[LineKind(kind)]
                level = f" level-{lines.levels[number]}" if kind in (LineKind.GROUP, LineKind.SUBTOTAL) else ""
                yield Row(name + level, tuple(cells.headed(number)))


class _Cells:
    def __init__(self, lines: Lines, texts: list[list[str]], look: CellLook, target: str) -> None:
        self._look, self._target = look, f"#{target}" if target else ""
        self._texts, self._aligned = texts, [ALIGNED.get(column.align, "") for column in lines.columns]
        self._links, self._looks, self._shades, self._bars = lines.links, lines.looks(), lines.shades(), lines.bars()

    def cell(self, number: int, place: int) -> Cell:
        """Return a cell of a row of data."""
        tones, links = self._looks[place], self._links[place]
        tone = tones[number] if tones else None
        href = (links and links[number]) or ("" if place else self._target)
        return Cell(
            self._texts[place][number],
            " ".join(filter(None, (self._aligned[place], tone))),
            self._style(number, place),
            href,
            1,
        )

    def headed(self, number: int) -> Iterator[Cell]:
        """Yield the cells of any other line: what it is called runs on into the empty cells after it."""
        texts = [column[number] for column in self._texts]
        span = next((place for place, text in enumerate(texts) if place and text), len(texts))
        yield Cell(texts[0], "" if span > 1 else self._aligned[0], "", "", span)
        yield from (Cell(texts[place], self._aligned[place], "", "", 1) for place in range(span, len(texts)))

    def _style(self, number: int, place: int) -> str:
        shades, bars = self._shades[place], self._bars[place]
        if shades is not None and (part := shades[number]) is not None:
            return f"background: {self._look.shade(part)}"
        if bars is not None and (span := bars[number]) is not None:
            begin, end = (f"{100 * abs(edge):.2f}%" for edge in span)
            color = self._look.bar
            stops = f"transparent {begin}, {color} {begin}, {color} {end}, transparent {end}"
            return f"background: linear-gradient(to right, {stops}) content-box"
        return ""
