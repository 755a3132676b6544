"""The Vega-Lite of bars: upright or lying, side by side or stacked."""

from __future__ import annotations

from typing import Any

from scheduled_reports.charts.form import ShortForm
from scheduled_reports.charts.parts import (
    Frame,
    bands,
    cells,
    centered,
    color,
    lookup,
    measure,
    positions,
    titled,
    tooltip,
    wrapped,
)
from scheduled_reports.charts.scale import room

_NAME_WIDTH = 240
"""Where names of lying bars break into lines, in CSS pixels."""

_ABOVE_FIGURES = -12
"""How much higher the title stands where it leaves room for a figure on the highest bar, in CSS pixels."""

_WIDEST = 96
"""The widest upright bar, in CSS pixels."""

_BELOW = 0.12
"""Room for figures below the lowest bar, as a part of all bars."""

_MOST_UPRIGHT, _MOST_LYING = 14, 40
"""Bars that carry their figures, unless the author says otherwise."""


def bars(frame: Frame) -> dict[str, Any]:
    """Return the Vega-Lite of a bar chart."""
    form = frame.form
    written = _is_written(frame)
    where = positions(form)[0]
    rows = [{**row, "at": where[row["at"]]} for row in cells(frame) if row["y"] is not None]
    place, figure = (_lying(frame), "x") if form.horizontal else (bands(frame, frame.width - 50), "y")
    along = "y" if form.horizontal else "x"
    place |= {"field": "at"}
    size = _size(frame, written=written, along=figure)
    encoding = {along: place, figure: {**size, "field": "y", "stack": "zero" if form.stacked else None}}
    many = len(form.series) > 1
    place["scale"] |= _padding(frame, len(place["scale"]["domain"]))
    if many:
        encoding["color"] = color(frame, legend=True)
        if written and not form.horizontal and form.y_axis.title:
            encoding["color"]["legend"]["offset"] += 10
    if form.stacked:
        encoding["order"] = {"field": "order", "type": "quantitative"}
    elif many:
        names = {"domain": [part.name for part in form.series]}
        encoding[f"{along}Offset"] = {"field": "series", "type": "nominal", "scale": names}
    mark = {"type": "bar", "cornerRadiusEnd": 0 if form.stacked else 1.5}
    layers = [{"mark": mark, "encoding": {**encoding, **tooltip(form, len(rows))}}]
    layers += _figures(frame, rows, encoding, figure) if written else []
    return {"data": {"values": rows}, "layer": layers} if len(layers) > 1 else {"data": {"values": rows}, **layers[0]}


def lying_height(form: ShortForm) -> int:
    """Return how high a chart of lying bars should be, in CSS pixels."""
    step = 24 if len(form.categories) <= 15 else 18 if len(form.categories) <= 45 else 14.4
    beside = 1 if form.stacked else len(form.series)
    rows = max(wrapped(text, _NAME_WIDTH).count("\n") + 1 for text in form.texts or ("",))
    return max(70, min(round(len(form.categories) * max(step, beside * 11 + 6, rows * 13 + 6)), 860))


def _is_written(frame: Frame) -> bool:
    """Return whether figures stand beside the bars."""
    form = frame.form
    if form.labels is not None:
        return form.labels
    if len(form.series) > 1:
        return False
    count, widest = len(form.categories), max(map(room, frame.texts(form.figures)))
    if form.horizontal:
        return count <= _MOST_LYING
    return count <= _MOST_UPRIGHT and widest <= (frame.width - 20) / len(positions(form)[1])


def _padding(frame: Frame, count: int) -> dict[str, float]:
    """Return the room between bars; few of them stay narrower than the page would let them be."""
    form = frame.form
    beside = 1 if form.stacked else len(form.series)
    length, widest = (frame.height, 30) if form.horizontal else (frame.width - 30, _WIDEST)
    usual = 0.1 if len(form.series) == 1 else 0.2 if form.stacked else 0.25
    between = max(usual, 1 - widest * min(beside, 3) / (length / count))
    return {"paddingInner": between, "paddingOuter": between / 2}


def _size(frame: Frame, *, written: bool, along: str) -> dict[str, Any]:
    """Return the axis of the figures; none where they stand beside the bars."""
    form = frame.form
    ends = _stack_ends(form) if form.stacked else list(form.figures)
    found = frame.measured(ends, form.y_axis, zero=True)
    size = measure(found, form.y_axis, frame.look, along=along)
    if not written:
        return size
    low, high = min(*ends, 0), max(*ends, 0)
    low = low - (high - low) * _BELOW if low < 0 else low
    zero = {"domain": [low, high if low < high else 1], "nice": False, "zero": True}
    bare = {**size["axis"], "labels": False, "grid": low < 0, "values": [0], "ticks": False, "domain": False}
    bare.pop("labelExpr")
    if along == "y":
        bare["titleY"] += _ABOVE_FIGURES
    return {**size, "scale": zero, "axis": bare, "title": size["title"]}


def _stack_ends(form: ShortForm) -> list[float]:
    """Return how far up and down the stacks reach."""
    columns = list(zip(*(part.values for part in form.series), strict=True))
    ups = [sum(value for value in column if value and value > 0) for column in columns]
    downs = [sum(value for value in column if value and value < 0) for column in columns]
    return [*ups, *downs]


def _lying(frame: Frame) -> dict[str, Any]:
    """Return the axis of names beside lying bars, the first on top."""
    texts = [wrapped(text, min(frame.width * 0.4, _NAME_WIDTH)) for text in frame.form.texts]
    axis = {"labelExpr": lookup(texts), "labelLimit": frame.width * 0.5, **centered(texts),
            "labelOverlap": len(texts) > 60, "grid": False, "title": None}  # fmt: skip
    return {"type": "ordinal", "scale": {"domain": list(range(len(texts)))}, "axis": axis,
            "title": titled(frame.form.x_axis.title)}  # fmt: skip


def _figures(frame: Frame, rows: list[dict[str, Any]], encoding: dict[str, Any], along: str) -> list[dict[str, Any]]:
    """Return the layers of the figures: beyond the end of each bar, of stacks their sums."""
    form = frame.form
    kept = {name: part for name, part in encoding.items() if name not in {"color", "order", "tooltip"}}
    if form.stacked:
        sums: dict[int, float] = {}
        for row in rows:
            sums[row["at"]] = sums.get(row["at"], 0) + row["y"]
        told = frame.texts(list(sums.values()))
        values: list[dict[str, Any]] = [
            {"at": at, "y": value, "text": text} for (at, value), text in zip(sums.items(), told, strict=True)
        ]
        kept[along] = {**kept[along], "stack": None}
    else:
        told = frame.texts([row["y"] for row in rows])
        values = [{**row, "text": text} for row, text in zip(rows, told, strict=True)]
    ahead = {"baseline": "bottom", "dy": -3} if along == "y" else {"align": "left", "baseline": "middle", "dx": 4}
    behind = {"baseline": "top", "dy": 4} if along == "y" else {"align": "right", "baseline": "middle", "dx": -4}
    text = {**kept, "text": {"field": "text", "type": "nominal"}}
    return [
        {"data": {"values": part}, "mark": {"type": "text", "aria": False, **side}, "encoding": text}
        for side, part in ((ahead, [row for row in values if row["y"] >= 0]),
                           (behind, [row for row in values if row["y"] < 0])) if part
    ]  # fmt: skip
