"""Make the SVG of Vega smaller: who reads it next spends its time per element.

Vega wraps every mark in groups, writes an empty background into each, and describes each for screen readers, which
have the alternative text of the whole picture. The picture stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
G, _PATH, _LINE = f"{{{_SVG}}}g", f"{{{_SVG}}}path", f"{{{_SVG}}}line"

_SILENT = frozenset(
    ("role", "pointer-events", "class", "aria-hidden", "aria-label", "aria-roledescription", "stroke-miterlimit")
)
_DEFAULTS = {"opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "transform": "translate(0,0)"}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_SHIFT = re.compile(r"translate\((-?[\d.e-]+),(-?[\d.e-]+)\)")


def slim(svg: str) -> str:
    """Return the same picture with less words."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - Vega's own output
    slim_element(root)
    return text_of(root)


def slim_element(root: ElementTree.Element) -> None:
    """Do the same to a part of a picture."""
    _clean(root)
    _unwrap(root)


def text_of(root: ElementTree.Element) -> str:
    """Return a picture, or a part of one, as text."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(node: ElementTree.Element) -> None:
    """Drop what neither shows nor places anything, depth first."""
    for key in [key for key in node.attrib if key in _SILENT or _DEFAULTS.get(key) == node.attrib[key]]:
        del node.attrib[key]
    for key in ("d", "transform"):
        if key in node.attrib:
            node.attrib[key] = _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}", node.attrib[key])
    for child in list(node):
        hidden = child.tag == _PATH and _is_invisible(child)
        if hidden:
            node.remove(child)
            continue
        _clean(child)
        if child.tag == G and not len(child):
            node.remove(child)
    node[:] = _joined(list(node))


def _is_invisible(path: ElementTree.Element) -> bool:
    """Return whether a path draws nothing: Vega's groups have such backgrounds and foregrounds."""
    return not path.get("d") or path.get("display") == "none" or (
        "background" in path.get("class", "") and not {"fill", "stroke"} & set(path.attrib))  # fmt: skip


def _joined(children: list[ElementTree.Element]) -> list[ElementTree.Element]:
    """Return neighbours of the same look as one path: a grid, ticks, bars of a series."""
    kept: list[ElementTree.Element] = []
    for child in children:
        shape = _as_path(child)
        before = kept[-1] if kept else None
        if shape is not None and before is not None and before.tag == _PATH and _look(before) == _look(shape):
            before.attrib["d"] += shape.attrib["d"]
        else:
            kept.append(child if shape is None else shape)
    return kept


def _look(node: ElementTree.Element) -> dict[str, str]:
    return {key: value for key, value in node.attrib.items() if key != "d"}


def _as_path(node: ElementTree.Element) -> ElementTree.Element | None:
    """Return a line, or a filled path without outline, as a path at its place; None for what has to stay by itself."""
    if len(node) or "opacity" in node.attrib or "fill-opacity" in node.attrib:
        return None
    if node.tag == _LINE:
        return _line(node)
    if node.tag == _PATH and "stroke" not in node.attrib and "transform" not in node.attrib and "fill" in node.attrib:
        return None if "url(" in node.attrib["fill"] else node
    return None


def _line(node: ElementTree.Element) -> ElementTree.Element | None:
    shift = _SHIFT.fullmatch(node.get("transform", "translate(0,0)"))
    if shift is None or "stroke-dasharray" in node.attrib:
        return None
    left, top = float(shift[1]), float(shift[2])
    ends = [float(node.get(key, "0")) for key in ("x1", "y1", "x2", "y2")]
    kept = {key: value for key, value in node.attrib.items() if key not in {"x1", "y1", "x2", "y2", "transform"}}
    start = f"M{left + ends[0]:g},{top + ends[1]:g}"
    return ElementTree.Element(_PATH, {**kept, "d": f"{start}L{left + ends[2]:g},{top + ends[3]:g}"})


def _unwrap(node: ElementTree.Element) -> None:
    """Replace groups that say nothing by what is in them."""
    node[:] = list(_without_groups(node))
    for child in node:
        _unwrap(child)


def _without_groups(node: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in node:
        if child.tag == G and not child.attrib:
            yield from _without_groups(child)
        else:
            yield child
