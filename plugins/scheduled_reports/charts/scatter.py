"""The Vega-Lite of a scatter chart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from scheduled_reports.charts.form import Axis
from scheduled_reports.charts.lines import timeline, timestamp
from scheduled_reports.charts.parts import (
    ABOVE_TITLE,
    MOST_TOLD,
    SHAPES,
    Frame,
    color,
    cycled,
    legend_of,
    lookup,
    measure,
    titled,
)


def scatter(frame: Frame) -> dict[str, Any]:
    """Return the Vega-Lite of points, told apart by colour and shape."""
    form = frame.form
    points = [(number, part.name, *point) for number, part in enumerate(form.series) for point in part.points]
    rows = [
        {"series": name, "x": timestamp(x) if isinstance(x, dt.datetime) else x, "y": y,
         **({} if size is None else {"size": size})}
        for _, name, x, y, size in points
    ]  # fmt: skip
    found = frame.measured([point[3] for point in points], form.y_axis, zero=False)
    encoding: dict[str, Any] = {"x": _along(frame, [point[2] for point in points]),
                                "y": {**measure(found, form.y_axis, frame.look), "field": "y"}}  # fmt: skip
    if len(form.series) > 1:
        encoding["color"] = color(frame, legend=True)
        shapes = {"domain": [part.name for part in form.series], "range": cycled(SHAPES, len(form.series))}
        encoding["shape"] = {"field": "series", "type": "nominal", "scale": shapes,
                             "legend": legend_of(frame), "title": titled(form.color_axis.title)}  # fmt: skip
    if form.size:
        encoding["size"] = _sizes(frame, [float(point[4] or 0) for point in points])
    if len(rows) <= MOST_TOLD:
        encoding["tooltip"] = _tooltip(frame, rows, points)
    crowded = len(rows) > 300
    mark = {"type": "point", "filled": True, "opacity": 0.45 if crowded else 0.75, "size": 22 if crowded else 48}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _along(frame: Frame, places: list[Any]) -> dict[str, Any]:
    if frame.form.x_axis.kind == "time":
        shown = timeline(frame, places, zero_line=True)
        return {"field": "x", **shown}
    axis = frame.form.x_axis
    if not axis.format and all(float(place).is_integer() and 1000 < abs(place) < 10_000 for place in places):
        axis = Axis(axis.title, axis.kind, "0")  # years stand without separators
    found = frame.measured(places, axis, zero=False, most=max(int(frame.width / 90), 3))
    return {"field": "x", **measure(found, axis, frame.look, along="x")}


def _sizes(frame: Frame, sizes: list[float]) -> dict[str, Any]:
    axis = frame.form.size_axis
    found = frame.measured(sizes, axis, zero=True, most=3)
    step = found.ticks[1] - found.ticks[0]
    shown = [tick for tick in found.ticks if tick > 0]
    legend = {"values": shown, "labelExpr": lookup(found.texts, f"round((datum.value - {found.low!r}) / {step!r})"),
              "symbolFillColor": frame.look.brand.colors["rule"], "orient": "top", "titleOrient": "left",
              "offset": ABOVE_TITLE}  # fmt: skip
    return {"field": "size", "type": "quantitative", "title": titled(axis.title), "legend": legend,
            "scale": {"domain": [0, max(*found.ticks, 0)], "range": [8, 420]}}  # fmt: skip


def _tooltip(frame: Frame, rows: list[dict[str, Any]], points: list[Any]) -> list[dict[str, Any]]:
    """Write each point's texts into its row, and return which of them a live chart shows."""
    form, language = frame.form, frame.look.language
    axes = [("x_text", form.x_axis, form.x, 2), ("y_text", form.y_axis, form.y[0], 3)]
    axes += [("size_text", form.size_axis, form.size, 4)] if form.size else []
    for key, axis, _, at in axes:
        for row, point in zip(rows, points, strict=True):
            row[key] = language.shown(point[at], axis.format)
    series = [{"field": "series", "type": "nominal", "title": form.color_axis.title or form.color}]
    told = [{"field": key, "type": "nominal", "title": axis.title or name} for key, axis, name, _ in axes]
    return [*(series if len(form.series) > 1 else []), *told]
