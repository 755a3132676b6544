"""Draw charts: Vega-Lite to SVG and PNG by vl-convert, in a brand's look, with no browser and no network."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from scheduled_reports.brands.fonts import FONTS
from scheduled_reports.charts.compiled import compiled
from scheduled_reports.charts.culprit import culprit
from scheduled_reports.charts.framed import Frame, bare, frame_key, frame_of, joined, keep_frame
from scheduled_reports.charts.look import Look, config
from scheduled_reports.charts.slim import slim
from scheduled_reports.charts.writable import as_json
from scheduled_reports.document.chart import Chart
from scheduled_reports.errors import DocumentError

NO_DATA = "No data in this period"

_MARKS = re.compile(r'<g class="mark-\w+ role-mark[^>]*[^/>]>(?!</g>)')
_LINK = re.compile(r'<image[^>]* (?:xlink:)?href="(?!data:)([^"]*)"')
_HOUSE = Look()

_SHORT = 24
_UNMEASURED = {"axis": {"labelLimit": 0}, "legend": {"labelLimit": 0}}
"""Vega measures each text that has a limit once more, and that is most of its time; short ones need none."""


def svg(chart: Chart, width: int, look: Look = _HOUSE) -> str:
    """Return `chart` as an SVG picture, `width` CSS pixels wide where its kind allows it.

    Charts made of several views (facet, concat, repeat) keep the sizes that their author gave them. A chart without
    rows says that there is no data. What was drawn is remembered: the reports of one run share many charts.

    Raises:
        DocumentError: Vega-Lite refuses the specification, the chart shows no mark although it has data, or it shows
            a picture from elsewhere.
    """
    _fonts(look)
    spec = styled(chart, width, look)
    points = len(spec["data"]["values"]) if isinstance(spec.get("data"), Mapping) else chart.points
    try:
        key = frame_key(spec, chart.short) if chart.short and chart.points else ""
        frame = frame_of(key)
        text = as_json(bare(spec, frame) if frame else spec)
        return _drawn(text, key, frame, is_full=bool(chart.points and points))
    except ValueError as error:
        fix = "mend `vega_lite`; https://vega.github.io/editor shows it alive"
        raise _undrawable(chart, culprit(chart.vega_lite, _reason(str(error))), fix) from error
    except _EmptyPictureError:
        why, fix = "it has data but shows no mark", "check the fields, transforms and types in `vega_lite`"
        raise _undrawable(chart, why, fix) from None
    except _LinkError as error:
        raise _undrawable(chart, f"it shows the picture {error.args[0]!r}, and charts load nothing",
                          "give the picture as a data: URI") from None  # fmt: skip


def png(chart: Chart, width: int, look: Look = _HOUSE, scale: float = 2) -> bytes:
    """Return `chart` as a PNG picture of `width` CSS pixels, with `scale` device pixels for each.

    Raises:
        DocumentError: As `svg` does.
    """
    return picture(svg(chart, width, look), look, scale)


@functools.lru_cache(maxsize=32)
def picture(drawn: str, look: Look = _HOUSE, scale: float = 2) -> bytes:
    """Return an SVG as PNG, with `scale` device pixels for each of its own."""
    _fonts(look)
    return bytes(_converter().svg_to_png(drawn, scale=scale))


def styled(chart: Chart, width: int, look: Look = _HOUSE) -> dict[str, Any]:
    """Return the chart's specification in a look; what its author wrote wins.

    Live charts embed it as it is. Where the chart has no rows it says so in words.
    """
    if not chart.points:
        return _nothing(chart, width, look)
    spec = dict(chart.vega_lite)
    if chart.short is not None:
        spec = compiled(chart.short, width, chart.height, look)
    usual = config(look) if _has_long_texts(chart) else _merged(config(look), _UNMEASURED)
    spec["config"] = _merged(usual, spec.get("config", {}))
    spec.setdefault("background", look.brand.colors["paper"])
    spec.setdefault("description", chart.alt)
    if _is_single(spec):
        spec.setdefault("width", width)
        spec.setdefault("height", chart.height)
        spec.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    return spec


def _has_long_texts(chart: Chart) -> bool:
    """Return whether a text in the data might be too long for an axis or a legend."""
    rows = chart.vega_lite["data"]["values"]
    return any(len(value) > _SHORT for row in rows for value in row.values() if isinstance(value, str))


def _nothing(chart: Chart, width: int, look: Look) -> dict[str, Any]:
    """Return a picture that says that there is nothing to draw, in place of axes without marks."""
    colors = look.brand.colors
    view = {"stroke": colors["rule"], "strokeDash": [4, 4], "fill": None, "cornerRadius": 4}
    mark = {"type": "text", "align": "center", "baseline": "middle", "fontSize": 13, "color": colors["muted"]}
    return {
        "data": {"values": [{"text": look.language.text(NO_DATA)}]},
        "mark": mark, "encoding": {"text": {"field": "text", "type": "nominal"}},
        "config": config(look), "view": view, "background": colors["paper"], "description": chart.alt,
        "width": width - 4, "height": min(chart.height, 110), "autosize": {"type": "pad"},
    }  # fmt: skip


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


class _EmptyPictureError(Exception):
    pass


class _LinkError(Exception):
    pass


@functools.lru_cache(maxsize=64)
def _drawn(spec: str, key: str, frame: Frame | None, *, is_full: bool) -> str:
    found = str(_converter().vegalite_to_svg(spec, allowed_base_urls=[]))
    if is_full and not _MARKS.search(found):
        raise _EmptyPictureError
    if link := _LINK.search(found):
        raise _LinkError(link[1])
    if frame:
        return joined(found, frame)
    if key:
        keep_frame(key, found)
    return slim(found)


@functools.cache
def _converter() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


@functools.lru_cache(maxsize=64)
def _fonts(look: Look) -> None:
    """Make the brand's fonts known to vl_convert, which keeps what it knows."""
    for folder in sorted({str(font.path.parent) for font in look.brand.fonts}):
        _converter().register_font_directory(folder)


def _undrawable(chart: Chart, why: str, fix: str) -> DocumentError:
    what = f"the chart {chart.title!r} cannot be drawn" if chart.title else "a chart without a title cannot be drawn"
    return DocumentError(what, why=why, fix=fix)


def _reason(message: str) -> str:
    """Return what Vega said, without its stack of calls."""
    lines = [line.strip() for line in message.splitlines() if line.strip() and not line.strip().startswith("at ")]
    return " ".join(lines[1:] or lines)
