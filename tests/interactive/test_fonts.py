"""The fonts that a page carries."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO

from fontTools.ttLib import TTFont

from scheduled_reports.brands import HOUSE
from scheduled_reports.interactive.fonts import css_string, font_faces, font_stack


def fonts_in(css: str) -> list[TTFont]:
    return [TTFont(BytesIO(b64decode(data))) for data in re.findall(r"base64,([^)]+)\)", css)]


def test_they_hold_the_letters_of_the_text_and_little_else() -> None:
    plain, greek = fonts_in(font_faces(HOUSE, "abc"))[0], fonts_in(font_faces(HOUSE, "Ελένη"))[0]
    assert plain.flavor == "woff"
    assert ord("ß") in plain.getBestCmap(), "readers may write it into the filter"
    assert ord("Ε") not in plain.getBestCmap()
    assert ord("Ε") in greek.getBestCmap()


def test_figures_of_one_width_are_in_them() -> None:
    font = fonts_in(font_faces(HOUSE, "1"))[0]
    assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


def test_an_italic_comes_with_emphasis_alone() -> None:
    assert "italic" not in font_faces(HOUSE, "a")
    assert "italic" in font_faces(HOUSE, "<em>a</em>")


def test_a_name_cannot_end_the_style_sheet() -> None:
    assert css_string('A"</style>') == '"A\\22 \\3c \\2f style\\3e "'
    assert font_stack(("-apple-system", "Segoe UI", "Arial")) == '-apple-system, "Segoe UI", Arial'
