"""Colours that cannot be read, or told apart, are named, with what would pass."""

from __future__ import annotations

import re

from scheduled_reports.brands import HOUSE
from scheduled_reports.brands.color import contrast
from scheduled_reports.brands.palette import on_paper
from scheduled_reports.brands.rules import contrast_findings, series_findings

OKABE_ITO = ("#0072b2", "#e69f00", "#56b4e9", "#cc79a7", "#009e73", "#d55e00")


def test_the_built_in_brand_passes() -> None:
    assert list(contrast_findings(HOUSE.colors, HOUSE.colors, "colors")) == []
    assert list(contrast_findings(HOUSE.dark, HOUSE.dark, "dark")) == []
    assert list(series_findings(HOUSE.series, HOUSE.colors["paper"])) == []


def test_a_colour_that_fails_is_told_once_with_a_shade_that_passes() -> None:
    given = {"accent": "#ffcc00"}

    ((loc, message, hint),) = contrast_findings(on_paper(given), given, "colors")

    assert loc == ("colors", "accent")
    assert message == "accent #ffcc00 on paper #ffffff has a contrast of 1.51:1, and it needs 4.5:1"
    (nearest,) = re.findall(r"#[0-9a-f]{6}", hint)
    assert contrast(nearest, "#ffffff") >= 4.5


def test_a_ground_on_which_a_made_colour_fails_is_told_itself() -> None:
    given = {"accent": "#0b5c7a", "warning_paper": "#c07000"}

    loc, message, hint = next(contrast_findings(on_paper(given), given, "colors"))

    assert loc == ("colors", "warning_paper")
    assert "on warning_paper #c07000" in message
    assert "nearest shade" in hint


def test_edges_need_less_than_text() -> None:
    given = {"accent": "#0b5c7a", "warning_edge": "#b07a00"}
    assert list(contrast_findings(on_paper(given), given, "colors")) == []

    pale = {**given, "warning_edge": "#e69f00"}
    ((loc, message, _),) = contrast_findings(on_paper(pale), pale, "colors")
    assert (loc, "it needs 3:1" in message) == (("colors", "warning_edge"), True)


def test_a_ratio_just_below_is_not_rounded_up() -> None:
    given = {"accent": "#777777"}

    ((_, message, _),) = contrast_findings(on_paper(given), given, "colors")

    assert "4.47:1" in message


def test_series_too_pale_for_lines_are_told_each() -> None:
    found = list(series_findings(OKABE_ITO, "#ffffff"))

    assert [loc for loc, message, _ in found if "needs 3:1" in message] == [("series", 1), ("series", 2)]
    assert "#e69f00 on the paper #ffffff has a contrast of 2.25:1" in found[0][1]


def test_two_colours_that_look_alike_name_whose_vision_it_is() -> None:
    series = ("#0b5c7a", "#c68618", "#0b6a3f", "#8c4a10", "#69747d", "#390199")

    found = [message for _, message, _ in series_findings(series, "#ffffff")]

    assert any("#0b6a3f and #8c4a10 look alike with" in message and "opia" in message for message in found)


def test_an_order_in_which_neighbours_differ_is_named_where_there_is_one() -> None:
    good = HOUSE.series
    wrong = (good[0], good[7], *good[1:7])  # two dark blues side by side

    found = list(series_findings(wrong, "#ffffff"))

    assert found
    order = tuple(re.findall(r"#[0-9a-f]{6}", found[0][2]))
    assert sorted(order) == sorted(good)
    assert list(series_findings(order, "#ffffff")) == []


def test_no_order_is_named_where_no_order_passes() -> None:
    dark = ("#101010", "#3f0d0d", "#0d3f1a", "#0d1a4f", "#3a2a00", "#36084f")

    found = list(series_findings(dark, "#ffffff"))

    assert found
    assert {hint for _, _, hint in found} == {"make one of them lighter or darker"}
