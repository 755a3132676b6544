"""Draw charts: Vega-Lite to SVG and PNG by vl-convert, in the house's style, with no browser and no network."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from scheduled_reports.document.chart import Chart
from scheduled_reports.document.theme import COLORS, FONTS, SERIES, font_family
from scheduled_reports.errors import DocumentError

_MARKS = re.compile(r'<g class="mark-\w+ role-mark[^>]*[^/>]>(?!</g>)')
_LINK = re.compile(r'<image[^>]* (?:xlink:)?href="(?!data:)([^"]*)"')


def svg(chart: Chart, width: int) -> str:
    """Return `chart` as an SVG picture, `width` CSS pixels wide where its kind allows it.

    Charts made of several views (facet, concat, repeat) keep the sizes that their author gave them.

    Raises:
        DocumentError: Vega-Lite refuses the specification, the chart shows no mark although it has data, or it shows
            a picture from elsewhere.
    """
    vl_convert = _converter()
    try:
        picture = str(vl_convert.vegalite_to_svg(styled(chart, width), allowed_base_urls=[]))
    except ValueError as error:
        raise _undrawable(
            chart, _reason(str(error)), "mend `vega_lite`; https://vega.github.io/editor shows it alive"
        ) from error
    if chart.points and not _MARKS.search(picture):
        raise _undrawable(
            chart, "it has data but shows no mark", "check the fields, transforms and types in `vega_lite`"
        )
    if link := _LINK.search(picture):
        raise _undrawable(chart, f"it shows the picture {link[1]!r}, and charts load nothing",
                          "give the picture as a data: URI")  # fmt: skip
    return picture


def png(chart: Chart, width: int, scale: float = 2) -> bytes:
    """Return `chart` as a PNG picture of `width` CSS pixels, with `scale` device pixels for each.

    Raises:
        DocumentError: As `svg` does.
    """
    return bytes(_converter().svg_to_png(svg(chart, width), scale=scale))


def styled(chart: Chart, width: int) -> dict[str, Any]:
    """Return the chart's specification in the house's style; what its author wrote wins."""
    spec = dict(chart.vega_lite)
    spec["config"] = _merged(_config(), spec.get("config", {}))
    spec.setdefault("background", COLORS["paper"])
    spec.setdefault("description", chart.alt)
    if _is_single(spec):
        spec.setdefault("width", width)
        spec.setdefault("height", chart.height)
        spec.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    return spec


def _is_single(spec: Mapping[str, Any]) -> bool:
    """Say whether the specification is one view: only then does Vega-Lite fit it into a width."""
    facets = {"row", "column", "facet"} & set(spec.get("encoding", {}))
    return ("mark" in spec or "layer" in spec) and not facets


def _merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(ours)
    for key, value in theirs.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


@functools.cache
def _config() -> dict[str, Any]:
    """Return the house's Vega-Lite configuration (https://vega.github.io/vega-lite/docs/config.html)."""
    ink, muted, accent = COLORS["ink"], COLORS["muted"], COLORS["accent"]
    text = {
        "labelColor": muted,
        "titleColor": muted,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": 600,
    }
    measure = {"grid": True, "domain": False, "ticks": False, "tickCount": 6}
    return {
        "font": font_family(), "padding": 2,
        "view": {"stroke": None, "continuousWidth": 240, "continuousHeight": 160},
        "axis": {**text, "gridColor": COLORS["hair"], "domainColor": COLORS["rule"], "tickColor": COLORS["rule"],
                 "tickSize": 4, "labelPadding": 5, "titlePadding": 10, "labelOverlap": True},
        "axisX": {"grid": False}, "axisXQuantitative": measure, "axisYQuantitative": measure,
        "axisYDiscrete": {"domain": False, "ticks": False},
        "legend": {**text, "orient": "top", "labelFontSize": 11.5, "labelColor": ink,
                   "symbolSize": 80, "columnPadding": 16, "offset": 8},
        "header": {**text, "labelColor": ink, "labelFontWeight": 600},
        "title": {"anchor": "start", "fontSize": 13, "fontWeight": 600, "color": ink, "offset": 10},
        "range": {"category": list(SERIES), "ramp": ["#d8e8ef", accent], "heatmap": ["#eef5f8", accent],
                  "ordinal": ["#a9cbd9", accent], "diverging": ["#d55e00", "#f3f5f6", accent]},
        "mark": {"color": accent}, "bar": {"cornerRadiusEnd": 1.5}, "arc": {"stroke": "#ffffff", "strokeWidth": 1.5},
        "line": {"strokeWidth": 2.25, "strokeCap": "round"}, "area": {"fillOpacity": 0.75}, "rule": {"color": muted},
        "point": {"filled": True, "size": 45}, "text": {"color": ink, "fontSize": 11},
    }  # fmt: skip


@functools.cache
def _converter() -> Any:
    """Return vl_convert, which knows our fonts from now on."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def _undrawable(chart: Chart, why: str, fix: str) -> DocumentError:
    what = f"the chart {chart.title!r} cannot be drawn" if chart.title else "a chart without a title cannot be drawn"
    return DocumentError(what, why=why, fix=fix)


def _reason(message: str) -> str:
    """Return what Vega said, without its stack of calls."""
    lines = [line.strip() for line in message.splitlines() if line.strip() and not line.strip().startswith("at ")]
    return " ".join(lines[1:] or lines)
