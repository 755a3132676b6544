"""Pictures as Excel can show them."""

from __future__ import annotations

from io import BytesIO

from scheduled_reports.svg_drawing import drawn_svg

_SHOWN = ("image/png", "image/jpeg", "image/gif")


def shown_picture(content: bytes, media_type: str, width: float) -> tuple[bytes, float]:
    """Return a picture as PNG, JPEG or GIF, and how wide it is shown: never wider than it is, but for drawings.

    Args:
        content: The picture.
        media_type: What it is; SVG is drawn, and other kinds become PNG.
        width: How wide it may be, in CSS pixels.
    """
    from PIL import Image

    if media_type == "image/svg+xml":
        return drawn_svg(content, 2), width
    with Image.open(BytesIO(content)) as picture:
        shown = min(width, float(picture.width))
        if media_type in _SHOWN:
            return content, shown
        target = BytesIO()
        picture.save(target, "PNG")
        return target.getvalue(), shown
