"""The colours and fonts of the built-in brand, for what does not know a document's own."""

from __future__ import annotations

from scheduled_reports.brands import HOUSE
from scheduled_reports.brands import font_family as _font_family
from scheduled_reports.brands.fonts import FONTS

__all__ = ["COLORS", "FONTS", "FONT_STACK", "MAIL_FONT_STACK", "SERIES", "font_family"]

FONT_STACK = HOUSE.font_stack
MAIL_FONT_STACK = HOUSE.mail_font_stack
COLORS = HOUSE.colors
SERIES = HOUSE.series


def font_family(stack: tuple[str, ...] = FONT_STACK) -> str:
    """Return a font stack as a CSS value with single quotes."""
    return _font_family(stack)
