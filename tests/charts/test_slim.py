"""Pictures with less words stay the same pictures."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import vl_convert
from PIL import Image, ImageChops

from scheduled_reports.charts.look import Look, config
from scheduled_reports.charts.slim import slim

ROWS = [{"x": number % 6, "y": number * 7 % 11 - 3, "s": "abc"[number % 3]} for number in range(36)]
ENCODING = {
    "x": {"field": "x", "type": "ordinal"},
    "y": {"field": "y", "type": "quantitative"},
    "color": {"field": "s"},
}


def vega(spec: dict[str, Any]) -> str:
    whole = {"data": {"values": ROWS}, "width": 300, "config": config(Look()), "background": "#ffffff", **spec}
    return str(vl_convert.vegalite_to_svg(whole))


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": "bar", "encoding": ENCODING},
        {"mark": {"type": "bar", "opacity": 0.5, "stroke": "red"}, "encoding": ENCODING},
        {"mark": {"type": "line", "point": True, "strokeDash": [4, 2]}, "encoding": ENCODING},
        {"mark": "area", "encoding": ENCODING},
        {"mark": "point", "encoding": {**ENCODING, "shape": {"field": "s"}}},
        {"mark": {"type": "rule", "strokeDash": [2, 2]}, "encoding": ENCODING},
        {"mark": "arc", "encoding": {"theta": {"field": "x", "type": "quantitative"}, "color": {"field": "s"}}},
        {"mark": {"type": "text", "angle": 30, "text": "a < b & c"}, "encoding": ENCODING},
        {"mark": "rect", "encoding": {**ENCODING, "color": {"field": "y", "type": "quantitative"}}},
        {"mark": {"type": "bar", "clip": True, "color": {"gradient": "linear", "stops": [
            {"offset": 0, "color": "white"}, {"offset": 1, "color": "red"}]}}, "encoding": {"x": ENCODING["x"]}},
        {"facet": {"column": {"field": "s"}}, "spec": {"mark": "bar", "encoding": ENCODING}},
        {"view": {"stroke": "black", "fill": "#eeeeee"}, "mark": "tick", "encoding": ENCODING},
    ],
    ids=["bar", "see-through", "line", "area", "point", "rule", "arc", "text", "rect", "gradient", "facet", "view"],
)  # fmt: skip
def test_every_pixel_stays(spec: dict[str, Any]) -> None:
    full = vega(spec)
    less = slim(full)
    pictures = [Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2))).convert("RGB") for svg in (full, less)]
    difference = ImageChops.difference(*pictures).convert("L")
    changed = sum(difference.histogram()[60:])
    assert pictures[0].size == pictures[1].size
    assert changed <= 40, "more than a rounded edge"
    assert len(less) < len(full)


def test_lines_of_a_grid_and_bars_of_a_colour_are_one_element_each() -> None:
    less = slim(vega({"mark": "bar", "encoding": {"x": ENCODING["x"], "y": {**ENCODING["y"], "aggregate": "max"}}}))
    assert less.count("<path") <= 5
    assert not re.search("<line|aria-|role=", less)
