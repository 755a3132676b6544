"""Fonts: the files that a brand brings, and the families after its own for what they lack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FONTS = Path(__file__).parents[1] / "formats" / "fonts"
"""The folder of the fonts that come with this package."""

SCRIPT_FONTS = ("Noto Sans", "Noto Sans CJK SC", "DejaVu Sans", "sans-serif")
"""Fonts for the scripts that a brand's own font lacks.

No emoji font is named: it has figures too, and Pango would take them from it. Systems find it for emoji by themselves.
"""

MAIL_FONTS = (
    "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "Noto Sans", "Noto Sans CJK SC", "sans-serif"
)  # fmt: skip
"""A mail carries no fonts: where its reader lacks the brand's, these are those of the reader's system."""


@dataclass(frozen=True)
class FontFile:
    """One font of a family.

    Attributes:
        style: Upright or italic.
        weight: 400 regular, 600 semibold, 700 bold.
        path: A TrueType or OpenType file.
    """

    style: Literal["normal", "italic"]
    weight: int
    path: Path


INTER = (
    FontFile("normal", 400, FONTS / "Inter-Regular.ttf"),
    FontFile("normal", 600, FONTS / "Inter-SemiBold.ttf"),
    FontFile("normal", 700, FONTS / "Inter-Bold.ttf"),
    FontFile("italic", 400, FONTS / "Inter-Italic.ttf"),
)
"""The font that comes with this package (SIL Open Font License 1.1)."""


def font_family(stack: tuple[str, ...]) -> str:
    """Return a font stack as a CSS value with single quotes."""
    return ", ".join(f"'{name}'" if " " in name else name for name in stack)
