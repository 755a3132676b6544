"""Pictures of a mail: PNG or JPEG in `data:` URIs, which the channel makes parts of the message."""

from __future__ import annotations

import functools
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scheduled_reports.brands import Brand, Picture
from scheduled_reports.brands.raster import raster
from scheduled_reports.brands.shades import legible
from scheduled_reports.charts.drawing import picture, png
from scheduled_reports.charts.look import Look
from scheduled_reports.charts.sparkline import HEIGHT, WIDTH, sparkline_svg
from scheduled_reports.document import Chart, Image

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

LOGO_HEIGHT = 36
"""In CSS pixels."""

NARROW = 340
"""For what width a chart is drawn a second time, so that its letters can be read on a phone; in CSS pixels."""

_SCALE = 2
_GRAPHIC = 3.0
"""Least contrast of what carries meaning without being text (WCAG 2.2, 1.4.11)."""

_UNSEEN = 4
"""How far a channel (0 to 255) of a pixel may be from its own before a picture keeps all its colours."""

_LEVEL = 7
"""Of zlib: within 4 % of what level 9 makes of a chart, of one in all its colours even less, in a fifth of its time."""


@dataclass(frozen=True)
class Shown:
    """A picture as it stands in a mail.

    Attributes:
        uri: The picture itself.
        width: In CSS pixels.
    """

    uri: str
    width: int


def drawn(chart: Chart, width: int, look: Look) -> Shown:
    """Return a chart as PNG; no mail program of note shows SVG.

    Raises:
        DocumentError: It cannot be drawn.
    """
    return _drawn(png(chart, width, look, _SCALE), width)


@functools.lru_cache(maxsize=32)
def _drawn(content: bytes, most: int) -> Shown:
    from PIL import Image as Reader

    with Reader.open(BytesIO(content)) as opened:
        width = round(opened.width / _SCALE)
        return Shown(_uri("image/png", slimmed(opened)), min(width, most))


def sparkline(trend: Sequence[float | None], look: Look) -> str:
    """Return a key figure's course as a URI, in a colour that light and dark paper show; empty without figures."""
    return _sparkline(tuple(trend), look)


@functools.lru_cache(maxsize=64)
def _sparkline(trend: tuple[float | None, ...], look: Look) -> str:
    from PIL import Image as Reader

    brand = look.brand
    papers = brand.colors["paper"], brand.dark["paper"]
    color = legible(brand.colors["accent"], papers, _GRAPHIC) or brand.colors["accent"]
    found = sparkline_svg(trend, look, WIDTH, HEIGHT, color)
    if not found:
        return ""
    with Reader.open(BytesIO(picture(found, look, _SCALE))) as opened:
        return _uri("image/png", slimmed(opened))


def shown_image(image: Image, width: float) -> Shown:
    """Return an image block's picture, `width` CSS pixels being all the room."""
    room = max(round(width * image.width), 1)
    own = Picture(image.media_type, image.content, *map(float, image.pixels))
    return Shown(_slim_uri(own, _SCALE * room), room)


def shown_logo(brand: Brand) -> Shown | None:
    """Return the brand's logo as mail programs show it."""
    logo = brand.logo
    if logo is None:
        return None
    width = max(round(logo.width * LOGO_HEIGHT / logo.height), 1)
    return Shown(_slim_uri(logo, _SCALE * width), width)


@functools.lru_cache(maxsize=32)
def _slim_uri(own: Picture, width: int) -> str:
    """Return a picture at most `width` device pixels wide; a photograph stays JPEG."""
    from PIL import Image as Reader

    made = raster(own, max(round(width * own.height / own.width), 1))
    with Reader.open(BytesIO(made.content)) as opened:
        is_small = opened.width <= width
        opened.thumbnail((width, 4 * width))
        if made.media_type != "image/jpeg":
            return _uri("image/png", slimmed(opened))
        if is_small:
            return _uri("image/jpeg", made.content)
        target = BytesIO()
        opened.convert("RGB").save(target, "JPEG", quality=85, optimize=True)
        return _uri("image/jpeg", target.getvalue())


def slimmed(pixels: Pixels) -> bytes:
    """Return a picture as PNG, in 256 colours where nobody sees the difference: a fifth of the bytes of a chart."""
    from PIL.Image import Dither, Quantize

    target, colors = BytesIO(), pixels.convert("RGBA")
    if colors.getchannel("A").getextrema() != (255, 255):
        colors.save(target, "PNG", compress_level=_LEVEL)
        return target.getvalue()
    opaque = colors.convert("RGB")
    way = Quantize.MEDIANCUT if opaque.getcolors(256) else Quantize.MAXCOVERAGE  # exact for so few, and the closer one
    few = opaque.quantize(256, way, dither=Dither.NONE)
    kept = few if _is_close(few.convert("RGB"), opaque) else opaque
    kept.save(target, "PNG", compress_level=_LEVEL)
    return target.getvalue()


def _is_close(one: Pixels, other: Pixels) -> bool:
    from PIL import ImageChops

    ends: Any = ImageChops.difference(one, other).getextrema()  # of each channel
    return all(most <= _UNSEEN for _, most in ends)


def _uri(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"
