"""A chart over a dataset."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sample_document import document, write
from scheduled_reports.document import Chart, ChartBlock


def values(folder: Path, kind: str) -> list[Any]:
    encoding = {"x": {"field": "at", "type": kind}}
    block = ChartBlock(type="chart", dataset="t", vega_lite={"mark": "point", "encoding": encoding})
    chart = document(folder, block).blocks[0]
    assert isinstance(chart, Chart)
    return [row["at"] for row in chart.vega_lite["data"]["values"]]


def test_a_day_drawn_along_time_is_its_midnight_in_every_zone(tmp_path: Path) -> None:
    write(tmp_path, "t", {"at": [dt.date(2026, 10, 1), None]})
    assert values(tmp_path, "temporal") == ["2026-10-01T00:00:00", None]


def test_a_day_drawn_as_a_category_keeps_its_short_name(tmp_path: Path) -> None:
    write(tmp_path, "t", {"at": [dt.date(2026, 10, 1)]})
    assert values(tmp_path, "ordinal") == ["2026-10-01"]


def test_an_instant_is_drawn_at_the_wall_time_of_the_schedule(tmp_path: Path) -> None:
    write(tmp_path, "t", {"at": [dt.datetime(2026, 10, 1, 6, 30, tzinfo=dt.UTC)]})
    assert values(tmp_path, "temporal") == ["2026-10-01T08:30:00"]
