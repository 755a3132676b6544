"""Share a page's width among the columns of a table, and among key figures."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from scheduled_reports.document.table import Column

SAMPLE_ROWS = 200
LARGEST, SMALLEST = 8.75, 6.5
PADDING = 1.2
"""The space between two columns, in em; the style sheets agree."""

_LONGEST_TEXT, _LONGEST_WORD, _NARROWEST_TEXT = 24.0, 8.0, 6.5

_WHOLE = ("date", "time", "datetime", "boolean")
"""Kinds of values that are not broken, though they stand on the left."""

_CHARACTER = 0.58
"""About how wide a character is, in em, for authors who give a column's width in characters."""

_KEY_SHARE = 0.3
"""The most of a page's width that the first column takes where it is repeated beside groups of the others."""


@dataclass(frozen=True)
class Need:
    """How wide a column has to be, in em, with the space to the one before it.

    Attributes:
        least: At least: its numbers, and the words of its texts, do not break.
        wish: So that most of its texts stand on one line.
        bends: Whether its content may break where not even the least can be had.
    """

    least: float
    wish: float
    bends: bool

    @property
    def squeezed(self) -> float:
        """The least where all that may break does."""
        return min(self.least, _NARROWEST_TEXT) if self.bends else self.least


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
    needs = [need(column, [row[index] for row in rows]) for index, column in enumerate(columns)]
    return shared(needs, width, largest, smallest)


def need(column: Column, texts: Sequence[str], measure: Callable[[str], float] | None = None) -> Need:
    """Return how wide a column has to be for `texts`; `measure` tells how wide a text is, in em."""
    measured = measure or ems
    heading = max(map(measured, column.label.split()), default=1.0)
    if column.align == "right" or column.kind in _WHOLE:
        whole = max([heading, *map(measured, texts)])
        wish = max(whole, min(measured(column.label), 2 * heading), (column.width or 0) * _CHARACTER)
        return Need(whole + PADDING, wish + PADDING, bends=False)
    if column.width:
        asked = max(column.width * _CHARACTER, min(heading, _LONGEST_WORD)) + PADDING
        return Need(asked, asked, bends=True)
    sample = texts[:SAMPLE_ROWS]
    word = max((measured(word) for text in sample for word in text.split()), default=1.0)
    usual = sorted(map(measured, sample))[len(sample) * 9 // 10] if sample else 1.0
    least = max(heading, min(word, _LONGEST_WORD))
    return Need(least + PADDING, max(least, min(usual, _LONGEST_TEXT)) + PADDING, bends=True)


def shared(needs: Sequence[Need], width: float, largest: float = LARGEST, smallest: float = SMALLEST) -> Layout:
    """Return the largest font, and the shares, with which columns that need so much fit `width`."""
    least, wish = [one.least for one in needs], [one.wish for one in needs]
    font_size = min(largest, max(smallest, width / sum(least)))
    room = width / font_size
    fits = sum(least) <= room + 0.01
    if not fits:
        wish, least = least, [one.squeezed for one in needs]
    wanted, spare = sum(wish) - sum(least), max(room - sum(least), 0)
    part = min(spare / wanted, 1) if wanted else 0.0
    widths = [low + (high - low) * part for low, high in zip(least, wish, strict=True)]
    return Layout(round(font_size, 2), tuple(100 * value / sum(widths) for value in widths), width, fits)


def repeated(key: Need, room: float) -> Need:
    """Return what a column needs that is repeated beside groups of others: its texts on one line where that is short.

    Args:
        key: What it needs by itself.
        room: The page's width in em.
    """
    width = min(key.wish, max(_KEY_SHARE * room, key.squeezed))
    return Need(width, width, key.bends)


def column_groups(needs: Sequence[Need], room: float) -> tuple[tuple[int, ...], ...]:
    """Return which columns stand together where not all fit beside each other; the first stands in each group.

    The groups are about equally wide, and as few as can be.

    Args:
        needs: What the columns need; at least two.
        room: The page's width in em.
    """
    rest = room - needs[0].least
    widths = [min(one.least, rest) for one in needs[1:]]
    groups = _filled(widths, rest)
    even = _even(widths, rest, len(groups))
    return tuple((0, *(place + 1 for place in group)) for group in (even or groups))


def _filled(widths: Sequence[float], room: float) -> list[list[int]]:
    """Return the places of columns in groups, each as full as can be."""
    groups: list[list[int]] = []
    filled = math.inf
    for place, width in enumerate(widths):
        if filled + width > room + 0.01:
            groups.append([])
            filled = 0.0
        groups[-1].append(place)
        filled += width
    return groups


def _even(widths: Sequence[float], room: float, count: int) -> list[list[int]]:
    """Return the places of columns in `count` groups that are about equally wide; nothing where one does not fit."""
    groups: list[list[int]] = []
    place, left = 0, sum(widths)
    for more in range(count, 0, -1):
        share, filled, group = left / more, 0.0, list[int]()
        while place < len(widths) and (not group or filled + widths[place] / 2 <= share or more == 1):
            group.append(place)
            filled += widths[place]
            place += 1
        if filled > room + 0.01 or not group:
            return []
        groups.append(group)
        left -= filled
    return groups


def tiles_per_row(count: int) -> int:
    """Return how many of `count` key figures stand side by side, so that no row is nearly empty."""
    return count if count <= 5 else (count + 1) // 2


def figure_size(texts: Sequence[str], tile_width: float, largest: float) -> float:
    """Return the font size at which the longest of `texts` fits a tile; in the unit of `tile_width`."""
    longest = max(map(ems, texts), default=1)
    return round(min(largest, max(tile_width / (1.06 * longest), largest / 2.4)), 1)


def ems(text: str) -> float:
    """Return about how wide `text` is in Inter with tabular figures, in em; rather too wide than too narrow."""
    return sum(map(em, text))


@functools.cache
def em(letter: str) -> float:
    """Return about how wide a letter is, in em."""
    if letter in " ,.:;'|!ijl":
        return 0.3
    if cell_len(letter) > 1 or letter in "%mwMW@":
        return 1.05
    return 0.7 if letter.isupper() else 0.66 if letter in "0123456789+-−€$£" else 0.56
