"""Share a page's width among the columns of a table, and among key figures."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from scheduled_reports.document.table import Column

SAMPLE_ROWS = 200
LARGEST, SMALLEST = 8.75, 6.5
PADDING = 1.2
"""The space between two columns, in em; the style sheets agree."""

_LONGEST_TEXT, _LONGEST_WORD, _NARROWEST_TEXT = 24.0, 8.0, 6.5


@dataclass(frozen=True)
class Layout:
    """How a table fits a page.

    Attributes:
        font_size: In points, or in the unit of the width.
        shares: Each column's part of the width, in per cent; they add up to 100.
        width: The width it was laid out for.
        fits: Whether no number and no usual word has to break.
    """

    font_size: float
    shares: tuple[float, ...]
    width: float
    fits: bool


def layout(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    width: float,
    largest: float = LARGEST,
    smallest: float = SMALLEST,
) -> Layout:
    """Return the largest font, and the columns' shares, with which a table fits `width` (points, or any unit).

    Numbers get the room that the widest of them needs. Text, of which the first 200 rows are looked at, shares the
    rest by its usual length and wraps. Where not even that fits in the smallest font, everything may wrap.
    """
    needs = [_needs(column, [row[index] for row in rows]) for index, column in enumerate(columns)]
    least, wish = [low for low, _ in needs], [high for _, high in needs]
    font_size = min(largest, max(smallest, width / sum(least)))
    room = width / font_size
    fits = sum(least) <= room + 0.01
    if not fits:
        wish, least = least, [_squeezed(low, column) for low, column in zip(least, columns, strict=True)]
    wanted, spare = sum(wish) - sum(least), max(room - sum(least), 0)
    part = min(spare / wanted, 1) if wanted else 0.0
    widths = [low + (high - low) * part for low, high in zip(least, wish, strict=True)]
    return Layout(round(font_size, 2), tuple(100 * value / sum(widths) for value in widths), width, fits)


def tiles_per_row(count: int) -> int:
    """Return how many of `count` key figures stand side by side, so that no row is nearly empty."""
    return count if count <= 5 else (count + 1) // 2


def figure_size(texts: Sequence[str], tile_width: float, largest: float) -> float:
    """Return the font size at which the longest of `texts` fits a tile; in the unit of `tile_width`."""
    longest = max(map(ems, texts), default=1)
    return round(min(largest, max(tile_width / (1.06 * longest), largest / 2.4)), 1)


def ems(text: str) -> float:
    """Return about how wide `text` is in Inter with tabular figures, in em; rather too wide than too narrow."""
    return sum(map(_em, text))


@functools.cache
def _em(letter: str) -> float:
    if letter in " ,.:;'|!ijl":
        return 0.3
    if cell_len(letter) > 1 or letter in "%mwMW@":
        return 1.05
    return 0.7 if letter.isupper() else 0.66 if letter in "0123456789+-−€$£" else 0.56


def _squeezed(need: float, column: Column) -> float:
    return need if column.align == "right" else min(need, _NARROWEST_TEXT)


def _needs(column: Column, texts: Sequence[str]) -> tuple[float, float]:
    """Return the least width and the wished width of a column, in em."""
    heading = max(map(ems, column.label.split()), default=1.0)
    if column.align == "right":
        need = max([heading, *map(ems, texts)])
        return need + PADDING, max(need, min(ems(column.label), 2 * heading)) + PADDING
    sample = texts[:SAMPLE_ROWS]
    word = max((ems(word) for text in sample for word in text.split()), default=1.0)
    usual = sorted(map(ems, sample))[len(sample) * 9 // 10] if sample else 1.0
    least = max(heading, min(word, _LONGEST_WORD))
    return least + PADDING, max(least, min(usual, _LONGEST_TEXT)) + PADDING
