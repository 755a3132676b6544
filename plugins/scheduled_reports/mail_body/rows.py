"""The rows of a table as HTML, in as few bytes as mail programs allow: Gmail clips a mail that has too many.

What every client needs stands in the row and the cell, as attributes of HTML 4, which Outlook's Word engine and Gmail
without style sheets know: alignment, no line breaks in numbers, grounds. The rest is inherited from the table, and
refined by the style sheet of the page where a client reads it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TypeVar

from scheduled_reports.document import LineKind, Lines
from scheduled_reports.language import Language
from scheduled_reports.mail_body.inks import Inks, step_of

BAR_WIDTH = 72
"""Of a full bar, in CSS pixels."""

_BENDING = ("text", "bytes", "nested")
"""Kinds of values that may be broken into lines."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: What it says.
        align: How it stands.
        span: How many columns it takes.
        link: Where it leads to.
        tone: What its colour means.
        step: How strong the ground behind it is, as a scale gives it, 0 first.
        bar: Where its bar begins and ends, 0 to 1.
        is_whole: Whether its text stays on one line, as numbers and dates do.
        is_scaled: Whether cells of its column have grounds: their texts keep away from the edge.
    """

    text: str
    align: str
    span: int = 1
    link: str | None = None
    tone: str | None = None
    step: int | None = None
    bar: tuple[float, float] | None = None
    is_whole: bool = False
    is_scaled: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        kind: What it is.
        texts: What its cells say.
        html: The `tr`.
    """

    kind: LineKind
    texts: tuple[str, ...]
    html: str


def rows_of(lines: Lines, inks: Inks, language: Language) -> Iterator[Row]:
    """Yield lines of a table as rows of HTML; what they hold is escaped.

    Raises:
        DocumentError: A column's pattern does not fit its values.
    """
    for kind, level, cells in _cells(lines, language):
        shown = cells if kind == LineKind.ROW else _headed(cells, level)
        inner = "".join(_cell(cell, inks, is_first=not place) for place, cell in enumerate(shown))
        yield Row(kind, tuple(cell.text for cell in cells), f"<tr{_look(kind, inks)}>{inner}</tr>\n")


def _cells(lines: Lines, language: Language) -> Iterator[tuple[LineKind, int, list[Cell]]]:
    texts, tones, shades, bars = lines.texts(language), lines.looks(), lines.shades(), lines.bars()
    for index, (kind, level) in enumerate(zip(lines.kinds, lines.levels, strict=True)):
        yield LineKind(kind), level, [
            Cell(texts[place][index], column.align, 1, _at(lines.links[place], index), _at(tones[place], index),
                 step_of(_at(shades[place], index)), _at(bars[place], index), column.kind not in _BENDING,
                 column.scale is not None)
            for place, column in enumerate(lines.columns)
        ]  # fmt: skip


def _at(values: Sequence[Value | None] | None, index: int) -> Value | None:
    return None if values is None else values[index]


def _headed(cells: list[Cell], level: int) -> list[Cell]:
    """Return the cells of a line that is no row: its head runs into the empty cells behind it."""
    span = 1 + len(list(itertools.takewhile(lambda cell: not cell.text, cells[1:])))
    head = Cell("\u2003" * level + cells[0].text, "left", span=span) if cells[0].align == "left" else cells[0]
    return [replace(head, span=span), *cells[span:]]


def _look(kind: LineKind, inks: Inks) -> str:
    if kind == LineKind.ROW:
        return f' valign="top" style="border-bottom:1px solid {inks.light["hair"]}"'
    edge = f"border-top:2px solid {inks.light['rule']};" if kind == LineKind.TOTAL else ""
    return f' class="{kind.name.lower()}" valign="top" style="{edge}font-weight:700"'


def _cell(cell: Cell, inks: Inks, *, is_first: bool) -> str:
    tone = cell.tone
    is_toned = tone is not None and (cell.step is None or inks.is_legible(tone, cell.step))
    names = (
        *(["f"] if is_first else []), *([str(tone)] if is_toned else []), *(["s"] if cell.is_scaled else []),
        *([f"s{cell.step}"] if cell.step is not None else []),
    )  # fmt: skip
    parts = [
        f' colspan="{cell.span}"' if cell.span > 1 else "",
        f' class="{" ".join(names)}"' if names else "",
        f' align="{cell.align}"' if cell.align != "left" else "",
        " nowrap" if cell.is_whole else "",
        f' bgcolor="{inks.steps[cell.step]}"' if cell.step is not None else "",
        f' style="font-weight:600{f";color:{inks.light[str(tone)]}" if is_toned else ""}"' if tone else "",
    ]
    return f"<td{''.join(parts)}>{_content(cell, inks)}</td>"


def _content(cell: Cell, inks: Inks) -> str:
    text = escape(cell.text)
    if cell.link:
        is_toned = cell.step is None or inks.is_legible("accent", cell.step)
        color, name = (inks.light["accent"], "") if is_toned else (inks.light["ink"], ' class="ink"')
        text = f'<a{name} href="{escape(cell.link)}" style="color:{color}">{text}</a>'
    return text if cell.bar is None else f"<div>{text}</div>{_bar(cell.bar, inks)}"


def _bar(bar: tuple[float, float], inks: Inks) -> str:
    """Return a bar as a small table; Outlook's Word engine draws no other box of a given width."""
    start, end = round(bar[0] * BAR_WIDTH), round(bar[1] * BAR_WIDTH)
    if bar[1] > bar[0]:
        start, end = (start, start + 1) if start == end < BAR_WIDTH else (min(start, end - 1), end)
    before = f'<td width="{start}"></td>' if start else ""
    filled = f'<td class="bar" width="{end - start}" height="4" bgcolor="{inks.light["shade"]}"></td>'
    after = "<td></td>" if end < BAR_WIDTH else ""
    return (
        f'<table role="presentation" class="b" width="{BAR_WIDTH}" align="right" cellpadding="0" cellspacing="0"><tr>'
        f"{before}{filled if end > start else ''}{after}</tr></table>"
    )
