"""A small table, set by WeasyPrint with the report's own style sheet: what a long one is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from scheduled_reports.typeset.parts import END, LongTable

LEVELS = 4
"""How deep groups are told apart; deeper ones look like the deepest of these."""

TONES = ("good", "bad", "warning", "accent", "muted")
_ALIGNED = {"right": ' class="n"', "center": ' class="c"'}
_CLASSES = {"right": "n ", "center": "c "}

SPECIAL = (
    *((1, level) for level in range(LEVELS)), *((2, level) for level in range(LEVELS)), (3, 0), (4, 0)
)  # fmt: skip
"""The kind and the level of each line of the sample that is no row; a row stands before each of them."""

_KINDS = {1: "group level-{level}", 2: "subtotal level-{level}", 3: "total", 4: "others"}
BEFORE = 4
"""So many rows stand at the beginning: as zebra stripes want it, an even number."""


def sample(frame: str, part: LongTable) -> str:
    """Return the frame's HTML with the table's caption, its head and a line of every kind.

    The order of the lines is: `BEFORE` rows; each of `SPECIAL` after a row; a row of each of `TONES`; one with a link.
    """
    columns = [part.table.columns[index] for index in part.shown]
    caption = f'<h3 class="caption">{escape(part.caption)}</h3>' if part.caption else ""
    widths = "".join(f'<col style="width: {share:.3f}%">' for share in part.layout.shares)
    heads = "".join(f'<th scope="col"{_ALIGNED.get(one.align, "")}>{escape(one.label)}</th>' for one in columns)
    block = (
        f'<div class="block" id="{escape(part.anchor or "typeset-table")}">{caption}'
        f'<table class="data" style="font-size: {part.layout.font_size}pt"><colgroup>{widths}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{_lines([one.align for one in columns])}</tbody></table></div>"
    )
    end = f'<div id="{END}">'
    return frame.replace(end, block + end)


def _lines(aligns: Sequence[str]) -> str:
    plain = _line(aligns)
    special = "".join(plain + _special(aligns, kind, level) for kind, level in SPECIAL)
    return plain * BEFORE + special + "".join(_line(aligns, tone) for tone in TONES) + _line(aligns, linked=True)


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
