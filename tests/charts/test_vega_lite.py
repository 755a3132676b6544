"""What is wrong with a Vega-Lite specification, and where."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from scheduled_reports.charts.vega_lite import faults
from scheduled_reports.document import ChartBlock
from scheduled_reports.spec.places import path_text

X, Y = {"field": "day", "type": "ordinal"}, {"field": "calls", "type": "quantitative"}
BARS: dict[str, Any] = {"mark": "bar", "encoding": {"x": X, "y": Y}}


@pytest.mark.parametrize(
    ("spec", "where", "message"),
    [
        ({**BARS, "mark": "bra"}, "mark", "there is no Vega-Lite mark 'bra'; did you mean 'bar'?"),
        ({"layer": [BARS, {**BARS, "mark": {"type": "lines"}}]}, "layer[2].mark.type", "did you mean 'line'?"),
        ({"mark": {"color": "red"}}, "mark", "the mark has no 'type'"),
        ({"mark": "bar", "encoding": {"colour": X}}, "encoding.colour", "did you mean 'color'?"),
        ({"mark": "bar", "encoding": {"x": {**X, "type": "ordnal"}}}, "encoding.x.type", "did you mean 'ordinal'?"),
        ({"mark": "bar", "encoding": {"x": {"feild": "a"}}}, "encoding.x.feild", "did you mean 'field'?"),
        ({"mark": "bar", "encoding": {"x": "day"}}, "encoding.x", "write {field: day}"),
        ({"mark": "bar", "encoding": {"y": {**Y, "aggregate": "summ"}}}, "encoding.y.aggregate", "'sum'"),
        ({"mark": "bar", "encoding": {"x": {**X, "timeUnit": "yearmonths"}}}, "encoding.x.timeUnit", "'yearmonth'"),
        ({"mark": "bar", "encoding": {"y": {**Y, "scale": {"type": "logg"}}}}, "encoding.y.scale.type", "'log'"),
        ({"mark": "bar", "encoding": {"y": {"field": 5}}}, "encoding.y.field", "5 is not the name of a column"),
        ({"mark": "bar", "encoding": [X]}, "encoding", "an encoding is a mapping"),
        ({**BARS, "transfrom": []}, "transfrom", "did you mean 'transform'?"),
        ({**BARS, "transform": {"filter": "true"}}, "transform", "'transform' is a list"),
        ({**BARS, "transform": [{"filer": "true"}]}, "transform[1]", "did you mean 'filter'?"),
        ({**BARS, "transform": [{"aggregate": [{"op": "meen"}]}]}, "transform[1].aggregate[1].op", "'mean'"),
        ({"layer": BARS}, "layer", "'layer' is a list of views"),
        ({"layer": ["bar"]}, "layer[1]", "a view is a mapping"),
        ({"hconcat": [{**BARS, "data": {"url": "http://x"}}]}, "hconcat[1].data.url", "charts load nothing"),
        ({"encoding": {}}, "", "draws nothing"),
        ({**BARS, "data": {}}, "data", "the chart's 'dataset' gives the data"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(spec: dict[str, Any], where: str, message: str) -> None:
    found = {path_text(loc): text for loc, text in faults(spec)}
    assert list(found) == [where]
    assert message in found[where]


@pytest.mark.parametrize(
    "spec",
    [
        BARS,
        {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **BARS, "title": "T", "config": {"axis": {}}},
        {"facet": {"column": X}, "spec": BARS},
        {"mark": "bar", "encoding": {"x": {**X, "timeUnit": "utcyearmonthdatehours"}, "y": {"aggregate": "count"}}},
        {"mark": "bar", "encoding": {"x": {**X, "timeUnit": {"unit": "yearmonth", "step": 3}}}},
        {"mark": "bar", "encoding": {"y": {"field": "a", "aggregate": {"argmax": "b"}}, "tooltip": [X, Y]}},
        {"mark": "rule", "encoding": {"y": {"datum": 5}, "color": {"value": "red"}, "x": None}},
        {"mark": "bar", "encoding": {"color": {"condition": {"test": "datum.a", "value": "red"}, "value": "blue"}}},
        {"repeat": {"layer": ["a", "b"]}, "spec": {"mark": "line", "encoding": {"y": {"field": {"repeat": "layer"}}}}},
        {**BARS, "transform": [{"window": [{"op": "rank", "as": "r"}]}, {"filter": {"field": "r", "lt": 5}}]},
    ],
)
def test_what_vega_lite_knows_is_let_through(spec: dict[str, Any]) -> None:
    assert list(faults(spec)) == []


def test_all_mistakes_are_told_at_once_each_with_its_place_in_the_block() -> None:
    spec = {"mark": "bra", "encoding": {"x": {"feild": "day"}}}
    with pytest.raises(ValidationError) as caught:
        ChartBlock(type="chart", dataset="calls", vega_lite=spec)
    assert [error["loc"] for error in caught.value.errors()] == [("vega_lite", "mark"),
                                                                 ("vega_lite", "encoding", "x", "feild")]  # fmt: skip
