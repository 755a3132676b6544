"""Pictures of a mail: light, crisp, and of kinds that every mail program shows."""

from __future__ import annotations

import base64
import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL import ImageChops

from sample_document import brief
from scheduled_reports.brands import HOUSE, brand_of
from scheduled_reports.brands.color import contrast
from scheduled_reports.charts.drawing import png
from scheduled_reports.charts.look import Look
from scheduled_reports.document import Chart, Image
from scheduled_reports.mail_body.pictures import drawn, shown_image, shown_logo, slimmed, sparkline

INCLUDE = Path(__file__).parents[2] / "include"


def opened(uri: str) -> Pillow.Image:
    return Pillow.open(BytesIO(base64.b64decode(uri.partition(",")[2])))


def content(image: Pillow.Image, kind: str = "PNG") -> bytes:
    target = BytesIO()
    image.save(target, kind)
    return target.getvalue()


def test_a_chart_loses_most_of_its_bytes_and_nothing_that_can_be_seen(tmp_path: Path) -> None:
    chart = next(block for block in brief(tmp_path).blocks if isinstance(block, Chart))
    whole = png(chart, 672, Look(), 2)
    shown = drawn(chart, 672, Look())
    slim = base64.b64decode(shown.uri.partition(",")[2])
    assert len(slim) < len(whole) / 3
    before, after = (Pillow.open(BytesIO(one)).convert("RGB") for one in (whole, slim))
    assert max(high for _, high in ImageChops.difference(before, after).getextrema()) <= 4
    assert shown.width == 672


def test_a_picture_of_very_many_colours_keeps_them() -> None:
    noise = Pillow.frombytes("RGB", (64, 64), random.Random(5).randbytes(64 * 64 * 3))
    assert ImageChops.difference(Pillow.open(BytesIO(slimmed(noise))).convert("RGB"), noise).getbbox() is None


@pytest.mark.parametrize("key", ["house", "northwind", "alder"])
def test_a_sparkline_can_be_seen_on_light_and_on_dark_paper(key: str) -> None:
    brand = HOUSE if key == "house" else brand_of(key, INCLUDE)
    image = opened(sparkline((1.0, 3.0, None, 2.0), Look(brand))).convert("RGBA")
    assert image.getpixel((0, 0))[3] == 0, "no plate around it"
    pixels = (image.getpixel((x, y)) for x in range(image.width) for y in range(image.height))
    red, green, blue, _ = max(pixels, key=lambda pixel: pixel[3])
    ink = f"#{red:02x}{green:02x}{blue:02x}"
    assert min(contrast(ink, paper) for paper in (brand.colors["paper"], brand.dark["paper"])) >= 2.95
    assert sparkline((None, None), Look(brand)) == ""


@pytest.mark.parametrize("key", ["northwind", "alder"])
def test_a_logo_is_a_picture_at_twice_its_size(key: str) -> None:
    shown = shown_logo(brand_of(key, INCLUDE))
    assert shown is not None
    assert shown.uri.startswith("data:image/png;base64,")
    assert opened(shown.uri).width <= 2 * shown.width
    assert shown_logo(HOUSE) is None


def test_a_photograph_stays_jpeg_and_is_made_small() -> None:
    photo = Pillow.effect_noise((3000, 2000), 60).convert("RGB")
    shown = shown_image(Image("", "A", "image/jpeg", content(photo, "JPEG"), 0.5, (3000, 2000)), 672)
    assert shown.uri.startswith("data:image/jpeg;base64,")
    assert (shown.width, opened(shown.uri).width) == (336, 672)


def test_a_drawing_and_a_webp_become_png() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><circle r="9" fill="#c00"/></svg>'
    shown = shown_image(Image("", "A", "image/svg+xml", svg, 1.0, (40, 20)), 300)
    assert opened(shown.uri).size == (600, 300)
    webp = content(Pillow.new("RGB", (30, 30), "#123456"), "WEBP")
    assert opened(shown_image(Image("", "A", "image/webp", webp, 1.0, (30, 30)), 300).uri).format == "PNG"
