"""The fields that a Vega-Lite specification draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scheduled_reports.charts.vega_words import COMPOSITIONS, COUNTS, MEASURES
from scheduled_reports.spec.marks import Loc


def named(node: Any, key: str, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield every text under `key`, however deep, with its place."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == key:
                items = enumerate(value) if isinstance(value, list) else ((None, value),)
                for index, item in items:
                    if isinstance(item, str):
                        yield (*loc, name, *(() if index is None else (index,))), item
            yield from named(value, key, (*loc, name))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from named(item, key, (*loc, index))


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
