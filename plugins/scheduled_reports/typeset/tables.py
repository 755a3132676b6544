"""Long tables on pages: which row stands where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduled_reports.errors import RenderError
from scheduled_reports.typeset.measure import Edge, TableStyle
from scheduled_reports.typeset.parts import LongTable, Look
from scheduled_reports.typeset.rows import Row, units
from scheduled_reports.typeset.sheet import Sheet
from scheduled_reports.typeset.structure import Marker, TaggedTable

if TYPE_CHECKING:
    from scheduled_reports.typeset.leaves import Leaf

_HAIR = 0.02
"""What lengths may miss by, in CSS pixels, before something does not fit."""


class TableSetter:
    """Sets one table, from a place on a page on; lengths are in CSS pixels.

    Attributes:
        leaf: The page that it has reached.
        end: Where its last row ends.
        tags: What it is made of, where the document is tagged.
    """

    def __init__(self, part: LongTable, style: TableStyle, look: Look, room: float,
                 following: Callable[[], tuple[Leaf, float, float]], *, tagged: bool) -> None:  # fmt: skip
        self._part, self._style, self._look, self._following = part, style, look, following
        self.tags = TaggedTable(Marker(), len(part.shown)) if tagged else None
        self._room = room - style.head.bottom + style.head.middle
        if self._room < room / 4:
            raise RenderError(
                f"the table {part.caption or part.anchor!r} cannot be set",
                why="its head takes nearly a whole page",
                fix="shorten the labels of its columns, or show fewer columns",
            )
        self._start(0.0)

    def set(self, leaf: Leaf, top: float, bottom: float) -> tuple[Leaf, float]:
        """Set all rows; return the last page and where the rows end on it."""
        self.leaf, self._bottom = leaf, bottom
        rows = units(self._part, self._style, self._look)
        first = next(rows, [])
        rows_need = sum(map(_needed, first))
        if rows_need > self._room:
            rows_need = self._room / 4  # they break anyway
        need = self._style.head.bottom - self._style.head.top + rows_need
        if top + need > bottom + _HAIR:
            self.leaf, top, self._bottom = self._following()
        self._begin(top)
        self._place(first)
        for unit in rows:
            self._place(unit)
        self._finish()
        return self.leaf, self.end

    def _begin(self, top: float) -> None:
        head, down = self._style.head, top - self._style.head.top
        self._sheet = Sheet(self._look.bar, tagged=self.tags is not None)
        caption = self._sheet.draw(head.caption, down) if head.caption else ()
        cells = self._sheet.draw(head.cells, down)
        if self.tags:
            self.leaf.mark(self.tags.marker)
            self.tags.caption, self.tags.head = (self._sheet, caption), (self._sheet, cells)
        left = self._style.left
        self.leaf.bookmarks += [(level, label, (left, top), state) for level, label, _, state in head.bookmarks]
        if self._part.anchor:
            self.leaf.anchors[self._part.anchor] = (left, top, self._style.right, top + 1)
        self._start(head.bottom + down)

    def _start(self, end: float) -> None:
        self.end, self._edge, self._fresh = end, Edge(0.0, ""), True

    def _finish(self) -> None:
        self._sheet.edge(self._edge, self._style.left, self._style.right, self.end)
        self.end += self._edge.width
        self.leaf.add(self._sheet)

    def _turn(self) -> None:
        """Go on on the next page, below the head."""
        self._finish()
        self.leaf, top, self._bottom = self._following()
        head = self._style.head
        self._sheet = Sheet(self._look.bar, tagged=self.tags is not None)
        self._sheet.draw(head.again, top - head.middle, again=True)
        # There WeasyPrint leaves the room of the line between two rows below the head's own line.
        self._start(head.bottom + top - head.middle - (head.line - self._style.odd.above.width) / 2)

    def _place(self, unit: list[Row]) -> None:
        if not self._fresh and self.end + sum(map(_needed, unit)) > self._bottom + _HAIR:
            self._turn()
        for row in unit:
            self._row(row)

    def _row(self, row: Row) -> None:
        """Place a row, on as many pages as it takes if it is taller than one."""
        rest: Row | None = row
        begun = False
        while rest is not None:
            edge = Edge(0.0, "") if self._fresh else self._edge.or_wider(rest.style.above)
            room = self._bottom - self.end - edge.width - rest.style.below.width / 2
            if rest.height <= room + _HAIR:
                part, rest = rest, None
            elif not self._fresh and rest.height <= self._room - rest.style.below.width / 2:
                self._turn()
                continue
            else:
                part, rest = rest.cut(room)
            self._put(part, edge, rest=begun)
            begun = True
            if rest is not None:
                self._turn()

    def _put(self, row: Row, edge: Edge, *, rest: bool) -> None:
        self._sheet.edge(edge, self._style.left, self._style.right, self.end)
        first = self._sheet.marks
        links = self._sheet.row(row, self.end + edge.width)
        if self.tags:
            self.tags.add(row, self._sheet, first, links, rest=rest)
        self.end += edge.width + row.height
        self._edge, self._fresh = row.style.below, False


def _needed(row: Row) -> float:
    return row.height + row.style.below.width
