"""What a chart shows, in words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sample_document import document, write
from scheduled_reports.document import Chart, ChartBlock

DAYS = [dt.date(2026, 10, 1), dt.date(2026, 10, 2), dt.date(2026, 10, 3)]


def alt(folder: Path, columns: dict[str, list[Any]], **keys: Any) -> str:
    write(folder, "t", columns)
    chart = document(folder, ChartBlock.model_validate({"type": "chart", "dataset": "t", **keys})).blocks[0]
    assert isinstance(chart, Chart)
    return chart.alt


@pytest.mark.parametrize(
    ("columns", "keys", "words"),
    [
        ({"x": ["a", "b"], "y": [0.5, 0.25]}, {"mark": "bar", "y_format": "0%"},
         "Bar chart: Y by X; highest 50% at a, lowest 25% at b"),
        ({"x": DAYS, "y": [3, 9, 4]}, {"mark": "line"},
         "Line chart: Y by X; highest 9 at Oct 2, 2026, lowest 3 at Oct 1, 2026; from 3 to 4"),
        ({"x": ["a", "a", "b"], "y": [1, 2, 3], "team": ["N", "S", "N"]}, {"mark": "bar", "color": "team"},
         "Bar chart: Y by X; highest 3 at b (N), lowest 1 at a (N); series: N, S"),
        ({"x": ["a"], "y": [4]}, {"mark": "pie"}, "Pie chart: Y by X; 4 at a"),
        ({"x": ["a", "b"], "y": [4, 4]}, {"mark": "bar"}, "Bar chart: Y by X; 4 everywhere"),
        ({"x": ["a"], "y": [1], "z": [2]}, {"mark": "line", "y": ["y", "z"]},
         "Line chart: Y, Z by X; highest 2 at a (Z), lowest 1 at a (Y)"),
        ({"x": [1.5, 2.5], "y": [10, 20]}, {"mark": "scatter"},
         "Scatter chart: Y by X; 2 points, X from 1.50 to 2.50, Y from 10 to 20"),
        ({"x": [8, 9], "y": ["Mon", "Tue"], "calls": [1, 5]}, {"mark": "heatmap", "color": "calls"},
         "Heatmap: Calls by X and Y; highest 5 at 9 (Tue), lowest 1 at 8 (Mon)"),
    ],
)  # fmt: skip
def test_it_says_what_a_reader_would_see(
    tmp_path: Path, columns: dict[str, list[Any]], keys: dict[str, Any], words: str
) -> None:
    assert alt(tmp_path, columns, **{"x": "x", "y": "y", **keys}) == words
