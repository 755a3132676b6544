"""Logos for what shows neither SVG nor WebP: mail and spreadsheets."""

from __future__ import annotations

import io
from functools import lru_cache

from scheduled_reports.brands.brand import Picture
from scheduled_reports.svg_drawing import drawn_svg


@lru_cache(maxsize=100)
def raster(picture: Picture, height: int) -> Picture:
    """Return a picture that mail and spreadsheets can show, PNG or JPEG, with a transparent ground where it has one.

    Args:
        picture: A brand's logo; PNG and JPEG stay as they are.
        height: How high a drawing becomes, in pixels: twice what it is shown at looks sharp on every screen.
    """
    if picture.media_type in {"image/png", "image/jpeg"}:
        return picture
    content = (
        drawn_svg(picture.content, height / picture.height)
        if picture.media_type == "image/svg+xml"
        else _converted(picture)
    )
    from PIL import Image

    width, found = Image.open(io.BytesIO(content)).size
    return Picture("image/png", content, float(width), float(found))


def _converted(picture: Picture) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.open(io.BytesIO(picture.content)).save(target, "PNG", optimize=True)
    return target.getvalue()
