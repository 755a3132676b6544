"""Charts: Vega-Lite drawn in the house's style."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from scheduled_reports.document import Chart, ChartBlock
from scheduled_reports.document.drawing import png, styled, svg
from scheduled_reports.document.theme import SERIES
from scheduled_reports.errors import DocumentError

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
    data = png(chart(BARS), 300, 2)
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == pytest.approx(600, abs=12)


def test_series_have_colours_that_colour_blind_readers_can_tell_apart() -> None:
    picture = svg(chart({**BARS, "encoding": {**BARS["encoding"], "color": {"field": "day"}}}), 300)
    assert SERIES[0] in picture
    assert SERIES[1] in picture


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
    assert caught.value.why == "Error: Unexpected end of input"
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


def test_a_chart_without_data_is_an_empty_picture_and_no_error() -> None:
    assert svg(chart(BARS, []), 300)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.png", "file:///etc/passwd", "/etc/passwd"])
def test_pictures_from_elsewhere_are_refused(url: str) -> None:
    spec = {"mark": "image", "encoding": {"url": {"value": url}, **BARS["encoding"]}}
    with pytest.raises(DocumentError, match="charts load nothing"):
        png(chart(spec), 300)


def test_data_from_elsewhere_is_refused() -> None:
    lookup = {"lookup": "day", "from": {"data": {"url": "http://127.0.0.1:9/x.json"}, "key": "day", "fields": ["z"]}}
    with pytest.raises(DocumentError, match="not allowed"):
        svg(chart({**BARS, "transform": [lookup]}), 300)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**BARS, "mark": "bra"}, r"there is no Vega-Lite mark 'bra'; did you mean 'bar'\?"),
        ({"layer": [{**BARS, "mark": {"type": "lines"}}]}, r"Vega-Lite mark 'lines'; did you mean 'line'\?"),
        ({"mark": "bar", "encoding": {"colour": {"field": "a"}}}, r"channel 'colour'; did you mean 'color'\?"),
        ({"mark": "bar", "encoding": {"x": {"field": "a", "type": "quantitive"}}}, r"did you mean 'quantitative'\?"),
    ],
)
def test_misspelled_words_of_vega_are_found_when_the_spec_loads(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ChartBlock(type="chart", dataset="calls", vega_lite=spec)
