"""Words and numbers as every database keeps them."""

from __future__ import annotations

import math


def storable(text: str, most: int | None = None) -> str:
    """Return text as every database keeps it: without NUL, which PostgreSQL has not, and of `most` letters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:most]


def finite(number: float | None) -> float | None:
    """Return a number as every database keeps it: none where it is NaN or infinite, which MySQL has not."""
    return number if number is not None and math.isfinite(number) else None
