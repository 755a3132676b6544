"""A small table, set by WeasyPrint with the report's own style sheet: what a long one is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from scheduled_reports.typeset.parts import END, LongTable

if TYPE_CHECKING:
    from scheduled_reports.document import Column

LEVELS = 4
"""How deep groups are told apart; deeper ones look like the deepest of these."""

TONES = ("good", "bad", "warning", "accent", "muted")
_ALIGNED = {"right": ' class="n"', "center": ' class="c"'}
_CLASSES = {"right": "n ", "center": "c "}

_KINDS = {1: "group level-{level}", 2: "subtotal level-{level}", 3: "total", 4: "others"}
BEFORE = 4
"""So many rows stand at the beginning: as zebra stripes want it, an even number."""


def sample(frame: str, part: LongTable) -> str:
    """Return the frame's HTML with the table's caption, its head and a line of every kind that it has.

    The order of the lines is: `BEFORE` rows; each of `special` after a row; a row of each of `tones`; one with a link.
    """
    columns = _columns(part)
    caption = f'<h3 class="caption">{escape(part.caption)}</h3>' if part.caption else ""
    widths = "".join(f'<col style="width: {share:.3f}%">' for share in part.layout.shares)
    heads = "".join(f'<th scope="col"{_ALIGNED.get(one.align, "")}>{escape(one.label)}</th>' for one in columns)
    block = (
        f'<div class="block" id="{escape(part.anchor or "typeset-table")}">{caption}'
        f'<table class="data" style="font-size: {part.layout.font_size}pt"><colgroup>{widths}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{_lines(part, [one.align for one in columns])}</tbody></table></div>"
    )
    end = f'<div id="{END}">'
    return frame.replace(end, block + end)


def special(part: LongTable) -> list[tuple[int, int]]:
    """Return the kind and the level of each line of the sample that is no row; a row stands before each of them."""
    levels = range(min(len(part.table.sql.groups), LEVELS))
    last = [(3, any(column.total for column in part.table.columns)), (4, part.table.sql.top is not None)]
    return [
        *((kind, level) for kind in (1, 2) for level in levels),
        *((kind, 0) for kind, is_there in last if is_there),
    ]


def tones(part: LongTable) -> tuple[str, ...]:
    """Return the tones that its cells may have."""
    return TONES if any(column.rules for column in _columns(part)) else ()


def _columns(part: LongTable) -> list[Column]:
    return [part.table.columns[index] for index in part.shown]


def _lines(part: LongTable, aligns: Sequence[str]) -> str:
    plain = _line(aligns)
    others = "".join(plain + _special(aligns, kind, level) for kind, level in special(part))
    return plain * BEFORE + others + "".join(_line(aligns, tone) for tone in tones(part)) + _line(aligns, linked=True)


def _special(aligns: Sequence[str], kind: int, level: int) -> str:
    name = _KINDS[kind].format(level=level)
    return f'<tr class="{name}"><td colspan="{len(aligns)}">0</td></tr>' if kind == 1 else _line(aligns, row=name)


def _line(aligns: Sequence[str], tone: str = "", row: str = "", *, linked: bool = False) -> str:
    text = '<a href="https://example.org">0</a>' if linked else "0"
    cells = "".join(f'<td class="{_CLASSES.get(align, "")}{tone}">{text}</td>' for align in aligns)
    return f'<tr class="{row}">{cells}</tr>'


def rows(table: Any) -> list[Any]:
    """Return the boxes of all rows of a table, its head's among them."""
    return [row for group in table.children for row in group.children]
