"""Write a spec that is put together from several files as one, each part with the place that it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from scheduled_reports.spec.merge import mapping, sequence
from scheduled_reports.spec.yaml import CoreSchemaLoader, Source


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes text that YAML 1.2 reads as text without quotes: `on`, `16:30`."""

    yaml_implicit_resolvers: dict[str, Any] = CoreSchemaLoader.yaml_implicit_resolvers


def whole_text(source: Source) -> str:
    """Return a spec as YAML that says the same, with comments that name the file and line of each part.

    A spec that is one file comes back as it was written.
    """
    if not source.parts or not isinstance(source.root, yaml.MappingNode):
        return source.text
    return "\n".join(_entries(source, source.root)) + "\n"


def _entries(source: Source, node: yaml.MappingNode) -> Iterator[str]:
    for key, value in node.value:
        lines, place = _places(source, value), source.at(key)
        if place.file in lines:
            lines[place.file] = min(place.line, lines[place.file])
        if len(lines) == 1 or not value.value:
            yield _comment(lines)
            yield from _written(mapping(node, [(key, value)]))
            continue
        yield f"{_written(key)[0]}:"
        if isinstance(value, yaml.MappingNode):
            yield from (f"  {line}" if line else line for line in _entries(source, value))
        else:
            yield from (f"  {line}" if line else line for line in _items(source, value))


def _items(source: Source, node: yaml.SequenceNode) -> Iterator[str]:
    for item in node.value:
        yield _comment(_places(source, item))
        yield from _written(sequence(node, [item]))


def _written(node: yaml.Node) -> list[str]:
    if isinstance(node, yaml.CollectionNode):
        node.flow_style = False
    return yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=120).splitlines()


def _comment(lines: dict[str, int]) -> str:
    return "# " + ", ".join(f"{file}:{line}" for file, line in lines.items())


def _places(source: Source, root: yaml.Node) -> dict[str, int]:
    """Return the files that a value stands in, with the first line of it in each."""
    first: dict[str, yaml.Node] = {}
    waiting, visited = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        mark = node.start_mark
        if mark.name not in first or mark.line < first[mark.name].start_mark.line:
            first[mark.name] = node
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in reversed(node.value) for part in reversed(pair)]
        elif isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
    return {place.file: place.line for place in map(source.at, first.values())}
