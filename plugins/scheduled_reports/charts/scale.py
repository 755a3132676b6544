"""Round figures along an axis, and how they are written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from scheduled_reports.charts.look import FONT_SIZE
from scheduled_reports.language import Language

_COMPACT_FROM = 1_000_000
"""Where an author gave no pattern, axes say `1.5M` from here on: nobody counts zeros."""

_SCIENTIFIC_FROM = 1e15
"""From here on languages have no short words."""

_NOTHING = 1e-290
"""Figures closer to zero than this have no fifth that a double could hold."""


@dataclass(frozen=True)
class Scale:
    """An axis of figures.

    Attributes:
        low: Where it begins.
        high: Where it ends.
        ticks: The figures that are written.
        texts: The same as readers see them.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]


def scale(figures: Sequence[float], pattern: str | None, language: Language, *, zero: bool, most: int = 5) -> Scale:
    """Return an axis for `figures` with about `most` round figures, each text another.

    Args:
        figures: At least one.
        pattern: How figures are written (UTS #35), or None.
        language: In which.
        zero: Whether it begins at zero whatever the figures.
        most: How many gaps between figures there may be.

    Raises:
        ValueError: The pattern does not fit.
    """
    low, high = (0.0 if abs(figure) < _NOTHING else figure for figure in (min(figures), max(figures)))
    if zero or (low > 0 and low < 0.6 * high) or (high < 0 and high > 0.6 * low):
        low, high = min(low, 0), max(high, 0)
    if low == high:
        low, high = (0, 1) if not low else (min(low, 0), max(low, 0))
    whole = all(float(figure).is_integer() for figure in figures) and not (pattern and "%" in pattern)
    step = max(_round_step((high - low) / most), 1 if whole else 0)
    for _ in range(12):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        ticks = tuple(_clean(number * step) for number in range(first, last + 1))
        texts = _texts(ticks, step, pattern, language)
        if len(set(texts)) == len(texts):
            break
        step = _round_step(step * 1.5)
    return Scale(ticks[0], ticks[-1], ticks, texts)


def usual_pattern(figures: Sequence[float]) -> str:
    """Return one pattern for all figures that have none."""
    return "#,##0" if all(float(figure).is_integer() for figure in figures) else "#,##0.00"


def room(text: str, size: float = FONT_SIZE) -> float:
    """Return about how wide the widest line of `text` is, in CSS pixels."""
    return max(map(cell_len, text.split("\n"))) * size * 0.58


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(_clean(power * part) for part in (1, 2, 5, 10) if power * part >= least * (1 - 1e-9))


def _clean(value: float) -> float:
    """Return a value without what binary fractions add to it."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


def _texts(ticks: Sequence[float], step: float, pattern: str | None, language: Language) -> tuple[str, ...]:
    whole = all(float(tick).is_integer() for tick in ticks)
    if pattern:
        short = re.sub(r"\.[0#]+", "", pattern) if whole and "%" not in pattern else pattern
        return tuple(language.shown(tick, short) for tick in ticks)
    if max(map(abs, ticks)) >= _COMPACT_FROM:
        return tuple(_compact(tick, step, ticks, language) for tick in ticks)
    places = 0 if whole else max(-math.floor(math.log10(step) + 1e-9), 0)
    return tuple(language.shown(tick, "#,##0" + ("." + "0" * places if places else "")) for tick in ticks)


def _compact(tick: float, step: float, ticks: Sequence[float], language: Language) -> str:
    from babel.numbers import format_compact_decimal

    if not tick:
        return language.shown(0)
    if max(map(abs, ticks)) >= _SCIENTIFIC_FROM:
        return language.shown(tick, "0.##E0")
    largest = 1000 ** (int(math.log10(max(map(abs, ticks)))) // 3)
    places = 0 if step >= largest and not step % largest else 1 if step * 10 >= largest else 2
    text = str(format_compact_decimal(tick, locale=language.locale, fraction_digits=places))
    return language.shown(tick, "#,##0") if text.lstrip("-").isdigit() else text  # some shorten from a million on
