"""Whether a picture shows anything."""

from __future__ import annotations

from io import BytesIO
from typing import Any


def is_plain(content: bytes) -> bool:
    """Return whether a picture is one colour all over, or transparent; what is no picture that we can read is not."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(content)) as picture:
            return is_one_colour(picture)
    except (UnidentifiedImageError, OSError, ValueError):
        return False


def is_one_colour(picture: Any) -> bool:
    """Return whether a PIL image is one colour all over, or transparent."""
    *bands, alpha = picture.convert("RGBA").getextrema()
    return bool(alpha == (0, 0) or all(low == high for low, high in (*bands, alpha)))
