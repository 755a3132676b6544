"""How wide texts are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduled_reports.brands import HOUSE
from scheduled_reports.document.layout import ems
from scheduled_reports.pages.letters import letters


@pytest.mark.parametrize("text", ["1,234.56", "Hello World", "−12.5 %", "Łukasz", "iiii", "WWWW"])
def test_texts_are_as_wide_as_the_font_says_and_about_so_by_rule_of_thumb(text: str) -> None:
    assert letters(HOUSE)(text) == pytest.approx(ems(text), rel=0.2)


def test_all_figures_are_equally_wide() -> None:
    assert len({letters(HOUSE)(figure) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("text", ["王小明", "محمد"])
def test_what_the_font_lacks_is_taken_as_about_so_wide(text: str) -> None:
    assert letters(HOUSE)(text) == pytest.approx(ems(text), rel=0.05)


def test_a_brand_without_font_files_is_measured_by_rule_of_thumb() -> None:
    bare = replace(HOUSE, key="bare", fonts=())
    assert letters(bare)("Hello") == pytest.approx(ems("Hello"), rel=0.05)
