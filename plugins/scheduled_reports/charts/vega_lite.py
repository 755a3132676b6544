"""Check a Vega-Lite specification when it loads: what Vega-Lite ignores without a word, or fails of without a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scheduled_reports.charts.vega_words import (
    AGGREGATES,
    CHANNEL_KEYS,
    CHANNELS,
    COMPOSITIONS,
    DRAWING,
    MARKS,
    SCALES,
    TIME_UNIT,
    TIME_UNITS,
    TRANSFORMS,
    TYPES,
    VIEW_KEYS,
)
from scheduled_reports.spec.marks import Loc
from scheduled_reports.spec.problems import did_you_mean

Fault = tuple[Loc, str]
"""Where in a specification, and what is wrong; what to do."""


def faults(spec: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a specification and with the views in it."""
    if "data" in spec:
        yield ("data",), "'data' is not allowed here; the chart's 'dataset' gives the data"
    if not set(DRAWING) & set(spec):
        yield (), "the Vega-Lite specification draws nothing; give it a 'mark' and an 'encoding'"
        near = [(key,) for key in spec if key not in VIEW_KEYS]
        yield from ((loc, f"there is no Vega-Lite key {loc[0]!r}; {did_you_mean(loc[0], VIEW_KEYS)}") for loc in near)
        return
    for loc, view in _views(spec, ()):
        yield from _view(loc, view)
    yield from _outside(spec, ())


def _view(loc: Loc, view: Any) -> Iterator[Fault]:
    if not isinstance(view, Mapping):
        yield loc, "a view is a mapping; write its 'mark' and its 'encoding'"
        return
    for key in view:
        yield from _known((*loc, key), "key", key, VIEW_KEYS)
    for name in COMPOSITIONS:
        if not isinstance(view.get(name, []), list):
            yield (*loc, name), f"{name!r} is a list of views; begin each with '- '"
    if "mark" in view:
        yield from _mark((*loc, "mark"), view["mark"])
    if "encoding" in view:
        yield from _encoding((*loc, "encoding"), view["encoding"])
    if "transform" in view:
        yield from _transforms((*loc, "transform"), view["transform"])


def _mark(loc: Loc, mark: Any) -> Iterator[Fault]:
    if isinstance(mark, Mapping):
        if "type" not in mark:
            yield loc, f"the mark has no 'type'; write one of {', '.join(sorted(MARKS))}"
        else:
            yield from _known((*loc, "type"), "mark", mark["type"], MARKS)
    else:
        yield from _known(loc, "mark", mark, MARKS)


def _encoding(loc: Loc, encoding: Any) -> Iterator[Fault]:
    if not isinstance(encoding, Mapping):
        yield loc, "an encoding is a mapping; write channels: x, y, color …"
        return
    for name, definition in encoding.items():
        yield from _known((*loc, name), "encoding channel", name, CHANNELS)
        for place, channel in _definitions((*loc, name), definition):
            yield from _channel(place, channel)


def _definitions(loc: Loc, definition: Any) -> Iterator[tuple[Loc, Any]]:
    """Yield a channel's definition, or each of several: tooltips, details and orders may have a list."""
    if isinstance(definition, list):
        yield from (((*loc, index), item) for index, item in enumerate(definition))
    else:
        yield loc, definition


def _channel(loc: Loc, channel: Any) -> Iterator[Fault]:
    if not isinstance(channel, Mapping):
        if channel is not None:
            yield loc, f"a channel is a mapping; write {{field: {channel}}}, or {{value: …}} for one value"
        return
    for key in channel:
        yield from _known((*loc, key), "key of a channel", key, CHANNEL_KEYS)
    yield from _known((*loc, "type"), "type", channel.get("type"), TYPES)
    if isinstance(channel.get("aggregate"), str):
        yield from _known((*loc, "aggregate"), "aggregate", channel["aggregate"], AGGREGATES)
    yield from _time_unit((*loc, "timeUnit"), channel.get("timeUnit"))
    if isinstance(channel.get("scale"), Mapping):
        yield from _known((*loc, "scale", "type"), "scale type", channel["scale"].get("type"), SCALES)
    if not isinstance(channel.get("field", ""), str | Mapping):
        yield (*loc, "field"), f"{channel['field']!r} is not the name of a column; put it in quotes"


def _time_unit(loc: Loc, unit: Any) -> Iterator[Fault]:
    if isinstance(unit, Mapping):
        unit, loc = unit.get("unit"), (*loc, "unit")
    if isinstance(unit, str) and TIME_UNIT.fullmatch(unit) is None:
        yield loc, f"there is no Vega-Lite timeUnit {unit!r}; {did_you_mean(unit, TIME_UNITS)}"


def _transforms(loc: Loc, transforms: Any) -> Iterator[Fault]:
    if not isinstance(transforms, list):
        yield loc, "'transform' is a list; begin each step with '- '"
        return
    for index, step in enumerate(transforms):
        here = (*loc, index)
        if not isinstance(step, Mapping) or not TRANSFORMS & set(step):
            key = next(iter(step), "") if isinstance(step, Mapping) else step
            yield here, f"there is no Vega-Lite transform {key!r}; {did_you_mean(str(key), TRANSFORMS)}"
            continue
        for name in ("aggregate", "joinaggregate"):
            for number, part in enumerate(step.get(name) or () if isinstance(step.get(name), list) else ()):
                if isinstance(part, Mapping):
                    yield from _known((*here, name, number, "op"), "aggregate", part.get("op"), AGGREGATES)
        yield from _time_unit((*here, "timeUnit"), step.get("timeUnit"))


def _views(view: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    """Yield a view and those in it, with their places."""
    yield loc, view
    if not isinstance(view, Mapping):
        return
    if "spec" in view:
        yield from _views(view["spec"], (*loc, "spec"))
    for name in COMPOSITIONS:
        parts = view.get(name)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            yield from _views(part, (*loc, name, index))


def _outside(node: Any, loc: Loc) -> Iterator[Fault]:
    """Yield data that would come from elsewhere: charts load nothing."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "data" and isinstance(value, Mapping) and "url" in value:
                yield (*loc, key, "url"), "charts load nothing from elsewhere; make it a dataset of the report"
            elif key != "datasets":
                yield from _outside(value, (*loc, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _outside(value, (*loc, index))


def _known(loc: Loc, what: str, word: Any, allowed: Iterable[str]) -> Iterator[Fault]:
    words = set(allowed)
    if word is not None and (not isinstance(word, str) or word not in words):
        yield loc, f"there is no Vega-Lite {what} {word!r}; {did_you_mean(str(word), words)}"
