"""Tables as they stand in a mail: their first rows, and the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from scheduled_reports.document import Column, LineKind, Table
from scheduled_reports.document.layout import Layout, layout
from scheduled_reports.language import Language
from scheduled_reports.mail_body.inks import Inks
from scheduled_reports.mail_body.rows import Row, rows_of

LARGEST, SMALLEST = 14.0, 12.0
"""Of the letters, in CSS pixels."""

PHONE = 288
"""The room for a table on the narrowest phone, in CSS pixels."""

PANE = 470
"""The same in a narrow pane or on a tablet held upright."""

_CLOSING = (LineKind.OTHERS, LineKind.TOTAL)
_BATCH = 64
"""How many lines are read at a time."""

_FRAME, _NOTHING = 900, 200
"""About how many bytes a table takes around its rows, and one without rows instead of them."""


@dataclass(frozen=True)
class MailTable:
    """A table, as much of it as a mail could show.

    Attributes:
        table: The table.
        body: Its first lines, the last of them a row of data.
        tail: The lines that close the table: its last subtotals, `Others`, the total.
        is_whole: Whether all its rows are among the first.
        head: The row of its headings, as HTML.
        language: What is said in.
    """

    table: Table
    body: tuple[Row, ...]
    tail: tuple[Row, ...]
    is_whole: bool
    head: str
    language: Language

    @property
    def columns(self) -> Sequence[Column]:
        """Its columns."""
        return self.table.columns

    def sizes(self) -> list[int]:
        """Return how many bytes each line takes; of a table without rows, the line that says so."""
        return [len(row.html.encode()) for row in self.body] or [_NOTHING]

    def fixed_size(self) -> int:
        """Return how many bytes it takes besides its lines."""
        texts = self.head, self.table.title, *(row.html for row in self.tail)
        return _FRAME + sum(len(text.encode()) for text in texts)

    def html(self, limit: int) -> str:
        """Return the rows of so many lines, and what closes the table."""
        return "".join(row.html for row in self._shown(limit))

    def note(self, limit: int) -> str:
        """Return what is said of rows that are not shown; empty where all are."""
        if self.is_whole and limit >= len(self.body):
            return ""
        shown = sum(row.kind == LineKind.ROW for row in self._shown(limit))
        counts = {"shown": self.language.shown(shown), "rows": self.language.shown(self.table.row_count)}
        return self.language.text("Showing {shown} of {rows} rows", **counts)

    def font_size(self, width: float) -> int:
        """Return the size of its letters where it has so much room, in CSS pixels."""
        return int(self._layout(width).font_size)

    def fits(self, width: float) -> bool:
        """Return whether all its columns stand beside each other in so much room."""
        return self._layout(width).fits

    def _layout(self, width: float) -> Layout:
        texts = [row.texts for row in self.body if row.kind == LineKind.ROW]
        return layout(self.columns, texts, width, LARGEST, SMALLEST)

    def _shown(self, limit: int) -> Sequence[Row]:
        """Return the first lines, no head of a group at their end, and what closes the table."""
        if limit >= len(self.body):
            return (*self.body, *self.tail)
        rows = self.body[:limit]
        while rows and rows[-1].kind == LineKind.GROUP:
            rows = rows[:-1]
        return (*rows, *(row for row in self.tail if row.kind in _CLOSING))


def mail_table(table: Table, most: int, room: int, inks: Inks, language: Language) -> MailTable:
    """Return a table for a mail, with its first rows.

    Args:
        table: The table.
        most: How many rows at most.
        room: How many bytes of HTML there are for it: no line is read that could not be shown.
        inks: What it is coloured with.
        language: What is said in.

    Raises:
        DocumentError: A column's pattern does not fit its values.
        SourceError: The run's data cannot be read.
    """
    rows, count, size, is_whole = list[Row](), 0, 0, True
    for row in (row for lines in table.lines(min(most + 1, _BATCH)) for row in rows_of(lines, inks, language)):
        count += row.kind == LineKind.ROW
        size += len(row.html)
        if count > most or (size > room and rows):
            is_whole = False
            break
        rows.append(row)
    end = max((place for place, row in enumerate(rows, 1) if row.kind == LineKind.ROW), default=0)
    body, tail = rows[:end], rows[end:]
    if not is_whole:
        tail = [row for lines in table.total() for row in rows_of(lines, inks, language)]
    return MailTable(table, tuple(body), tuple(tail), is_whole, _head(table.columns, inks), language)


def _head(columns: Sequence[Column], inks: Inks) -> str:
    cells = "".join(_heading(column, inks, is_first=not place) for place, column in enumerate(columns))
    return f'<tr valign="bottom" style="border-bottom:2px solid {inks.light["rule"]}">{cells}</tr>'


def _heading(column: Column, inks: Inks, *, is_first: bool) -> str:
    whole = " nowrap" if " " not in column.label and len(column.label) <= 20 else ""  # "2026-01" has no break
    names = " ".join([*(["f"] if is_first else []), *(["s"] if column.scale else [])])
    classes = f' class="{names}"' if names else ""
    style = f"font-size:12px;font-weight:600;color:{inks.light['muted']}"
    return f'<th scope="col"{classes} align="{column.align}"{whole} style="{style}">{escape(column.label)}</th>'
