"""Charts: Vega-Lite drawn in a brand's look."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sample_document import document, write
from scheduled_reports.brands import HOUSE, Brand, brand_of
from scheduled_reports.charts.drawing import png, styled, svg
from scheduled_reports.charts.look import Look
from scheduled_reports.document import Chart, ChartBlock
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import language_of

BARS: dict[str, Any] = {
    "mark": "bar",
    "encoding": {"x": {"field": "day", "type": "ordinal"}, "y": {"field": "calls", "type": "quantitative"}},
}
ROWS = [{"day": "Mon", "calls": 3}, {"day": "Tue", "calls": 5}]


def chart(spec: dict[str, Any], rows: list[dict[str, Any]] = ROWS, title: str = "Calls") -> Chart:
    return Chart(title, "Calls per day", {**spec, "data": {"values": rows}}, 200)


def test_a_chart_is_as_wide_as_asked_and_its_plot_as_high_as_the_spec_says() -> None:
    found = re.search(r'width="(\d+)" height="(\d+)"', svg(chart(BARS), 680))
    assert found
    assert int(found[1]) == pytest.approx(680, abs=6)
    assert 200 < int(found[2]) < 280


def test_a_png_has_the_device_pixels_of_its_scale() -> None:
    data = png(chart(BARS), 300, scale=2)
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == pytest.approx(600, abs=12)


def test_series_have_colours_that_colour_blind_readers_can_tell_apart() -> None:
    picture = svg(chart({**BARS, "encoding": {**BARS["encoding"], "color": {"field": "day"}}}), 300)
    assert HOUSE.series[0] in picture
    assert HOUSE.series[1] in picture


def test_the_house_font_is_used() -> None:
    assert "Inter" in svg(chart(BARS), 300)


def test_what_the_author_wrote_wins() -> None:
    spec = styled(chart({**BARS, "width": 100, "config": {"axis": {"gridColor": "#123456"}, "font": "Arial"}}), 680)
    assert spec["width"] == 100
    assert spec["config"]["font"] == "Arial"
    assert spec["config"]["axis"]["gridColor"] == "#123456"
    assert spec["config"]["axis"]["labelFontSize"] == 11


def test_charts_of_several_views_keep_their_own_sizes() -> None:
    assert "width" not in styled(chart({"hconcat": [BARS, BARS]}), 680)
    assert svg(chart({"hconcat": [BARS, BARS]}), 680)


def test_an_expression_that_is_wrong_names_the_chart_and_quotes_vega() -> None:
    with pytest.raises(DocumentError) as caught:
        svg(chart({**BARS, "transform": [{"filter": "datum.calls >"}]}), 300)
    assert caught.value.what == "the chart 'Calls' cannot be drawn"
    assert caught.value.why == "`vega_lite.transform[1].filter` is 'datum.calls >': Error: Unexpected end of input"
    assert "vega_lite" in caught.value.fix


def test_a_mark_that_vega_does_not_know_is_an_error_when_drawn() -> None:
    with pytest.raises(DocumentError, match="cannot be drawn"):
        svg(chart({**BARS, "mark": "bra"}), 300)


def test_a_picture_with_data_but_no_mark_is_an_error() -> None:
    with pytest.raises(DocumentError, match="it has data but shows no mark"):
        svg(chart({**BARS, "transform": [{"filter": "datum.calls > 99"}]}), 300)


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": "line", "encoding": BARS["encoding"]},
        {"mark": {"type": "line", "point": True}, "encoding": BARS["encoding"]},
        {"mark": "area", "encoding": BARS["encoding"]},
        {"mark": "point", "encoding": BARS["encoding"]},
        {"mark": "arc", "encoding": {"theta": {"field": "calls"}, "color": {"field": "day"}}},
        {"mark": "text", "encoding": {**BARS["encoding"], "text": {"field": "calls"}}},
        {"mark": "rect", "encoding": {"x": {"field": "day"}, "color": {"field": "calls", "type": "quantitative"}}},
        {"mark": "rule", "encoding": {"y": {"field": "calls", "type": "quantitative"}}},
        {"layer": [BARS, {**BARS, "mark": "tick"}]},
        {"facet": {"column": {"field": "day"}}, "spec": BARS},
    ],
    ids=lambda spec: str(spec.get("mark", next(iter(spec)))),
)
def test_every_kind_of_mark_counts_as_drawn(spec: dict[str, Any]) -> None:
    assert svg(chart(spec), 300).startswith("<svg")


def test_a_chart_without_rows_says_so_in_the_language_of_the_report() -> None:
    assert "No data in this period" in svg(chart(BARS, []), 300)
    assert "Keine Daten" in svg(chart(BARS, []), 300, Look(language=language_of("de")))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.png", "file:///etc/passwd", "/etc/passwd"])
def test_pictures_from_elsewhere_are_refused(url: str) -> None:
    spec = {"mark": "image", "encoding": {"url": {"value": url}, **BARS["encoding"]}}
    with pytest.raises(DocumentError, match="charts load nothing"):
        png(chart(spec), 300)


def test_data_from_elsewhere_is_refused() -> None:
    lookup = {"lookup": "day", "from": {"data": {"url": "http://127.0.0.1:9/x.json"}, "key": "day", "fields": ["z"]}}
    with pytest.raises(DocumentError, match="not allowed"):
        svg(chart({**BARS, "transform": [lookup]}), 300)


NORTHWIND = Path(__file__).parents[2] / "include"


def brand(name: str) -> Brand:
    return brand_of(name, NORTHWIND)


def test_a_brand_gives_its_colours_and_its_font() -> None:
    alder = brand("alder")
    picture = svg(chart(BARS), 300, Look(alder))
    assert alder.colors["accent"] in picture
    assert HOUSE.colors["accent"] not in picture
    assert alder.font in picture


def test_numbers_and_months_of_any_specification_are_those_of_the_language() -> None:
    rows = [{"day": f"2026-{month:02}-01T00:00:00", "calls": 1250.5 * month} for month in (3, 5, 10)]
    encoding = {"x": {"field": "day", "type": "temporal", "axis": {"format": "%B"}},
                "y": {"field": "calls", "type": "quantitative", "axis": {"format": ",.1f"}}}  # fmt: skip
    picture = svg(chart({"mark": "line", "encoding": encoding}, rows), 600, Look(language=language_of("de")))
    assert ">März<" in picture
    assert ">10.000,0<" in picture


def test_the_picture_says_nothing_that_only_costs_time_to_read() -> None:
    picture = svg(chart(BARS), 300)
    assert "aria-" not in picture
    assert "<line" not in picture


def test_an_expression_that_is_wrong_deep_in_a_layer_is_found() -> None:
    layers = {"layer": [BARS, {**BARS, "mark": {"type": "text", "color": {"expr": "datum.calls +"}}}]}
    with pytest.raises(DocumentError, match=r"`vega_lite\.layer\[2\]\.mark\.color\.expr` is 'datum\.calls \+'"):
        svg(chart(layers), 300)


@pytest.mark.parametrize("width", [280, 660, 1000])
def test_a_short_form_is_drawn_for_the_width_that_there_is(tmp_path: Path, width: int) -> None:
    write(tmp_path, "t", {"team": [f"Team number {number}" for number in range(9)], "calls": list(range(9))})
    block = ChartBlock(type="chart", dataset="t", mark="bar", x="team", y=("calls",), x_title="", horizontal=False)
    bound = document(tmp_path, block).blocks[0]
    assert isinstance(bound, Chart)
    picture = svg(bound, width)
    found = re.search(r'width="(\d+)"', picture)
    assert found
    assert int(found[1]) == pytest.approx(width, abs=8)
    assert picture.count(">Team number 0<") == (width != 660)  # there it breaks into two lines


def test_long_names_on_an_axis_have_a_limit_and_short_ones_cost_no_time() -> None:
    assert styled(chart(BARS), 300)["config"]["axis"]["labelLimit"] == 0
    long = [{"day": "W" * 200, "calls": 3}, {"day": "Tue", "calls": 5}]
    assert "labelLimit" not in styled(chart(BARS, long), 300)["config"]["axis"]
    assert "…" in svg(chart(BARS, long), 300)


def test_what_was_drawn_once_is_not_drawn_again() -> None:
    first = svg(chart(BARS), 431)
    assert svg(chart(BARS), 431) is first
    assert svg(chart(BARS, [*ROWS, {"day": "Wed", "calls": 1}]), 431) != first
