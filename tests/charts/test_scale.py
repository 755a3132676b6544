"""Round figures along an axis."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.charts.scale import scale
from scheduled_reports.language import ENGLISH, language_of


@pytest.mark.parametrize(
    ("figures", "pattern", "texts"),
    [
        ([0, 412], "#,##0", "0 100 200 300 400 500"),
        ([1, 2], "#,##0", "0 1 2"),
        ([0.01, 0.04], "0%", "0% 1% 2% 3% 4%"),
        ([3], None, "0 1 2 3"),
        ([0], None, "0 1"),
        ([-5, 5], "0.00 €", "-6 € -4 € -2 € 0 € 2 € 4 € 6 €"),
        ([0.5, 1.9], None, "0.0 0.5 1.0 1.5 2.0"),
        ([1_500_000], None, "0 500K 1M 1.5M"),
        ([4e20], None, "0 1E20 2E20 3E20 4E20"),
    ],
)
def test_figures_are_round_and_each_is_written_otherwise(figures: list[float], pattern: str | None, texts: str) -> None:
    found = scale(figures, pattern, ENGLISH, zero=True)
    assert " ".join(found.texts) == texts


def test_figures_below_a_million_keep_their_separators_where_a_language_does_not_shorten_them() -> None:
    assert scale([1_500_000], None, language_of("de"), zero=True).texts[1] == "500.000"


def test_an_axis_of_lines_begins_near_its_figures_where_they_are_far_from_zero() -> None:
    assert scale([1000, 1010], None, ENGLISH, zero=False).low == 1000
    assert scale([10, 1010], None, ENGLISH, zero=False).low == 0


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=20), st.booleans())
@settings(max_examples=200, deadline=None)
def test_every_figure_lies_on_its_axis(figures: list[float], zero: bool) -> None:
    found = scale(figures, None, ENGLISH, zero=zero)
    room = 1e-9 * max(abs(found.low), abs(found.high))
    assert found.low - room <= min(figures)
    assert max(figures) <= found.high + room
    assert 2 <= len(found.ticks) == len(found.texts) <= 30
