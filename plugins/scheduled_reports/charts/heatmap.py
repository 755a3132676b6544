"""The Vega-Lite of a heatmap."""

from __future__ import annotations

import functools
from typing import Any

from scheduled_reports.brands.color import contrast
from scheduled_reports.charts.form import ShortForm
from scheduled_reports.charts.look import ramp
from scheduled_reports.charts.parts import Frame, bands, cells, centered, lookup, positions, titled, tooltip, wrapped
from scheduled_reports.charts.scale import room

_NAME_WIDTH = 200
"""Where names of rows break into lines, in CSS pixels."""

_STEPS = 100
"""How finely it is looked for where on its scale a cell's figure is better read in the paper's colour."""


def heatmap(frame: Frame) -> dict[str, Any]:
    """Return the Vega-Lite of a grid of coloured cells; figures stand in them where they have room."""
    form, look = frame.form, frame.look
    where = positions(form)[0]
    rows = [{**row, "at": where[row["at"]]} for row in cells(frame) if row["y"] is not None]
    names = [wrapped(part.name, min(frame.width * 0.35, _NAME_WIDTH)) for part in form.series]
    beside = max(map(room, names)) + 30
    down = {"field": "order", "type": "ordinal", "scale": {"domain": list(range(len(names))), "padding": 0},
            "title": titled(form.y_axis.title),
            "axis": {"labelExpr": lookup(names), "labelLimit": 0, **centered(names), "grid": False,
                     "labelOverlap": frame.height / len(names) < 9}}  # fmt: skip
    across = bands(frame, frame.width - beside)
    across["scale"] |= {"padding": 0}
    across["axis"] |= {"ticks": False, "domain": False}
    encoding = {"x": {**across, "field": "at"}, "y": down}
    rect = {"mark": {"type": "rect", "stroke": look.brand.colors["paper"], "strokeWidth": 1.5},
            "encoding": {**encoding, "color": _colors(frame), **tooltip(form, len(rows))}}  # fmt: skip
    if not _is_written(frame, beside):
        return {"data": {"values": rows}, **rect}
    rect["encoding"]["color"] = {**rect["encoding"]["color"], "legend": None}
    written = {"mark": {"type": "text", "baseline": "middle", "aria": False},
               "encoding": {**encoding, "text": {"field": "text", "type": "nominal"},
                            "color": _ink(frame)}}  # fmt: skip
    return {"data": {"values": rows}, "layer": [rect, written]}


def heatmap_height(form: ShortForm) -> int:
    """Return how high a heatmap should be, in CSS pixels."""
    lines = max((wrapped(part.name, _NAME_WIDTH).count("\n") + 1 for part in form.series), default=1)
    return max(60, min(len(form.series) * max(26, lines * 13 + 6), 860))


def _domain(frame: Frame) -> tuple[float, float]:
    figures = frame.form.figures
    low, high = min(figures), max(figures)
    if low < 0 < high:
        return -max(-low, high), max(-low, high)
    return (low, high) if low < high else (min(low, 0), max(high, 1))


def _colors(frame: Frame) -> dict[str, Any]:
    low, high = _domain(frame)
    look, axis = frame.look, frame.form.color_axis
    few, much = ramp(look)
    ends = [look.brand.series[1], look.brand.colors["hair"], much] if low < 0 < high else [few, much]
    domain = [low, 0, high] if low < 0 < high else [low, high]
    found = frame.measured([low, high], axis, zero=False, most=4)
    step = found.ticks[1] - found.ticks[0]
    inside = [tick for tick in found.ticks if low <= tick <= high]
    legend = {"orient": "top", "gradientLength": 180, "gradientThickness": 10, "values": inside, "titleOrient": "left",
              "labelExpr": lookup(found.texts, f"round((datum.value - {found.low!r}) / {step!r})")}  # fmt: skip
    return {"field": "y", "type": "quantitative", "title": titled(axis.title), "legend": legend,
            "scale": {"domain": domain, "range": ends, "interpolate": "rgb", "zero": False}}  # fmt: skip


def _is_written(frame: Frame, beside: float) -> bool:
    form = frame.form
    if form.labels is not None:
        return form.labels
    cell = (frame.width - beside) / max(len(positions(form)[1]), 1)
    return max(map(room, frame.texts(form.figures))) <= cell - 6 and frame.height / len(form.series) >= 15


def _ink(frame: Frame) -> dict[str, Any]:
    """Return the colour of figures: the paper's on dark cells, so that they can be read on all."""
    low, high = _domain(frame)
    colors = frame.look.brand.colors
    few, much = (colors["hair"], frame.look.brand.colors["accent"]) if low < 0 < high else ramp(frame.look)
    share, turn = f"(datum.y - {low!r}) / {high - low!r}", _turn(few, much, colors["ink"], colors["paper"])
    dark = f"{share} > {0.5 + turn / 2}" if low < 0 < high else f"{share} > {turn}"
    return {"condition": {"test": dark, "value": colors["paper"]}, "value": colors["ink"]}


@functools.cache
def _turn(few: str, much: str, ink: str, paper: str) -> float:
    """Return from which part of a scale on the paper's colour has more contrast with it than the ink has."""
    ends = [tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) for color in (few, much)]
    for step in range(_STEPS):
        share = step / _STEPS
        mixed = "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in zip(*ends, strict=True))
        if contrast(paper, mixed) > contrast(ink, mixed):
            return share
    return 1.0
