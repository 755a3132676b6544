"""Colours, texts in style sheets, and what is shared."""

from __future__ import annotations

import pytest

from scheduled_reports.brands import HOUSE
from scheduled_reports.language import ENGLISH, language_of
from scheduled_reports.pages.paper import Paper
from scheduled_reports.pages.style import css_text, mixed, style


def test_a_colour_is_mixed_of_two() -> None:
    assert mixed("#ffffff", "#000000", 0) == "#ffffff"
    assert mixed("#ffffff", "#000000", 1) == "#000000"
    assert mixed("#ff0000", "#0000ff", 0.5) == "#800080"


@pytest.mark.parametrize("text", ['say "x"', "a\\b", "line\nline", "Seite 1 von 2", "</style>"])
def test_a_text_survives_a_style_sheet(text: str) -> None:
    import tinycss2

    (token,) = tinycss2.parse_component_value_list(css_text(text))
    assert token.value == text


def test_a_style_sheet_is_made_once_for_each_look() -> None:
    paper = Paper("A4")
    assert style(HOUSE, paper, ENGLISH) is style(HOUSE, Paper("A4"), ENGLISH)
    assert style(HOUSE, paper, ENGLISH) is not style(HOUSE, paper, language_of("de"))
    assert style(HOUSE, paper, ENGLISH) is not style(HOUSE, Paper("A4", "landscape"), ENGLISH)
