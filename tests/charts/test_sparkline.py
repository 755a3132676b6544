"""A key figure's course."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from scheduled_reports.brands import HOUSE
from scheduled_reports.charts.look import Look
from scheduled_reports.charts.sparkline import HEIGHT, WIDTH, sparkline_svg


def dots(values: list[float | None]) -> list[tuple[float, float]]:
    root = ElementTree.fromstring(sparkline_svg(values, Look()))
    return [(float(node.get("cx", "")), float(node.get("cy", ""))) for node in root.iter() if "circle" in node.tag]


def test_a_line_ends_in_a_dot_and_stays_within_its_picture() -> None:
    drawn = sparkline_svg([1, 5, 2, 4], Look())
    numbers = [tuple(map(float, pair)) for pair in re.findall(r"(\d+\.\d),(\d+\.\d)", drawn)]
    assert len(numbers) == 4
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in numbers)
    assert dots([1, 5, 2, 4]) == [numbers[-1]]
    assert HOUSE.colors["accent"] in drawn


def test_what_is_missing_leaves_a_gap() -> None:
    assert sparkline_svg([1, 2, None, 3, 4], Look()).count("M") == 2
    assert len(dots([1, 2, None, 3, None, 4])) == 3  # 3 and 4 alone, and the last once more


@pytest.mark.parametrize("values", [[7], [7, 7, 7]])
def test_equal_values_lie_in_the_middle(values: list[float | None]) -> None:
    assert dots(values)[-1][1] == HEIGHT / 2


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_is_drawn_of_nothing(values: list[float | None]) -> None:
    assert sparkline_svg(values, Look()) == ""
