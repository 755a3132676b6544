"""The Vega-Lite of lines and areas."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from scheduled_reports.charts.form import Series, ShortForm
from scheduled_reports.charts.parts import (
    DASHES,
    Frame,
    bands,
    cells,
    color,
    cycled,
    legend_of,
    lookup,
    measure,
    titled,
    tooltip,
    unfit,
)
from scheduled_reports.charts.scale import Scale, room
from scheduled_reports.charts.spans import names, ticks

_MOST_DOTTED = 16
"""Places up to which each figure of a line has a dot."""

_MOST_NAMED, _LABEL_GAP = 6, 13
"""Lines that are named at their ends, and how far apart those must be, in CSS pixels."""


def lines(frame: Frame) -> dict[str, Any]:
    """Return the Vega-Lite of a line or area chart."""
    form = frame.form
    rows = [{**row, **_place(form, row["at"])} for row in cells(frame)]
    if form.stacked:
        rows = [{**row, "y": row["y"] or 0} for row in rows]
    found = frame.measured(_reach(form), form.y_axis, zero=form.mark == "area")
    ends = {} if form.mark == "area" else _ends(form, found, frame)
    many, legend = len(form.series) > 1, len(form.series) > 1 and not ends
    encoding = {"x": along(frame), "y": {**measure(found, form.y_axis, frame.look), "field": "y",
                                         "stack": "zero" if form.stacked else None}}  # fmt: skip
    if many:
        encoding["color"] = color(frame, legend=legend)
        encoding["order"] = {"field": "order" if form.stacked else "x", "type": "quantitative"}
    if many and not form.stacked:
        encoding["strokeDash"] = _dashes(frame, legend=legend)
    if not form.stacked:
        encoding.pop("order", None)
    layers = [{"mark": _mark(form), "encoding": encoding}, *_dots(form, rows, encoding), *_names(ends, form, encoding)]
    return {"data": {"values": rows}, "layer": layers}


def _mark(form: ShortForm) -> dict[str, Any]:
    if form.mark == "line":
        return {"type": "line", "invalid": "break-paths-show-domains", "strokeJoin": "round"}
    if form.stacked:
        return {"type": "area", "fillOpacity": 0.9, "stroke": "white", "strokeWidth": 0.8}
    return {"type": "area", "fillOpacity": 0.16, "line": {"strokeWidth": 2}, "invalid": "break-paths-show-domains"}


def _place(form: ShortForm, at: int) -> dict[str, Any]:
    value = form.categories[at]
    if isinstance(value, dt.datetime):
        return {"x": timestamp(value)}
    return {"x": at if isinstance(value, str) else value}


def _reach(form: ShortForm) -> list[float]:
    if not form.stacked:
        return list(form.figures)
    columns = zip(*(part.values for part in form.series), strict=True)
    return [0, *(sum(value or 0 for value in column) for column in columns)]


def along(frame: Frame) -> dict[str, Any]:
    """Return the axis of a line's places: time, numbers, or names at even distances."""
    form = frame.form
    if form.x_axis.kind == "time":
        moments = [value for value in form.categories if isinstance(value, dt.datetime)]
        return {"field": "x", **timeline(frame, moments, zero_line=True)}
    if form.x_axis.kind == "number":
        places = [value for value in form.categories if isinstance(value, int | float)]
        return {"field": "x", **numbers(frame, places)}
    named = bands(frame, frame.width - 60)
    return {"field": "at", **named, "scale": {**named["scale"], "type": "point", "padding": 0.3}}


def numbers(frame: Frame, places: list[float]) -> dict[str, Any]:
    """Return an axis of numbers along x; its ends are the data's, as lines begin and end there."""
    plain = all(float(value).is_integer() and abs(value) < 10_000 for value in places)
    axis = frame.form.x_axis
    if plain and not axis.format:
        axis = type(axis)(axis.title, axis.kind, "0")
    found = frame.measured(places, axis, zero=False, most=max(int(frame.width / 70), 3))
    shown = measure(found, axis, frame.look, along="x")
    low, high = (min(places), max(places)) if min(places) < max(places) else (found.low, found.high)
    inside = [tick for tick in found.ticks if low <= tick <= high]
    return {**shown, "scale": {**shown["scale"], "domain": [low, high]},
            "axis": {**shown["axis"], "values": inside, "grid": False, "domain": True}}  # fmt: skip


