"""The lines of a table as rows that know how they are set, in groups that stay on one page."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, TypeVar

from scheduled_reports.typeset.measure import Cell, RowStyle, TableStyle
from scheduled_reports.typeset.parts import LongTable, Look
from scheduled_reports.typeset.text_runs import Run

if TYPE_CHECKING:
    from scheduled_reports.document.lines import Lines

_Look = TypeVar("_Look")

_ROW, _GROUP = 0, 1
_BATCH = 4_096
"""So many lines are in memory as texts; of fewer, columns are not written as quickly."""

_LAST = 3
"""So many groups of rows at a table's end stay together."""


@dataclass(slots=True)
class Row:
    """A row that is set, but has no place yet.

    Attributes:
        kind: What it is, as in `LineKind`.
        style: Its edges and its background.
        cells: How each of its cells is set.
        runs: The lines of text of each cell.
        height: In CSS pixels, without its edges.
        shades: The background of cells that have one of their own, by their place: `#rrggbb`.
        bars: From where to where the bars of cells go, in parts of their width, by their place.
        links: Where cells lead, by their place.
        plain: What shows each cell in the place of `runs`, where all are as simple as `PlainCells` has them.
    """

    kind: int
    style: RowStyle
    cells: tuple[Cell, ...]
    runs: list[tuple[Run, ...]]
    height: float
    shades: dict[int, str] = field(default_factory=dict)
    bars: dict[int, tuple[float, float]] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    plain: list[str] | None = None

    def cut(self, room: float) -> tuple[Row, Row | None]:
        """Return what of it fits a height of `room`, one line at least, and the rest, if there is one."""
        count = max(1, min(map(_fitting, self.cells, self.runs, repeat(room)), default=1))
        first, rest = [runs[:count] for runs in self.runs], [runs[count:] for runs in self.runs]
        if not any(rest):
            return self, None
        return self._with(first), self._with(rest)

    def _with(self, runs: list[tuple[Run, ...]]) -> Row:
        return replace(self, runs=runs, height=_height(self.cells, runs))


def units(part: LongTable, style: TableStyle, look: Look) -> Iterator[list[Row]]:
    """Yield the rows of a table in groups that are not to be parted.

    The head of a group stays with its first row, what adds up stays with the row before it, and so do a table's first
    two rows and its last three.
    """
    waiting, unit, begun = deque[list[Row]](), list[Row](), False
    for row in _rows(part, style, look):
        if unit and row.kind <= _GROUP and unit[-1].kind != _GROUP and (begun or len(unit) > 1):
            waiting.append(unit)
            unit, begun = [], True
            if len(waiting) >= _LAST:
                yield waiting.popleft()
        unit.append(row)
    if unit:
        yield [row for rows in (*waiting, unit) for row in rows]


def _rows(part: LongTable, style: TableStyle, look: Look) -> Iterator[Row]:
    number = 0
    for lines in part.table.lines(_BATCH):
        texts = lines.texts(part.language)
        looks = _Looks(lines, part, look)
        for line, row_texts in enumerate(zip(*[texts[index] for index in part.shown], strict=True)):
            number += 1
            kind = lines.kinds[line]
            row_style = style.of(kind, lines.levels[line], number)
            if kind == _ROW and not looks.any and (row := _plain(row_style, row_texts)):
                yield row
                continue
            cells, found = row_style.cells, list(row_texts)
            if kind != _ROW:
                cells, found = _heading(found, cells, lines.heads[line])
            elif looks.any:
                cells = looks.cells(line, row_style, style)
            runs = [_set(cell, text) for cell, text in zip(cells, found, strict=True)]
            row = Row(kind, row_style, cells, runs, _height(cells, runs))
            if looks.any and kind == _ROW:
                looks.add(line, row)
            yield row


def _plain(style: RowStyle, texts: Sequence[str]) -> Row | None:
    """Return a row where it is plain."""
    plain = style.plain
    if plain.are_alike and (found := plain.shown(texts)) is not None:
        return Row(_ROW, style, style.cells, [], plain.height, plain=found)
    return None


def _set(cell: Cell, text: str) -> tuple[Run, ...]:
    return cell.setter.lines(text, cell.width)


def _height(cells: tuple[Cell, ...], runs: list[tuple[Run, ...]]) -> float:
    return max([cell.above + text_height(cell, lines) + cell.below for cell, lines in zip(cells, runs, strict=True)])


def text_height(cell: Cell, runs: tuple[Run, ...]) -> float:
    """Return how high the lines of a cell are; an empty cell has one."""
    if len(runs) == 1:
        return cell.line + abs(runs[0].shift)
    return len(runs or " ") * cell.line + sum([abs(run.shift) for run in runs])


def _fitting(cell: Cell, runs: tuple[Run, ...], room: float) -> int:
    """Return how many lines of a cell fit a height."""
    used = cell.above + cell.below
    for number, run in enumerate(runs):
        used += cell.line + abs(run.shift)
        if used > room:
            return number
    return sys.maxsize


def _heading(texts: list[str], cells: tuple[Cell, ...], head: str | None) -> tuple[tuple[Cell, ...], list[str]]:
    """Return the cells of a line that is no row: its first text runs on into cells that are empty."""
    first = texts[0] or head or ""
    if len(cells) == 1:
        return cells, [first]
    empty = next((place for place, text in enumerate(texts[1:], 1) if text), len(cells)) - 1
    begin = cells[0].until(cells[empty]) if empty else cells[0]
    return (begin, *cells[1:]), [first, *texts[1:]]


class _Looks:
    """What marks single cells of some lines: tones, shades, bars, links."""

    def __init__(self, lines: Lines, part: LongTable, look: Look) -> None:
        self._tones, self._shades = _chosen(lines.looks(), part), _chosen(lines.shades(), part)
        self._bars, self._links = _chosen(lines.bars(), part), _chosen(lines.links, part)
        if part.target:
            self._links = [(0, [f"#{part.target}"] * lines.count), *self._links]
        self._shade = look.shade
        self.any = bool(self._tones or self._shades or self._bars or self._links)

    def cells(self, line: int, row: RowStyle, style: TableStyle) -> tuple[Cell, ...]:
        cells = list(row.cells)
        for place, links in self._links:
            if links[line]:
                cells[place] = style.links[place]
        for place, tones in self._tones:
            if tone := tones[line]:
                cells[place] = style.tones[tone][place]
        return tuple(cells)

    def add(self, line: int, row: Row) -> None:
        row.shades = {place: self._shade(one) for place, found in self._shades if (one := found[line]) is not None}
        row.bars = {place: bar for place, found in self._bars if (bar := found[line])}
        row.links = {place: link for place, found in self._links if (link := found[line])}


def _chosen(found: Sequence[list[_Look] | None], part: LongTable) -> list[tuple[int, list[_Look]]]:
    """Return those of the columns that are set, by their place."""
    return [(place, one) for place, index in enumerate(part.shown) if (one := found[index]) is not None]
