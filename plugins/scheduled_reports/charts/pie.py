"""The Vega-Lite of a pie."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

from scheduled_reports.charts.names import in_words
from scheduled_reports.charts.parts import Frame, wrapped
from scheduled_reports.charts.scale import room

_SMALLEST_NAMED = 0.035
"""The smallest part beside whose slice a name stands; with smaller ones names would touch, and a list has them."""

_HOLE, _LINE, _NAME_LINE = 0.56, 14, 13

_RAW: dict[str, Any] = {"type": "quantitative", "scale": None, "stack": None, "axis": None, "legend": None}
"""A channel whose numbers are radians or pixels already."""


def pie(frame: Frame) -> dict[str, Any]:
    """Return the Vega-Lite of a pie: a ring whose slices are named where they are, or in a list beside it."""
    rows = _slices(frame)
    radius = frame.height / 2 - 26
    beside = frame.width / 2 - radius - 24
    fits = max(room(line) for row in rows for line in row["name"]) < beside
    smallest = min(row["end"] - row["begin"] for row in rows) / math.tau
    apart = smallest >= _SMALLEST_NAMED and not _touch(rows, radius)
    if frame.form.labels is not False and fits and apart:
        return {"data": {"values": rows}, "layer": [_ring(frame, rows, radius, frame.width / 2), *_names(rows, radius)]}
    radius = min(frame.height / 2 - 4, frame.width * 0.2)
    center = max(frame.width * 0.28, radius + 2)
    listed = _list(frame, rows, center + radius + 36)
    return {"data": {"values": rows}, "layer": [_ring(frame, rows, radius, center), *listed]}


def _slices(frame: Frame) -> list[dict[str, Any]]:
    """Return a row for each slice: where it begins and ends in radians, and its texts."""
    form, language = frame.form, frame.look.language
    values = [value or 0 for part in form.series for value in part.values]
    whole, rows, begin = sum(values), [], 0.0
    for name, value, figure in zip(form.texts, values, frame.texts(values), strict=True):
        part = value / whole
        share = language.shown(part, "0%" if part >= 0.1 else "0.0%")
        end = begin + part * math.tau
        rows.append({"series": name, "begin": begin, "end": end, "middle": (begin + end) / 2,
                     "place": name, "text": f"{figure} ({share})", "name": [name, f"{figure} · {share}"]})  # fmt: skip
        begin = end
    return rows


def _ring(frame: Frame, rows: list[dict[str, Any]], radius: float, center: float) -> dict[str, Any]:
    form = frame.form
    tooltip = [{"field": "place", "type": "nominal", "title": form.x_axis.title or in_words(form.x)},
               {"field": "text", "type": "nominal", "title": form.y_axis.title or "–"}]  # fmt: skip
    return {
        "mark": {"type": "arc", "outerRadius": radius, "innerRadius": radius * _HOLE,
                 "strokeWidth": 2 if len(rows) > 1 else 0},
        "encoding": {"theta": {"field": "begin", **_RAW}, "theta2": {"field": "end"}, "x": {"value": center},
                     "color": _colors(rows), "tooltip": tooltip},
    }  # fmt: skip


def _colors(rows: list[dict[str, Any]]) -> dict[str, Any]:
    domain = [row["series"] for row in rows]
    return {"field": "series", "type": "nominal", "legend": None, "scale": {"domain": domain}}


def _names(rows: list[dict[str, Any]], radius: float) -> list[dict[str, Any]]:
    """Return the names around the ring, each growing away from it."""
    sides: dict[str, list[dict[str, Any]]] = {"left": [], "right": [], "center": []}
    for row in rows:
        side, away = _place(row, radius)
        sides[side].append({"name": row["name"], "middle": row["middle"], "away": away})
    return [
        {"data": {"values": part},
         "mark": {"type": "text", "align": align, "baseline": "middle", "dy": -6, "aria": False,
                  "lineHeight": _NAME_LINE},
         "encoding": {"theta": {"field": "middle", **_RAW}, "radius": {"field": "away", **_RAW},
                      "text": {"field": "name", "type": "nominal"}}}
        for align, part in sides.items() if part
    ]  # fmt: skip


def _place(row: dict[str, Any], radius: float) -> tuple[str, float]:
    """Return how a slice's name is aligned where it stands, and how far from the middle of the ring that is."""
    across, down = math.sin(row["middle"]), -math.cos(row["middle"])
    return "center" if abs(across) < 0.15 else "left" if across > 0 else "right", radius + 11 + 9 * abs(down)


def _touch(rows: list[dict[str, Any]], radius: float) -> bool:
    """Return whether two names around the ring would touch."""
    boxes = []
    for row in rows:
        side, away = _place(row, radius)
        width = max(map(room, row["name"]))
        left = math.sin(row["middle"]) * away - {"left": 0.0, "center": width / 2, "right": width}[side]
        boxes.append((left, left + width, -math.cos(row["middle"]) * away))
    tall = _NAME_LINE * max(len(row["name"]) for row in rows)
    return any(
        one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < tall
        for one, other in combinations(boxes, 2)
    )


def _list(frame: Frame, rows: list[dict[str, Any]], left: float) -> list[dict[str, Any]]:
    """Return the names in a list beside the ring, on several lines where they are long: none is cut."""
    space = frame.width - left - 24
    lines = [_lines(row["series"], row["text"], space) for row in rows]
    gap = 6 if sum(map(len, lines)) * _LINE + 6 * len(rows) <= frame.height else 0
    top = max((frame.height - sum(map(len, lines)) * _LINE - gap * (len(rows) - 1)) / 2, 0) + _LINE / 2
    entries = []
    for row, text in zip(rows, lines, strict=True):
        entries.append({"series": row["series"], "lines": text, "top": top})
        top += len(text) * _LINE + gap
    down = {"field": "top", **_RAW}
    return [
        {"data": {"values": entries}, "mark": {"type": "square", "size": 90, "opacity": 1, "aria": False},
         "encoding": {"x": {"value": left}, "y": down, "color": _colors(rows)}},
        {"data": {"values": entries},
         "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 12, "lineHeight": _LINE, "aria": False,
                  "limit": frame.width - left - 14},
         "encoding": {"x": {"value": left}, "y": down, "text": {"field": "lines", "type": "nominal"}}},
    ]  # fmt: skip


def _lines(name: str, figure: str, space: float) -> list[str]:
    """Return a slice's name and figure on one line, or the figure on a line of its own."""
    together = f"{name} · {figure}"
    return [together] if room(together) <= space else [*wrapped(name, space).split("\n"), figure]