def timeline(frame: Frame, moments: list[dt.datetime], *, zero_line: bool) -> dict[str, Any]:
    """Return an axis of time."""
    first, last = min(moments), max(moments)
    axis, language = frame.form.x_axis, frame.look.language
    if first == last:
        first, last = first - dt.timedelta(days=1), last + dt.timedelta(days=1)
        found, unit = ticks(first, last, 3)
    else:
        found, unit = ticks(first, last, max(int((frame.width - 60) / 64), 2))
    try:
        texts = names(found, unit, language, axis.format)
    except ValueError as error:
        raise unfit(axis.format, error) from error
    places = [timestamp(value) for value in found]
    number = f"indexof({places}, toNumber(datum.value))"
    return {
        "type": "temporal", "title": titled(axis.title),
        "scale": {"type": "utc", "domain": [timestamp(first), timestamp(last)]},
        "axis": {"values": places, "labelExpr": lookup(texts, number),
                 "grid": False, "domain": zero_line, "labelLimit": 0, "labelFlush": False, "labelOverlap": False},
    }  # fmt: skip


def timestamp(value: dt.datetime) -> int:
    """Return wall time in milliseconds since 1970, as if it were UTC: so it is the same wherever it is drawn.

    Where a live chart is read, clocks may skip an hour, and JavaScript takes the years 0 to 99 for those after 1900.
    """
    return (value - dt.datetime(1970, 1, 1)) // dt.timedelta(milliseconds=1)  # noqa: DTZ001 - wall time


def _dashes(frame: Frame, *, legend: bool) -> dict[str, Any]:
    form = frame.form
    scale = {"domain": [part.name for part in form.series], "range": cycled(DASHES, len(form.series))}
    return {"field": "series", "type": "nominal", "scale": scale, "title": titled(form.color_axis.title),
            "legend": legend_of(frame) | {"symbolType": "stroke", "symbolSize": 400, "symbolStrokeWidth": 2.25}
            if legend else None}  # fmt: skip


def _dots(form: ShortForm, rows: list[dict[str, Any]], encoding: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layer of dots: of every figure where there are few, else of those that no line reaches."""
    if form.stacked:
        return []
    count = len(form.categories)
    shown = [row for row in rows if row["y"] is not None
             and (count <= _MOST_DOTTED or _is_alone(form.series[row["order"]], row["at"]))]  # fmt: skip
    kept = {name: encoding[name] for name in ("x", "y", "color") if name in encoding}
    told = tooltip(form, len(shown))
    return [{"data": {"values": shown}, "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1},
             "encoding": {**kept, **told}}] if shown else []  # fmt: skip


def _is_alone(series: Series, at: int) -> bool:
    """Return whether a figure has none before and none after it: a line through it has no length."""
    around = series.values[max(at - 1, 0) : at] + series.values[at + 1 : at + 2]
    return all(value is None for value in around)


def _ends(form: ShortForm, found: Scale, frame: Frame) -> dict[str, float]:
    """Return where each line ends, if their names can stand there without touching; else nothing."""
    last = {part.name: part.values[-1] for part in form.series}
    if not 1 < len(last) <= _MOST_NAMED or any(value is None for value in last.values()):
        return {}
    ends = {name: value for name, value in last.items() if value is not None}
    pixels = sorted((value - found.low) / (found.high - found.low) * frame.height for value in ends.values())
    close = any(above - below < _LABEL_GAP for below, above in pairwise(pixels))
    return {} if close or max(map(room, ends)) > frame.width * 0.22 else ends


def _names(ends: dict[str, float], form: ShortForm, encoding: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{**_place(form, len(form.categories) - 1), "at": len(form.categories) - 1, "y": value, "name": name}
            for name, value in ends.items()]  # fmt: skip
    mark = {"type": "text", "align": "left", "baseline": "middle", "dx": 7, "fontWeight": 600, "aria": False}
    shown = {"x": encoding["x"], "y": encoding["y"], "text": {"field": "name", "type": "nominal"}}
    return [{"data": {"values": rows}, "mark": mark, "encoding": shown}] if rows else []
