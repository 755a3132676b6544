"""Charts that differ in their figures alone share axes and legends, and look as if each were drawn by itself."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sample_document import document
from scheduled_reports.charts import drawing, framed
from scheduled_reports.document import Chart, ChartBlock

DAYS = [dt.date(2026, 10, 1) + dt.timedelta(days=number) for number in range(20)]
NAMES = [f"Branch {number}" for number in range(20)]
SHAPES: list[dict[str, Any]] = [
    {"mark": "bar", "x": "day"},
    {"mark": "bar", "x": "day", "stacked": True},
    {"mark": "bar", "x": "name", "labels": False},
    {"mark": "bar", "x": "name", "horizontal": True, "labels": False},
    {"mark": "line", "x": "day"},
    {"mark": "line", "x": "name"},
    {"mark": "area", "x": "day"},
    {"mark": "area", "x": "day", "stacked": True},
]


@pytest.fixture(autouse=True)
def _nothing_drawn_yet() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    drawing._drawn.cache_clear()
    framed._frames.clear()


def chart(folder: Path, figures: list[float | None], **keys: Any) -> Chart:
    count = len(figures)
    columns = {
        "day": [DAYS[number % 20] for number in range(count)],
        "name": [NAMES[number % 20] for number in range(count)],
        "team": [f"Team {number // 20}" for number in range(count)],
        "y": pa.array(figures, pa.float64()),
    }
    pq.write_table(pa.table(columns), folder / "t.parquet")
    many = {"color": "team"} if count > 20 else {}
    block = ChartBlock.model_validate({"type": "chart", "dataset": "t", "y": "y", **many, **keys})
    bound = document(folder, block).blocks[0]
    assert isinstance(bound, Chart)
    return bound


def drawn_alone(bound: Chart) -> str:
    _forget()
    return drawing.svg(bound, 660)


@pytest.mark.parametrize("series", [1, 3])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: " ".join(map(str, shape.values())))
def test_marks_in_the_frame_of_another_chart_are_drawn_as_by_themselves(
    tmp_path: Path, shape: dict[str, Any], series: int
) -> None:
    chance = random.Random(7)
    reach = [-300.0 if shape.get("horizontal") else 0.0, 1000.0]
    middle = [[*reach, *(chance.uniform(0, 1000) for _ in range(17)), 500.0] for _ in range(4 * series)]
    charts = [chart(tmp_path, [*chain.from_iterable(middle[place::4])], **shape) for place in range(4)]
    alone = [drawn_alone(bound) for bound in charts]
    _forget()
    assert [drawing.svg(bound, 660) for bound in charts] == alone
    assert len(framed._frames) < len(charts)


def test_dots_and_gaps_of_lines_are_within_their_frame(tmp_path: Path) -> None:
    charts = [
        chart(tmp_path, [high, None, 3.0, None, 5.0, 6.0, None, 8.0, high], mark="line", x="day")
        for high in (10.0, 9.0, 8.5)
    ]
    drawn = [drawing.svg(bound, 660) for bound in charts]
    assert len(framed._frames) == 1
    assert drawn == [drawn_alone(bound) for bound in charts]


def test_a_line_that_ends_earlier_has_axes_of_its_own(tmp_path: Path) -> None:
    whole: list[float | None] = [float(number % 7) for number in range(20)]
    charts = [chart(tmp_path, whole, mark="line", x="day"), chart(tmp_path, [*whole[:-1], None], mark="line", x="day")]
    assert [drawing.svg(bound, 660) for bound in charts] == [drawn_alone(bound) for bound in charts]


def test_figures_beside_the_bars_leave_no_frame_to_others(tmp_path: Path) -> None:
    drawing.svg(chart(tmp_path, [1.0, 2.0], mark="bar", x="name"), 660)
    assert not framed._frames


def test_only_so_many_frames_are_kept(tmp_path: Path) -> None:
    bound = chart(tmp_path, [float(number) for number in range(20)], mark="bar", x="day")
    for width in range(400, 400 + framed._MOST + 1):
        framed.keep_frame(str(width), "<svg xmlns='http://www.w3.org/2000/svg'/>")
    drawing.svg(bound, 660)
    assert len(framed._frames) <= framed._MOST
