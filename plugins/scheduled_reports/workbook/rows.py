"""The rows of a table's sheets as XML, a few thousand lines at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scheduled_reports.arrow_values import number, truths, words, zero
from scheduled_reports.document.lines import LineKind, Lines
from scheduled_reports.workbook.cells import display_width, inline_cell, is_risky, value_cell, value_for
from scheduled_reports.workbook.columns import ColumnCells, replaced, rows_of, whole
from scheduled_reports.workbook.line_styles import LineStyles
from scheduled_reports.workbook.names import quoted
from scheduled_reports.workbook.page import POINTS_PER_LINE, TALLEST
from scheduled_reports.workbook.shared_texts import SharedTexts
from scheduled_reports.workbook.table_sheets import MAX_LEVELS, MAX_LINKS, TableSheet, TableSheets, head_height, limited
from scheduled_reports.workbook.totals import Span, Totals

if TYPE_CHECKING:
    import pyarrow as pa

AROUND = 4
"""Points above and below the lines of a row."""

MAX_ADDRESS = 2_079
"""Letters of a link that Excel follows; a longer one is left out, its text stays."""


class Rows:
    """Writes the lines of one table, sheet after sheet.

    Args:
        plans: The table's sheets; what is found on the way (links, runs, places of keys) is put there.
        styles: How its cells look.
        shared: The texts that the workbook's cells share.
    """

    def __init__(self, plans: TableSheets, styles: LineStyles, shared: SharedTexts) -> None:
        from openpyxl.utils import get_column_letter

        self.plans, self.styles, self.shared = plans, styles, shared
        table = plans.table
        self._letters = [get_column_letter(number) for number in range(1, len(table.columns) + 1)]
        zone = table.zone.key
        self._plain, self._linked = (
            [self._cells(index, zone, linked=linked) for index in range(len(table.columns))] for linked in (False, True)
        )
        rows = table.tables.rows(table.dataset)
        self._totals = Totals(table, is_cut=table.sql.top is not None and rows > table.sql.top)
        self._lines, self._rest = table.lines(), list[Lines]()
        self._opened: dict[int, tuple[int, int]] = {}
        self._last_key: tuple[Any, ...] | None = None

    def of(self, sheet: TableSheet) -> Iterator[bytes]:
        """Yield the rows of a sheet, its head first; sheets are asked for in order."""
        yield self._head()
        number = 2
        for lines in self._take(sheet.lines):
            yield self._batch(lines, sheet, number)
            number += lines.count
        if not self.plans.table.row_count and sheet.lines == 0:
            text = self.plans.table.language.text("No rows in this period")
            yield f"<row>{inline_cell(text, self.styles.note)}</row>".encode()

    def _cells(self, index: int, zone: str, *, linked: bool) -> ColumnCells:
        styles = self.styles.of(index, linked=linked)
        return ColumnCells(styles.value, styles.text, styles.risky, zone, self.shared)

    def _head(self) -> bytes:
        height = head_height(self.plans)
        heads = zip(self.plans.heads, self.styles.heads, strict=True)
        cells = (self.shared.cell(head, styles[is_risky(head)]) for head, styles in heads)
        return f"<row{_height(height)}>{''.join(cells)}</row>".encode()

    def _take(self, count: int) -> Iterator[Lines]:
        """Yield the next lines of the table, so many of them."""
        while count > 0:
            lines = self._rest.pop() if self._rest else next(self._lines, None)
            if lines is None:
                return
            if lines.count > count:
                self._rest.append(_part(lines, count, lines.count))
                lines = _part(lines, 0, count)
            count -= lines.count
            yield lines

    def _batch(self, lines: Lines, sheet: TableSheet, number: int) -> bytes:
        empty = f'<c s="{self.styles.empty[LineKind.ROW]}"/>'
        parts = [self._opening(lines)]
        for index in range(len(lines.columns)):
            parts += self._column(lines, index, sheet, number)
        rows = rows_of([*parts, "</row>"], empty)
        self._note_runs(lines, sheet, number)
        if self.plans.keys:
            self._note_keys(lines, sheet, number)
        if not lines.plain:
            others = [self._other(lines, at, sheet, number + at) for at, kind in enumerate(lines.kinds) if kind]
            rows = replaced(rows, truths([kind != LineKind.ROW for kind in lines.kinds]), others)
        return content_of(rows)

    def _column(self, lines: Lines, index: int, sheet: TableSheet, number: int) -> list[Any]:
        """Return the cells of a column, and note where they lead."""
        values = lines.values[index]
        room = MAX_LINKS - len(sheet.links)
        targets = self._targets(lines, index) if room > 0 else None
        plain = self._plain[index].parts(values)
        if targets is None:
            return plain
        taken = [at for at, target in enumerate(targets) if target is not None and values[at].is_valid][:room]
        sheet.links += [(f"{self._letters[index]}{number + at}", targets[at] or "") for at in taken]
        if not taken:
            return plain
        import numpy as np
        import pyarrow.compute as pc

        mask = np.zeros(lines.count, bool)
        mask[taken] = True
        linked = whole(self._linked[index].parts(values), lines.count)
        return [pc.if_else(truths(mask), linked, whole(plain, lines.count))]

    def _targets(self, lines: Lines, index: int) -> Sequence[str | None] | None:
        urls = lines.links[index]
        if urls is not None:
            return [url if url and len(url) <= MAX_ADDRESS else None for url in urls]
        detail = self.plans.detail
        first = next((at for at, column in enumerate(lines.columns) if not column.linked), None)
        if detail is None or index != first:
            return None
        return [detail.places.get(key) for key in lines.openers()]

    def _opening(self, lines: Lines) -> Any:
        """Return how each row begins: rows of several lines are told their height, as not every program fits it."""
        level = f' outlineLevel="{min(self.plans.depth, MAX_LEVELS)}"' if self.plans.depth else ""
        heights = [1] * lines.count
        for index, (wraps, column) in enumerate(zip(self.plans.wraps, lines.columns, strict=True)):
            if wraps:
                for at, text in _long(lines.values[index], limited(column.width)):
                    heights[at] = max(heights[at], text)
        if max(heights, default=1) == 1:
            return f"<row{level}>"
        begins = (
            f"<row{level}{_height(min(count * POINTS_PER_LINE + AROUND, TALLEST)) if count > 1 else ''}>"
            for count in heights
        )
        return words(begins)

    def _other(self, lines: Lines, at: int, sheet: TableSheet, number: int) -> str:
        """Return a line that is no row of data."""
        kind, level = lines.kinds[at], lines.levels[at]
        spans = self._spans(kind, level, sheet, number)
        cells = [self._other_cell(lines, at, index, spans, sheet) for index in range(len(lines.columns))]
        if cells and not lines.values[0][at].is_valid and lines.heads[at]:
            text = lines.heads[at] or ""
            cells[0] = inline_cell(text, self.styles.head(kind, level)[is_risky(text)])
        outline = f' outlineLevel="{min(level, MAX_LEVELS)}"' if level and kind in (1, 2) else ""
        return f"<row{outline}>{''.join(cells)}</row>"

    def _other_cell(self, lines: Lines, at: int, index: int, spans: Sequence[Span], sheet: TableSheet) -> str:
        kind, value = lines.kinds[at], value_for(lines.values[index][at].as_py(), self.plans.table.zone)
        styles = self.styles.of(index, kind)
        if value is None:
            return value_cell(None, self.styles.empty[LineKind(kind)])
        if isinstance(value, str):
            return inline_cell(value, styles.risky if is_risky(value) else styles.text)
        with_texts = [column.has_texts for column in self._plain]
        formula = self._totals.formula(index, spans, sheet.name, with_texts) if spans else None
        return value_cell(value, styles.value, formula)

    def _spans(self, kind: int, level: int, sheet: TableSheet, number: int) -> list[Span]:
        """Return what a line adds up, and remember where groups begin."""
        here = self.plans.sheets.index(sheet)
        if kind == LineKind.GROUP:
            self._opened[level] = (here, number + 1)
        if kind not in (LineKind.SUBTOTAL, LineKind.TOTAL):
            return []
        first, row = self._opened.get(level, (here, 2)) if kind == LineKind.SUBTOTAL else (0, 2)
        spans = []
        for place in range(first, here + 1):
            last = number - 1 if place == here else self.plans.sheets[place].lines + 1
            begin = row if place == first else 2
            if begin <= last:
                spans.append(Span(self.plans.sheets[place].name, begin, last))
        return spans

    def _note_runs(self, lines: Lines, sheet: TableSheet, number: int) -> None:
        """Note which rows hold data; runs go on from one batch to the next."""
        ends = [0, lines.count] if lines.plain else _ends(lines.kinds)
        for first, last in zip(ends[::2], ends[1::2], strict=True):
            begin, end = number + first, number + last - 1
            if sheet.runs and sheet.runs[-1][1] == begin - 1:
                begin = sheet.runs.pop()[0]
            sheet.runs.append((begin, end))

    def _note_keys(self, lines: Lines, sheet: TableSheet, number: int) -> None:
        """Note where each key begins; rows are sorted by them."""
        for at, key in enumerate(lines.openers()):
            if key != self._last_key:
                self._last_key = key
                self.plans.places.setdefault(key, f"#{quoted(sheet.name)}!A{number + at}")


def content_of(rows: pa.Array) -> bytes:
    """Return the bytes of all rows, one after another."""
    import numpy as np

    ends = np.frombuffer(rows.buffers()[1], np.int64, len(rows) + 1, rows.offset * 8)
    return bytes(rows.buffers()[2].slice(int(ends[0]), int(ends[-1] - ends[0])))


def _ends(kinds: Sequence[int]) -> list[int]:
    """Return where runs of rows of data begin and end, in turn."""
    edges = [LineKind.TOTAL, *kinds, LineKind.TOTAL]
    return [at for at, (one, other) in enumerate(pairwise(edges)) if (one == LineKind.ROW) != (other == LineKind.ROW)]


def _part(lines: Lines, first: int, last: int) -> Lines:
    """Return some of the lines."""

    def some(values: pa.Array) -> pa.Array:
        return values.slice(first, last - first)

    return replace(
        lines, values=tuple(map(some, lines.values)), kinds=lines.kinds[first:last], levels=lines.levels[first:last],
        heads=lines.heads[first:last], keys=tuple(map(some, lines.keys)),
        urls=tuple(None if urls is None else some(urls) for urls in lines.urls),
    )  # fmt: skip


def _long(values: pa.Array, width: float) -> Iterator[tuple[int, int]]:
    """Yield which texts take more than one line, and how many."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return
    room = max(width - 4, 1)
    lengths = pc.binary_length(values)
    wide = pc.or_(pc.greater(lengths, number(int(room), lengths.type)), pc.match_substring(values, "\n"))
    for at in pc.indices_nonzero(pc.fill_null(wide, zero(wide.type))).to_pylist():
        count = sum(max(1, math.ceil(display_width(line) / room)) for line in values[at].as_py().split("\n"))
        if count > 1:
            yield at, count


def _height(points: float | None) -> str:
    return "" if points is None else f' ht="{points:g}" customHeight="1"'
