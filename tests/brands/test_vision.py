"""What colour-blind readers see."""

from __future__ import annotations

import pytest

from scheduled_reports.brands.color import color_of, light_of
from scheduled_reports.brands.vision import VISIONS, least_difference, seen


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("grey", ["#000000", "#7f7f7f", "#ffffff"])
def test_greys_look_the_same_to_everybody(vision: str, grey: str) -> None:
    assert color_of(seen(light_of(grey), vision)) == grey


@pytest.mark.parametrize(
    ("one", "other", "vision"),
    [
        ("#f6599c", "#3599a8", "protanopia"),
        ("#c95f6b", "#858c6c", "deuteranopia"),
        ("#1f8a8a", "#2f7fc2", "tritanopia"),
        ("#0b5c7a", "#0b5c8a", "tritanopia"),
    ],
)
def test_the_vision_that_sees_least_of_a_difference_is_named(one: str, other: str, vision: str) -> None:
    found, whose = least_difference(one, other)

    assert whose == vision
    assert found < 10


def test_black_and_white_are_far_apart_for_everybody() -> None:
    assert least_difference("#000000", "#ffffff")[0] == pytest.approx(100, abs=0.1)
