"""Read logos, and refuse those that cannot be shown."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from scheduled_reports.brands.brand import Picture
from scheduled_reports.svg_file import SvgError, svg_size
from scheduled_reports.whole_pictures import whole_pictures

MOST_BYTES = 1_000_000
LEAST_PIXELS, MOST_PIXELS = 16, 4_096
"""The height and width of a logo of pixels."""

MOST_SHAPE = 20
"""How many times wider than high a logo is at most, or higher than wide."""

_MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class LogoError(Exception):
    """A logo cannot be used.

    Attributes:
        message: What is wrong.
        hint: What to do.
        line: Line of an SVG file, from 1; 1 for other files.
        column: Column, from 1.
    """

    def __init__(self, message: str, hint: str, line: int = 1, column: int = 1) -> None:
        self.message, self.hint, self.line, self.column = message, hint, line, column
        super().__init__(f"{message}; {hint}")


def read_logo(path: Path) -> Picture:
    """Return the picture in a file.

    Raises:
        LogoError: It cannot be read or shown, is too large or too small, or would load something.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise LogoError(f"it cannot be read: {error.strerror}", "put the file there, readable") from error
    if size > MOST_BYTES:
        large = f"it is {size / 1e6:.1f} MB large, and a logo may have {MOST_BYTES / 1e6:g} MB"
        raise LogoError(large, "make it smaller")
    picture = _drawing(content) if path.suffix.lower() == ".svg" else _photo(content)
    if not 1 / MOST_SHAPE <= picture.width / picture.height <= MOST_SHAPE:
        shape = f"{picture.width:g} × {picture.height:g}"
        raise LogoError(f"it is {shape} large: no logo is so long", f"at most {MOST_SHAPE} times longer on one side")
    return picture


def _photo(content: bytes) -> Picture:
    """Return a picture made of pixels; all of it is decoded once, so that no broken one reaches a reader."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is far lower
            image = Image.open(io.BytesIO(content), formats=tuple(_MEDIA_TYPES))
        width, height = image.size
        if max(width, height) > MOST_PIXELS or min(width, height) < LEAST_PIXELS:
            allowed = f"{LEAST_PIXELS} to {MOST_PIXELS:,} pixels on each side"
            raise LogoError(f"it has {width:,} × {height:,} pixels", f"a logo may have {allowed}")
        with whole_pictures():
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        hint = "save it again as PNG, JPEG, WebP or SVG"
        raise LogoError(f"it is no picture that can be shown: {error or type(error).__name__}", hint) from error
    return Picture(_MEDIA_TYPES[str(image.format)], content, float(width), float(height))


def _drawing(content: bytes) -> Picture:
    try:
        width, height = svg_size(content)
    except SvgError as error:
        raise LogoError(error.message, error.hint, error.line, error.column) from error
    return Picture("image/svg+xml", content, width, height)
