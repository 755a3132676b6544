"""The brand that is built in."""

from __future__ import annotations

import pytest

from scheduled_reports.brands import HOUSE
from scheduled_reports.brands.color import contrast
from scheduled_reports.brands.font_files import check_font


@pytest.mark.parametrize("colors", [HOUSE.colors, HOUSE.dark], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "good", "bad", "neutral", "notice", "warning"])
def test_text_has_enough_contrast_on_its_paper(colors: dict[str, str], text: str) -> None:
    assert contrast(colors[text], colors["paper"]) >= 4.5


@pytest.mark.parametrize("colors", [HOUSE.colors, HOUSE.dark], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["accent", "good", "bad", "warning", "notice"])
def test_the_ink_and_a_tone_have_enough_contrast_on_the_tone_s_own_ground(colors: dict[str, str], tone: str) -> None:
    ground = "notice_paper" if tone == "notice" else f"{tone}_paper"

    assert contrast(colors["ink"], colors[ground]) >= 4.5
    assert contrast(colors[tone], colors[ground]) >= 4.5


@pytest.mark.parametrize("colors", [HOUSE.colors, HOUSE.dark], ids=["light", "dark"])
def test_text_can_be_read_on_the_accent_and_on_the_strongest_shade(colors: dict[str, str]) -> None:
    assert contrast(colors["on_accent"], colors["accent"]) >= 4.5
    assert contrast(colors["ink"], colors["shade"]) >= 4.5


def test_its_fonts_ship_and_are_of_its_family() -> None:
    for font in HOUSE.fonts:
        check_font(font.path, HOUSE.font)
    assert {(font.style, font.weight) for font in HOUSE.fonts} == {
        ("normal", 400), ("normal", 600), ("normal", 700), ("italic", 400)
    }  # fmt: skip
