"""Axes and legend of one chart around the marks of another that differs in nothing but its figures.

Vega measures every word of axes and legends several times, and that is nine tenths of its time. The reports of many
recipients share them. Only short forms can: their scales and labels are in the specification, not made of the data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree

from scheduled_reports.charts.form import ShortForm
from scheduled_reports.charts.slim import G, slim, slim_element, text_of
from scheduled_reports.charts.writable import as_json

_MOST = 64
_PLACE = "desc"
"""An element that Vega does not write stands where the marks were."""

_AROUND = re.compile(r"role-(axis|legend|title)")
_PLOT = re.compile(r"M0,0h([\d.]+)v")
_FIGURES = ("y", "text")


class Frame(NamedTuple):
    """A drawing without its marks: what stands before and after them, and how wide its plot is in CSS pixels."""

    before: str
    after: str
    width: float


_frames: dict[str, Frame | None] = {}


def frame_key(spec: Mapping[str, Any], form: ShortForm) -> str:
    """Return what axes, legend and room of a chart depend on; empty where they depend on its figures.

    Marks are within their axes, but for figures written beside bars and names written beside lines. Sideways, lines
    and their dots reach as far as their ends, so it counts which figures there are.
    """
    views = list(_views(spec))
    if form.mark not in ("bar", "line", "area") or any(_is_text(view["mark"]) for view in views):
        return ""
    return hashlib.sha256(as_json({**_without_figures(spec), "description": ""}).encode()).hexdigest()


def frame_of(key: str) -> Frame | None:
    """Return the frame of charts drawn before, if there was one."""
    return _frames.get(key)


def keep_frame(key: str, svg: str) -> None:
    """Keep the axes and the legend of a drawing of Vega's."""
    if len(_frames) >= _MOST:
        _frames.clear()
    _frames[key] = _frame(svg)


def bare(spec: Mapping[str, Any], frame: Frame) -> dict[str, Any]:
    """Return the specification of a chart's marks alone, for a frame."""
    config = {**spec["config"], "aria": False, "locale": {}}
    return {**_without_words(spec), "width": frame.width, "autosize": "none", "padding": 0, "config": config}


def joined(svg: str, frame: Frame) -> str:
    """Return marks that Vega has drawn within a frame."""
    marks = ElementTree.Element(G)
    marks[:] = _marks(_content(ElementTree.fromstring(svg)))  # noqa: S314 - Vega's own output
    slim_element(marks)
    text = text_of(marks)
    return f"{frame.before}{text[text.index('>') + 1 : text.rindex('<')]}{frame.after}"


def _frame(svg: str) -> Frame | None:
    root = ElementTree.fromstring(svg)  # noqa: S314 - Vega's own output
    content = _content(root)
    children, marks = list(content), _marks(content)
    plot = _PLOT.search(svg)
    start = children.index(marks[0]) if marks else 0
    if not marks or plot is None or children[start : start + len(marks)] != marks:
        return None
    content[start : start + len(marks)] = [ElementTree.Element(_PLACE)]
    before, _, after = slim(ElementTree.tostring(root, encoding="unicode")).partition(f"<{_PLACE} />")
    return Frame(before, after, float(plot[1])) if after else None


def _content(root: ElementTree.Element) -> ElementTree.Element:
    """Return the group in which axes, marks and legends stand."""
    found = root.find("/".join([G] * 4))
    return ElementTree.Element(G) if found is None else found


def _marks(content: ElementTree.Element) -> list[ElementTree.Element]:
    return [child for child in content if not _AROUND.search(child.get("class", ""))]


def _views(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from spec.get("layer") or (spec,)


def _is_text(mark: Any) -> bool:
    return bool(isinstance(mark, Mapping) and mark["type"] == "text")


def _without_figures(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a view whose rows tell whether they have a figure, not which."""
    found = dict(view)
    if "data" in view:
        found["data"] = [
            [row["y"] is None, *(value for name, value in row.items() if name not in _FIGURES)]
            for row in view["data"]["values"]
        ]
    if "layer" in view:
        found["layer"] = [_without_figures(layer) for layer in view["layer"]]
    return found


def _without_words(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a view without axes, legends and what a pointer would show."""
    found = dict(view)
    if "encoding" in view:
        found["encoding"] = {name: _channel(name, channel) for name, channel in view["encoding"].items()
                             if name != "tooltip"}  # fmt: skip
    if "layer" in view:
        found["layer"] = [_without_words(layer) for layer in view["layer"]]
    return found


def _channel(name: str, channel: Any) -> Any:
    if name in ("x", "y"):
        return {**channel, "axis": None}
    return {**channel, "legend": None} if name in ("color", "strokeDash") else channel
