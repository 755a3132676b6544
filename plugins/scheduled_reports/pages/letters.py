"""How wide texts are in a brand's font, so that columns get the room that they need."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from scheduled_reports.brands import Brand
from scheduled_reports.document.layout import em

WEIGHT = 600
"""The weight that totals are set in: what fits so, fits in the regular one."""

SLACK = 1.02
"""Kerning and rounding."""


@functools.lru_cache(maxsize=32)
def letters(brand: Brand) -> Callable[[str], float]:
    """Return a function that tells how wide a text is in the brand's font, in em; figures are tabular."""
    font = _font(brand)
    widths: dict[str, float] = {}

    def measured(text: str) -> float:
        for letter in set(text).difference(widths):
            widths[letter] = _width(font, letter)
        return SLACK * sum(widths[letter] for letter in text)

    return measured


def _font(brand: Brand) -> Any:
    import uharfbuzz

    upright = [file for file in brand.fonts if file.style == "normal"] or list(brand.fonts)
    nearest = min(upright, key=lambda file: abs(file.weight - WEIGHT), default=None)
    return nearest and uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(nearest.path))))


def _width(font: Any, letter: str) -> float:
    """Return the width of a letter; about that, where the font lacks it and another one takes its place."""
    import uharfbuzz

    if font is None:
        return em(letter)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(letter)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer, {"tnum": True})
    if any(info.codepoint == 0 for info in buffer.glyph_infos):
        return em(letter)
    width: float = sum(place.x_advance for place in buffer.glyph_positions) / font.face.upem
    return width
