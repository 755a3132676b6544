"""The small line beside a key figure."""

from __future__ import annotations

from scheduled_reports.interactive.sparkline import paths


def test_it_goes_from_edge_to_edge_and_up_is_up() -> None:
    assert paths([0.0, 1.0, 2.0]) == ["M0.0,26.0L50.0,14.0L100.0,2.0"]


def test_a_gap_parts_the_line_and_a_lonely_figure_is_a_dot() -> None:
    assert paths([1.0, None, 3.0, 2.0]) == ["M0.0,26.0h0.01", "M66.7,2.0L100.0,14.0"]


def test_figures_that_never_change_lie_in_the_middle() -> None:
    assert paths([5.0, 5.0]) == ["M0.0,14.0L100.0,14.0"]


def test_without_figures_there_is_no_line() -> None:
    assert paths([]) == paths([1.0]) == paths([None, None]) == []
