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

MEASURES = ("x", "y", "theta", "radius")
"""The channels that give a mark its place or its length."""

COUNTS = frozenset(("count", "distinct", "missing", "valid"))
"""Aggregates that are a number whatever the field holds: https://vega.github.io/vega-lite/docs/aggregate.html"""

COMPOSITIONS = ("layer", "hconcat", "vconcat", "concat")

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


def quantities(spec: Mapping[str, Any], above: Mapping[str, Any] | None = None) -> Iterator[set[str]]:
    """Yield, for each mark, the fields that give it its place or its length; none where it draws without such a field.

    Vega-Lite leaves a mark out where such a field is null (https://vega.github.io/vega-lite/docs/invalid-data.html).

    Args:
        spec: A specification, or a view in one.
        above: The channels that it has from the view around it.
    """
    own = spec.get("encoding")
    encoding = {**(above or {}), **(own if isinstance(own, Mapping) else {})}
    if "mark" in spec:
        yield {field for name in MEASURES for field in _quantity(encoding.get(name))}
    parts = [spec.get("spec"), *(part for name in COMPOSITIONS for part in spec.get(name) or ())]
    for part in parts:
        if isinstance(part, Mapping):
            yield from quantities(part, encoding)


def _quantity(channel: Any) -> Iterator[str]:
    """Yield the field of a channel that measures; what counts rows measures without one."""
    if isinstance(channel, Mapping) and isinstance(channel.get("field"), str):
        aggregate = channel.get("aggregate")
        if aggregate not in COUNTS and (channel.get("type") == "quantitative" or aggregate is not None):
            yield channel["field"]


def _views(spec: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(spec, Mapping):
        yield spec
        yield from _views(spec.get("spec"))
        for composition in COMPOSITIONS:
            parts = spec.get(composition)
            for part in parts if isinstance(parts, list) else ():
                yield from _views(part)


def _known(what: str, word: Any, allowed: frozenset[str]) -> None:
    if word is not None and word not in allowed:
        raise ValueError(f"there is no Vega-Lite {what} {word!r}; {did_you_mean(str(word), allowed)}")
