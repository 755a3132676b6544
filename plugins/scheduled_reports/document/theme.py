"""How a report looks: what its pages, its mail and its charts share.

Text colours keep a contrast of at least 4.5:1 on white (WCAG 2.2, 1.4.3); the series colours are those of Okabe and Ito
(https://jfly.uni-koeln.de/color/), with the accent first, and can be told apart by colour-blind readers. `ink` and
`notice` keep that contrast on `notice_paper` too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

FONTS = Path(__file__).parents[1] / "formats" / "fonts"
"""The folder of the fonts that come with this package."""

FONT_STACK = ("Inter", "Noto Sans", "Noto Sans CJK SC", "DejaVu Sans", "sans-serif")
"""The house font, then fonts for the scripts that it lacks.

No emoji font is named: it has figures too, and Pango would take them from it. Systems find it for emoji by themselves.
"""

MAIL_FONT_STACK = (
    "Inter", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "Noto Sans", "Noto Sans CJK SC",
    "sans-serif",
)  # fmt: skip
"""A mail carries no fonts: the house font where the reader has it, else the one of the reader's system."""

COLORS: Mapping[str, str] = MappingProxyType({
    "ink": "#14212b",
    "muted": "#566573",
    "rule": "#dce3e8",
    "hair": "#e8edf1",
    "accent": "#0b5c7a",
    "good": "#14713d",
    "bad": "#b3261e",
    "neutral": "#566573",
    "paper": "#ffffff",
    "notice": "#8a4a00",
    "notice_edge": "#e69f00",
    "notice_paper": "#fff3d6",
})  # fmt: skip

SERIES = ("#0b5c7a", "#e69f00", "#56b4e9", "#cc79a7", "#009e73", "#d55e00", "#7d8791", "#5a3d8c")


def font_family(stack: tuple[str, ...] = FONT_STACK) -> str:
    """Return a font stack as a CSS value with single quotes."""
    return ", ".join(f"'{name}'" if " " in name else name for name in stack)
