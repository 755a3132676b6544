"""Texts that differ in their digits only: one setting, filled with the glyphs of other digits.

That is right where a digit's glyph and width depend on nothing but the digit. So it is tried with every pair of digits
once for each style, and with all ten digits in every place of a pattern; where it does not hold, nothing is shared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import compress
from typing import Any

DIGITS = "0123456789"
ZEROS = str.maketrans(DIGITS, "0" * 10)

_TOKEN = re.compile(r"<[0-9a-f]*>|[^<>]+")
_PAIRS = "".join(first + second for first in DIGITS for second in DIGITS)

_Tokens = list[str]
_Set = Callable[[str], Any]


class Pattern:
    """The setting of all texts that have digits in the same places and are the same elsewhere.

    Attributes:
        font: The operator that chooses their font.
        width: How wide they are, in CSS pixels; None where that depends on their digits.
    """

    def __init__(self, shape: str, font: str, parts: _Tokens, rest: float, digits: Digits) -> None:
        self._is_digit = [letter == "0" for letter in shape]
        self._rest, self._digits = rest, digits
        self._show = "".join(
            "%s" if letter == "0" else part for letter, part in zip("[" + shape + "]", parts, strict=True)
        )
        even = len(set(digits.widths.values())) == 1
        self.font = font
        self.width = rest + sum(self._is_digit) * digits.widths["0"] if even else None

    def filled(self, text: str) -> tuple[float, str, str]:
        """Return the width of `text`, its font and what shows it."""
        width = self.width
        if width is None:
            width = self._rest + sum(map(self._digits.widths.__getitem__, compress(text, self._is_digit)))
        return width, self.font, self.show(text)

    def show(self, text: str) -> str:
        """Return what shows `text`."""
        return self._show % tuple(map(self._digits.glyphs.__getitem__, compress(text, self._is_digit)))


class Digits:
    """The digits of one style."""

    def __init__(self, set_text: _Set) -> None:
        self._set = set_text
        runs = {digit: set_text(digit) for digit in DIGITS}
        self.glyphs = {digit: "".join(_tokens(run.show)[1:-1]) for digit, run in runs.items()}
        self.widths = {digit: run.width for digit, run in runs.items()}
        pairs = set_text(_PAIRS)
        self._free = _tokens(pairs.show)[1:-1] == [self.glyphs[digit] for digit in _PAIRS] and self._fits(_PAIRS, pairs)

    def pattern(self, shape: str) -> Pattern | None:
        """Return the pattern of a text whose digits are all 0, or None where digits depend on what is beside them."""
        places = [place for place, letter in enumerate(shape) if letter == "0"]
        first = self._set(shape)
        parts = _tokens(first.show)
        if not self._free or not first.font or len(parts) != len(shape) + 2 or "%" in first.show:
            return None
        rest = first.width - len(places) * self.widths["0"]
        for turn in range(10):
            digits = {place: DIGITS[(turn + 3 * index) % 10] for index, place in enumerate(places)}
            run = self._set("".join(digits.get(place, letter) for place, letter in enumerate(shape)))
            wanted = [
                self.glyphs[digits[place - 1]] if place - 1 in digits else part for place, part in enumerate(parts)
            ]
            width = rest + sum(self.widths[digit] for digit in digits.values())
            if run.font != first.font or _tokens(run.show) != wanted or abs(run.width - width) > 1e-6:
                return None
        return Pattern(shape, first.font, parts, rest, self)

    def _fits(self, text: str, run: Any) -> bool:
        return bool(abs(run.width - sum(self.widths[digit] for digit in text)) < 1e-6)


def _tokens(show: str) -> _Tokens:
    """Return `[`, then each glyph with the kerning behind it, then `] TJ`."""
    inner = show.removeprefix("[").removesuffix("] TJ")
    found: _Tokens = []
    for token in _TOKEN.findall(inner):
        if token[0] == "<":
            found += [token[start : start + 4] for start in range(1, len(token) - 1, 4)]
        elif found:
            found[-1] += f">{token}<"
    return ["[<", *found, ">] TJ"]
