"""Whatever a brand gives, the colours made of it can be read, and its series told apart."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.brands import HOUSE
from scheduled_reports.brands.color import contrast
from scheduled_reports.brands.palette import in_the_dark, on_paper, series_of
from scheduled_reports.brands.rules import contrast_findings, series_findings
from scheduled_reports.brands.shades import legible

ACCENTS = st.integers(0, 0xFFFFFF).map(lambda number: legible(f"#{number:06x}", ["#ffffff"], 4.5) or "#000000")


@given(ACCENTS)
@settings(deadline=None)
def test_every_colour_made_of_an_accent_can_be_read(accent: str) -> None:
    light = on_paper({"accent": accent})
    dark = in_the_dark(light, {})

    assert list(contrast_findings(light, light, "colors")) == []
    assert list(contrast_findings(dark, dark, "dark")) == []
    assert contrast(light["on_accent"], light["accent"]) >= 4.5
    assert contrast(dark["on_accent"], dark["accent"]) >= 4.5


@given(ACCENTS)
@settings(max_examples=60, deadline=None)
def test_a_series_made_of_an_accent_begins_with_it_and_can_be_told_apart(accent: str) -> None:
    series = series_of(accent, "#ffffff")

    assert series[0] == accent
    assert 6 <= len(series) <= 8
    assert list(series_findings(series, "#ffffff")) == []


def test_colours_of_the_author_stay_as_they_are() -> None:
    given_colors = {"accent": "#0b5c7a", "ink": "#101010", "good_paper": "#f4fff4", "paper": "#fffdf8"}

    colors = on_paper(given_colors)

    assert given_colors.items() <= colors.items()
    assert list(contrast_findings(colors, colors, "colors")) == []
    assert list(series_findings(series_of("#0b5c7a", "#fffdf8"), "#fffdf8")) == []


def test_every_brand_has_the_same_names_of_colours() -> None:
    light = on_paper({"accent": "#0b5c7a"})

    assert light.keys() == in_the_dark(light, {}).keys() == HOUSE.colors.keys() == HOUSE.dark.keys()


def test_text_on_the_accent_is_light_on_a_dark_one_and_dark_on_a_light_one() -> None:
    light = on_paper({"accent": "#1d3f8f"})
    dark = in_the_dark(light, {})

    assert light["on_accent"] == light["paper"]
    assert dark["on_accent"] == dark["paper"]
