"""Logos for mail and spreadsheets."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from brand_files import pixels
from scheduled_reports.brands import Picture, brand_of
from scheduled_reports.brands.raster import raster
from session import ROOT


def test_a_drawing_becomes_pixels_as_high_as_asked_on_a_transparent_ground() -> None:
    logo = brand_of("northwind", ROOT / "include").logo
    assert logo is not None

    found = raster(logo, 96)

    image = Image.open(io.BytesIO(found.content)).convert("RGBA")
    assert (found.media_type, found.height, image.height) == ("image/png", 96, 96)
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)
    assert image.getpixel((9, 48))[:3] == (0x1D, 0x3F, 0x8F)  # the disc


def test_webp_becomes_png_and_png_stays_as_it_is(tmp_path: Path) -> None:
    png = Picture("image/png", pixels(60, 20), 60, 20)

    assert raster(png, 96) is png
    found = raster(Picture("image/webp", pixels(60, 20, "WEBP"), 60, 20), 96)
    assert (found.media_type, found.width, found.height) == ("image/png", 60, 20)
