"""Tables with the widths of their columns: on upright pages, on turned ones, or in groups of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduled_reports.document import Column, LineKind, Lines, Table
from scheduled_reports.document.block import Bound
from scheduled_reports.document.layout import SAMPLE_ROWS, SMALLEST, Layout, Need, column_groups, need, repeated, shared
from scheduled_reports.pages.letters import letters
from scheduled_reports.pages.paper import POINTS, Paper

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.brands import Brand

LONG = 60
"""A table of more lines is typeset by us: WeasyPrint takes 5 to 10 ms for each; from 30 lines on, ours is faster."""

COMFORTABLE = 7.0
"""Rather than in a smaller font, in points, a table is set on turned pages."""

MANY = 3
"""Fewer columns are not divided: what is too wide breaks."""

GROUPED = 7.5
"""The font, in points, in which the columns of a table are divided into groups."""


@dataclass(frozen=True)
class PlacedTable(Bound):
    """A table, or a group of its columns, with its place on the page.

    Attributes:
        table: The table, with those columns alone.
        layout: How they fit the page.
        caption: What stands above it; may be empty.
        anchor: Its name as a target; empty beyond the first group.
        lines: All its lines, or None where there are many and they are read when they are set.
        turned: Whether its pages are turned.
    """

    table: Table
    layout: Layout
    caption: str
    anchor: str
    lines: tuple[Lines, ...] | None
    turned: bool = False
    kind = "table"


@dataclass(frozen=True)
class TableContent:
    """What a table needs, and its lines where they are few."""

    needs: tuple[Need, ...]
    lines: tuple[Lines, ...] | None


def placed(table: Table, paper: Paper, brand: Brand) -> list[PlacedTable]:
    """Return a table as it fits the paper: upright, turned, or in groups of columns that repeat the first one."""
    content = table_content(table, brand)
    upright, turned = paper.width * POINTS, paper.turned_width * POINTS
    can_turn = turned > upright
    fit = shared(content.needs, upright, smallest=COMFORTABLE if can_turn else SMALLEST)
    if not fit.fits:
        fit = shared(content.needs, turned)
    if fit.fits or len(table.columns) < MANY:
        turns = can_turn and fit.width > upright
        return [PlacedTable(table, fit, table.title, table.anchor, content.lines, turns)]
    needs = (repeated(content.needs[0], turned / GROUPED), *content.needs[1:])
    found: list[PlacedTable] = []
    for columns in column_groups(needs, turned / GROUPED):
        fit = shared([needs[place] for place in columns], turned)
        part, lines = _part(table, columns), content.lines and tuple(_of(one, columns) for one in content.lines)
        anchor = "" if found else table.anchor
        found.append(PlacedTable(part, fit, _caption(table, columns), anchor, lines, can_turn))
    return found


def placed_within(table: Table, width: float, brand: Brand) -> PlacedTable | None:
    """Return a table as it fits `width` millimetres on an upright page; None where it is too wide or too long."""
    content = table_content(table, brand)
    fit = shared(content.needs, width * POINTS)
    if content.lines is None or not fit.fits:
        return None
    return PlacedTable(table, fit, table.title, table.anchor, content.lines)


def table_content(table: Table, brand: Brand) -> TableContent:
    """Read a table once, and return how wide its columns have to be.

    Of numbers, the least and the greatest of all lines count; of all else the first few hundred lines.
    """
    kept: list[Lines] | None = []
    sample: list[list[str]] = []
    extremes = [_Extremes(column) for column in table.columns]
    for lines in table.lines(2 * SAMPLE_ROWS):
        if not sample:
            sample = _sample(lines, table)
        if kept is not None:
            kept = [*kept, lines] if sum(one.count for one in kept) + lines.count <= LONG else None
        for extreme, values in zip(extremes, lines.values, strict=True):
            extreme.add(values)
    texts = sample or [[] for _ in table.columns]
    measured = letters(brand)
    needs = (
        need(column, [*found, *extreme.texts(table)], measured)
        for column, found, extreme in zip(table.columns, texts, extremes, strict=True)
    )
    return TableContent(tuple(needs), None if kept is None else tuple(kept))


class _Extremes:
    """The least and the greatest number of a column."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._values: list[pa.Array] = []

    def add(self, values: pa.Array) -> None:
        """Take up the values of some lines."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._column.kind not in ("integer", "number"):
            return
        if pa.types.is_floating(values.type):
            values = values.filter(pc.is_finite(values))
        if values.null_count == len(values):  # those of a total that there is not have no type, too
            return
        ends = pc.min_max(values)
        self._values += [values.filter(pc.equal(values, ends[end])).slice(0, 1) for end in ("min", "max")]

    def texts(self, table: Table) -> list[str]:
        """Return them as readers see them, those of each batch of lines."""
        found: set[str] = set()
        for values in self._values:
            found.update(table.language.column(values, self._column.pattern, table.zone))
        return sorted(found)


def _sample(lines: Lines, table: Table) -> list[list[str]]:
    """Return the texts of the rows; what heads of groups and totals say may run into the next columns."""
    texts = lines.texts(table.language)
    rows = [kind == LineKind.ROW for kind in lines.kinds]
    return [_chosen(column, rows) for column in texts]


def _chosen(texts: Sequence[str], rows: Sequence[bool]) -> list[str]:
    return [text for text, is_row in zip(texts, rows, strict=True) if is_row]


def _part(table: Table, columns: Sequence[int]) -> Table:
    """Return a table with some of its columns: the others need not be read."""
    sql = replace(table.sql, columns=[table.sql.columns[place] for place in columns])
    return replace(table, columns=tuple(table.columns[place] for place in columns), sql=sql)


def _of(lines: Lines, columns: Sequence[int]) -> Lines:
    """Return some columns of lines."""
    return replace(
        lines,
        columns=tuple(lines.columns[place] for place in columns),
        values=tuple(lines.values[place] for place in columns),
        urls=tuple(lines.urls[place] for place in columns),
    )


def _caption(table: Table, columns: tuple[int, ...]) -> str:
    """Return what stands above a group of columns: which of them it has."""
    count = len(table.columns)
    say = table.language
    first, last = say.shown(columns[1] + 1), say.shown(columns[-1] + 1)
    part = say.text("columns {first} to {last} of {count}", first=first, last=last, count=say.shown(count))
    return f"{table.title} · {part}" if table.title else part[:1].upper() + part[1:]
