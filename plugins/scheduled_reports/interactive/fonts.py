"""The brand's fonts as the page carries them: WOFF (W3C Recommendation, 2012), with the letters that it needs.

Fonts make a page that looks the same everywhere; whole ones would add a megabyte. WOFF2 would save a quarter more, and
takes fifty times as long to make. Letters that the brand's font lacks are drawn by fonts of the reader's system.
"""

from __future__ import annotations

import functools
from base64 import b64encode
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from scheduled_reports.brands import Brand

ALWAYS = frozenset(
    (*range(0x20, 0x180), *range(0x2010, 0x2040), *range(0x2190, 0x2196), 0x20AC, 0x2212, 0x25B2, 0x25BC)
)
"""Latin with its accents, punctuation, arrows, euro and minus: what the script, charts and readers' input may add."""

_TABULAR = "tnum"
"""Figures of one width, which HarfBuzz would leave out, being optional."""


def font_faces(brand: Brand, text: str) -> str:
    """Return the `@font-face` rules of a brand with the letters of `text`; an italic only where it has emphasis."""
    letters = ALWAYS | {ord(letter) for letter in set(text)}
    wanted = [font for font in brand.fonts if font.style == "normal" or "<em>" in text]
    return "\n".join(
        f"@font-face {{ font-family: {css_string(brand.font)}; font-style: {font.style}; font-weight: {font.weight}; "
        f"font-display: swap; src: url(data:font/woff;base64,{_woff(font.path, letters)}) format('woff'); }}"
        for font in wanted
    )


def font_stack(names: Iterable[str]) -> str:
    """Return names of fonts as a CSS value."""
    return ", ".join(name if name.replace("-", "").isalpha() else css_string(name) for name in names)


def css_string(text: str) -> str:
    """Return text as a string of CSS (CSS Syntax Level 3, 4.3.7), which neither a quote nor a tag in it ends."""
    return (
        '"'
        + "".join(letter if letter.isalnum() or letter in " -_." else f"\\{ord(letter):x} " for letter in text)
        + '"'
    )


@functools.lru_cache(maxsize=32)
def _woff(path: Path, letters: frozenset[int]) -> str:
    import uharfbuzz
    from fontTools.ttLib import TTFont

    wanted = uharfbuzz.SubsetInput()
    wanted.flags |= uharfbuzz.SubsetFlags.NO_HINTING
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(letters)
    wanted.layout_feature_tag_set.update([int.from_bytes(_TABULAR.encode(), "big")])
    part = uharfbuzz.subset(uharfbuzz.Face(path.read_bytes()), wanted).blob.data
    target = BytesIO()
    with TTFont(BytesIO(part), lazy=True, recalcTimestamp=False) as font:
        font.flavor = "woff"
        font.save(target)
    return b64encode(target.getvalue()).decode("ascii")
