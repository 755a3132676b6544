"""Shades keep their hue and can be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.brands.color import contrast
from scheduled_reports.brands.shades import ground_for, lch_of, legible, shade, tinted

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize("color", ["#000000", "#0b5c7a", "#e69f00", "#7a00ff", "#ffffff"])
def test_a_colour_is_a_shade_of_itself(color: str) -> None:
    assert shade(*lch_of(color)) == color


@given(COLORS)
@settings(deadline=None)
def test_every_colour_has_a_shade_that_can_be_read_on_white(color: str) -> None:
    found = legible(color, ["#ffffff"], 4.5)

    assert found is not None
    assert contrast(found, "#ffffff") >= 4.5
    assert (found == color) == (contrast(color, "#ffffff") >= 4.5)


def test_the_nearest_shade_is_not_darker_than_it_must_be_and_keeps_its_hue() -> None:
    found = legible("#ffcc00", ["#ffffff"], 4.5)

    assert found is not None
    assert 4.5 <= contrast(found, "#ffffff") < 4.7
    assert lch_of(found)[2] == pytest.approx(lch_of("#ffcc00")[2], abs=4)


def test_no_shade_is_legible_on_black_and_on_white_grounds_at_once() -> None:
    assert legible("#777777", ["#ffffff", "#000000"], 7) is None


@given(COLORS, COLORS)
@settings(deadline=None)
def test_a_ground_leaves_its_texts_their_contrast_wherever_the_paper_does(ground: str, text: str) -> None:
    found = ground_for(ground, [text], 4.5, "#ffffff")

    assert contrast(text, found) >= 4.5 or found == "#ffffff"


def test_a_tint_has_no_more_chroma_than_it_may() -> None:
    assert lch_of(tinted("#ff0000", 0.9, 0.03))[1] == pytest.approx(0.03, abs=0.005)
    assert lch_of(tinted("#808080", 0.9, 0.03))[1] < 0.005
