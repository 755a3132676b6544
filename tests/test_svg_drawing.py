"""The words of a drawing are in its picture, whatever fonts this machine has."""

from io import BytesIO

import pytest
from PIL import Image

from scheduled_reports.brands.brand import Picture
from scheduled_reports.brands.raster import raster
from scheduled_reports.svg_drawing import drawn_svg, with_fallback_fonts
from scheduled_reports.workbook.pictures import shown_picture

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40"{0}><text x="5" y="30"{1}>Plan</text>{2}</svg>'
)


def has_marks(png: bytes) -> bool:
    return Image.open(BytesIO(png)).convert("RGBA").getchannel("A").getextrema()[1] > 0


@pytest.mark.parametrize(
    "parts",
    [
        ("", "", ""), (' font-family="No Such Font"', "", ""), ("", ' font-family="No Such Font"', ""),
        ("", " style=\"font-size:20px; font-family: 'No Such; Font'; fill: black\"", ""),
        ("", ' class="a"', "<style>.a { font-family: No Such Font } .b { fill: red }</style>"),
    ],
)  # fmt: skip
def test_words_in_a_font_that_is_missing_are_drawn_all_the_same(parts: tuple[str, str, str]) -> None:
    assert has_marks(drawn_svg(DRAWING.format(*parts).encode(), 1))


def test_mails_and_workbooks_show_the_words() -> None:
    content = DRAWING.format("", ' font-family="No Such Font"', "").encode()

    assert has_marks(raster(Picture("image/svg+xml", content, 100, 40), 80).content)
    assert has_marks(shown_picture(content, "image/svg+xml", 100)[0])


def test_what_refers_to_a_part_of_the_drawing_still_does() -> None:
    link = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    text = with_fallback_fonts(f'{link}<rect id="a" width="9" height="9"/><use xlink:href="#a"/></svg>'.encode())

    assert 'xlink:href="#a"' in text
    assert text.startswith("<svg xmlns=")
