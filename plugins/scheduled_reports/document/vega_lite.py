"""The words of Vega-Lite that an author most often misspells: it ignores them, or fails without naming them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scheduled_reports.spec.problems import did_you_mean

MARKS = frozenset((
    "arc", "area", "bar", "boxplot", "circle", "errorband", "errorbar", "geoshape", "image", "line", "point", "rect",
    "rule", "square", "text", "tick", "trail",
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/mark.html"""

CHANNELS = frozenset((
    "angle", "color", "column", "description", "detail", "facet", "fill", "fillOpacity", "href", "key", "latitude",
    "latitude2", "longitude", "longitude2", "opacity", "order", "radius", "radius2", "row", "shape", "size", "stroke",
    "strokeDash", "strokeOpacity", "strokeWidth", "text", "theta", "theta2", "time", "tooltip", "url", "x", "x2",
    "xError", "xError2", "xOffset", "y", "y2", "yError", "yError2", "yOffset",
))  # fmt: skip
"""https://vega.github.io/vega-lite/docs/encoding.html"""

TYPES = frozenset(("quantitative", "temporal", "ordinal", "nominal", "geojson"))
"""https://vega.github.io/vega-lite/docs/type.html"""


def check(spec: Mapping[str, Any]) -> None:
    """Check the marks, encoding channels and field types of a specification and of the views in it.

    Raises:
        ValueError: One of them does not exist.
    """
    for view in _views(spec):
        mark = view.get("mark")
        _known("mark", mark.get("type") if isinstance(mark, Mapping) else mark, MARKS)
        encoding = view.get("encoding")
        for channel, definition in encoding.items() if isinstance(encoding, Mapping) else ():
            _known("encoding channel", channel, CHANNELS)
            _known("type", definition.get("type") if isinstance(definition, Mapping) else None, TYPES)


def dated(spec: Any) -> Iterator[str]:
    """Yield the fields that are drawn along time."""
    if isinstance(spec, Mapping):
        if isinstance(spec.get("field"), str) and (spec.get("type") == "temporal" or "timeUnit" in spec):
            yield spec["field"]
        for part in spec.values():
            yield from dated(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from dated(part)


def _views(spec: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(spec, Mapping):
        yield spec
        yield from _views(spec.get("spec"))
        for composition in ("layer", "hconcat", "vconcat", "concat"):
            parts = spec.get(composition)
            for part in parts if isinstance(parts, list) else ():
                yield from _views(part)


def _known(what: str, word: Any, allowed: frozenset[str]) -> None:
    if word is not None and word not in allowed:
        raise ValueError(f"there is no Vega-Lite {what} {word!r}; {did_you_mean(str(word), allowed)}")
