"""The first lines of a table: for readers without JavaScript, and for the moment before it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scheduled_reports.document import LineKind
from scheduled_reports.interactive.gathered import Between, Gathered

LINES = 50
"""How many rows a page of a table has; `script/table.js` begins with as many."""


@dataclass(frozen=True)
class Cell:
    """A cell as the template writes it.

    Attributes:
        text: What it says.
        tone: The colour that it has by its meaning, or None.
        shade: How strongly it is shaded, 0 to 1, or None.
        bar: From where to where its bar goes in parts of the cell, or None.
        link: Where it leads to, or None.
    """

    text: str
    tone: str | None = None
    shade: float | None = None
    bar: tuple[float, float] | None = None
    link: str | None = None


@dataclass(frozen=True)
class Line:
    """A line as the template writes it.

    Attributes:
        kind: `row`, `group`, `subtotal`, `others`, `total`.
        level: How deep its group lies.
        cells: Its cells, from left to right.
        span: How many columns its first cell may take: those beside it that are empty.
    """

    kind: str
    level: int
    cells: tuple[Cell, ...]
    span: int = 1


def first_lines(found: Gathered) -> Iterator[Line]:
    """Yield the first rows of a table, and what stands between them."""
    between, at = found.between, 0
    for row in range(min(found.rows, LINES)):
        while at < len(between) and between[at].before <= row:
            yield line(between[at])
            at += 1
        yield Line("row", 0, tuple(_cell(found, index, row) for index, _ in enumerate(found.table.columns)))
    if found.rows <= LINES:
        yield from map(line, between[at:])


def line(between: Between) -> Line:
    """Return a line that is no row; its head runs into the empty cells beside it."""
    span = next((index for index, text in enumerate(between.texts) if index and text), len(between.texts))
    cells = (between.texts[0], *between.texts[span:])
    return Line(LineKind(between.kind).name.lower(), between.level, tuple(map(Cell, cells)), span)


def _cell(found: Gathered, index: int, row: int) -> Cell:
    links = found.links[index]
    entry = found.entries[index][row]
    dressed = (entry,) if isinstance(entry, str) else entry
    return replace(Cell(*dressed), link=None if links is None else links[row])
