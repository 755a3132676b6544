"""A chart over a dataset."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import specs
from sample_document import document, write
from scheduled_reports.charts.drawing import svg
from scheduled_reports.document import Chart, ChartBlock
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.tables import Tables

BAR = {"mark": "bar", "encoding": {"x": {"field": "hour"}, "y": {"field": "calls", "type": "quantitative"}}}


def bound(folder: Path, vega_lite: dict[str, Any], **block: Any) -> Chart:
    chart = document(folder, ChartBlock(type="chart", dataset="t", vega_lite=vega_lite, **block)).blocks[0]
    assert isinstance(chart, Chart)
    return chart


def values(folder: Path, kind: str) -> list[Any]:
    encoding = {"x": {"field": "at", "type": kind}}
    chart = bound(folder, {"mark": "point", "encoding": encoding})
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


def test_a_chart_is_its_specification_with_the_rows_of_its_dataset(tmp_path: Path) -> None:
    write(tmp_path, "t", {"hour": [8, 9], "calls": [5, None]})

    chart = bound(tmp_path, BAR, title="Calls of {{ period.start | date('%Y') }}", height=100)

    assert chart.vega_lite == {**BAR, "data": {"values": [{"hour": 8, "calls": 5}, {"hour": 9, "calls": None}]}}
    assert (chart.title, chart.alt, chart.height, chart.points) == ("Calls of 2026", "Calls of 2026", 100, 2)
    assert bound(tmp_path, BAR, title="Calls", alt="Up until {{ period.last_day }}").alt == "Up until 2026-10-01"


def test_every_kind_of_value_can_be_drawn(tmp_path: Path) -> None:
    write(tmp_path, "t", {
        "hour": [1], "calls": [Decimal("1.5")], "nan": [float("nan")], "inf": [float("inf")], "ok": [True],
        "text": ["ä"], "time": [dt.time(8, 30)], "bytes": [b"x"], "list": [[1, 2]], "big": [Decimal("1" * 30)],
    })  # fmt: skip

    [row] = bound(tmp_path, BAR).vega_lite["data"]["values"]

    assert row == {
        "hour": 1, "calls": 1.5, "nan": None, "inf": None, "ok": True, "text": "ä", "time": "08:30:00",
        "bytes": "b'x'", "list": "[1, 2]", "big": float("1" * 30),
    }  # fmt: skip
    assert json.loads(json.dumps(row, allow_nan=False)) == row


def test_a_dataset_without_rows_makes_an_empty_chart(tmp_path: Path) -> None:
    write(tmp_path, "t", {"hour": [], "calls": []})

    assert bound(tmp_path, BAR).points == 0


@pytest.mark.parametrize(
    "view",
    [
        {"mark": "bar", "encoding": {"x": {"field": "huor"}}},
        {"layer": [BAR, {"mark": "rule", "encoding": {"y": {"field": "huor"}}}]},
        {**BAR, "transform": [{"aggregate": [{"op": "sum", "field": "huor", "as": "total"}]}]},
    ],
)
def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path, view: dict[str, Any]) -> None:
    write(tmp_path, "t", {"hour": [8], "calls": [5]})

    place = r"chart over 't', `vega_lite\.[^`]+field`"
    with pytest.raises(DocumentError, match=place + r": there is no column 'huor': did you mean 'hour'\?"):
        bound(tmp_path, view)


def test_a_column_that_the_chart_makes_itself_need_not_be_there(tmp_path: Path) -> None:
    write(tmp_path, "t", {"hour": [8], "calls": [5]})
    made = {
        "transform": [{"calculate": "datum.calls * 2", "as": "double"}, {"fold": ["calls"], "as": ["key", "value"]}]
    }

    chart = bound(tmp_path, {**made, "mark": "bar", "encoding": {"x": {"field": "double"}, "y": {"field": "value"}}})

    assert chart.points == 1


def test_more_points_than_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "t", {"hour": [8] * 20_000, "calls": [5] * 20_000})
    assert bound(tmp_path, BAR).points == 20_000

    write(tmp_path, "t", {"hour": [8] * 20_001, "calls": [5] * 20_001})
    with pytest.raises(DocumentError, match="too many points: 20,001 rows, at most 20,000 can be drawn") as caught:
        bound(tmp_path, BAR)
    assert "aggregate" in caught.value.fix


@pytest.mark.parametrize(
    ("keys", "where", "message"),
    [
        ({}, (), "a chart needs 'mark' with 'x' and 'y', or 'vega_lite'"),
        ({"mark": "bar", "x": "a"}, ("y",), "a bar chart needs 'y'"),
        ({"mark": "bar", "x": "a", "y": "b", "vega_lite": BAR}, ("mark",), "'mark' has no place beside 'vega_lite'"),
        ({"x": "a", "y": "b"}, (), "a chart needs 'mark'"),
        ({"mark": "line", "x": "a", "y": "b", "slices": 3}, ("slices",), "a line chart has no 'slices'"),
        ({"mark": "heatmap", "x": "a", "y": "b"}, ("color",), "a heatmap needs 'color'"),
        ({"mark": "pie", "x": "a", "y": ["b", "c"]}, ("y",), "a pie chart has one 'y'"),
        ({"mark": "bar", "x": "a", "y": ["b", "c"], "color": "d"}, ("color",), "are series already"),
        ({"mark": "bar", "x": "a", "y": ["b", "b"]}, ("y",), "a column stands twice"),
    ],
)
def test_keys_that_do_not_go_together_are_told_at_the_key(
    keys: dict[str, Any], where: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        ChartBlock.model_validate({"type": "chart", "dataset": "t", **keys})
    first = caught.value.errors()[0]
    assert first["loc"] == where
    assert message in first["msg"]


def test_a_short_form_shows_only_the_columns_that_it_names() -> None:
    short = ChartBlock.model_validate({"type": "chart", "dataset": "t", "mark": "bar", "x": "a", "y": ["b", "c"]})
    assert [shown.columns for shown in short.shows()] == [("a", "b", "c")]
    whole = ChartBlock(type="chart", dataset="t", vega_lite=BAR)
    assert [shown.columns for shown in whole.shows()] == [None]


def test_a_short_form_without_a_figure_is_empty(tmp_path: Path) -> None:
    block = ChartBlock.model_validate({"type": "chart", "dataset": "t", "mark": "bar", "x": "a", "y": "b"})
    for figures, empty in (([None, float("nan")], True), ([None, 0.0], False)):
        write(tmp_path, "t", {"a": ["x", "y"], "b": figures})
        assert block.is_empty(Tables(tmp_path)) is empty


def short(folder: Path, language: Language = ENGLISH, **keys: Any) -> Chart:
    block = ChartBlock.model_validate({"type": "chart", "dataset": "t", **keys})
    chart = document(folder, block, language=language).blocks[0]
    assert isinstance(chart, Chart)
    return chart


def test_a_chart_without_alternative_text_gets_one_from_its_data(tmp_path: Path) -> None:
    write(tmp_path, "t", {"hour": [8, 11, 19], "calls": [120, 412, 98]})
    bars = short(tmp_path, mark="bar", x="hour", y="calls")
    assert bars.alt == "Bar chart: Calls by Hour; highest 412 at 11, lowest 98 at 19"
    assert short(tmp_path, mark="bar", x="hour", y="calls", alt="By hour").alt == "By hour"


def test_lying_bars_and_heatmaps_are_as_high_as_they_need_unless_their_author_says(tmp_path: Path) -> None:
    names = [f"A rather long name of number {number}" for number in range(20)]
    write(tmp_path, "t", {"name": names, "calls": list(range(20))})
    assert short(tmp_path, mark="bar", x="name", y="calls").height > 300
    assert short(tmp_path, mark="bar", x="name", y="calls", height=200).height == 200
    assert short(tmp_path, mark="bar", x="name", y="calls", horizontal=False).height == 220


def test_a_mistake_in_vega_lite_is_told_with_its_place_in_the_spec(tmp_path: Path) -> None:
    block = """
        - type: chart
          dataset: totals
          vega_lite:
            mark: bar
            encoding:
              x: {field: orders, type: quantitive}
    """
    report = load(specs.write(tmp_path, specs.with_block(block)), tmp_path / "include")
    assert isinstance(report, BrokenReport)
    [problem] = report.problems
    line = next(at for at, text in enumerate(report.path.read_text().splitlines(), 1) if "quantitive" in text)
    assert problem.line == line
    assert problem.message == "content[3].vega_lite.encoding.x.type: there is no Vega-Lite type 'quantitive'"
    assert problem.hint.startswith("did you mean 'quantitative'?")


NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty"]


@pytest.mark.parametrize("mark", ["bar", "line", "area", "scatter"])
def test_names_that_every_object_of_javascript_knows_are_drawn_as_others(tmp_path: Path, mark: str) -> None:
    write(tmp_path, "t", {"hour": NAMES, "calls": [1, 2, 3, 4]})
    fields = {"x": "calls" if mark == "scatter" else "hour", "y": "calls", "color": "hour"}
    short = document(tmp_path, ChartBlock.model_validate({"type": "chart", "dataset": "t", "mark": mark, **fields}))

    for chart in (short.blocks[0], bound(tmp_path, BAR)):
        assert isinstance(chart, Chart)
        assert all(name in svg(chart, 500) for name in NAMES)
