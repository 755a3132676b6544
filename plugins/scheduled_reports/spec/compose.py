"""Put a spec together with what it `extends` and `use`s, before anything else looks at it.

It happens on the tree of YAML nodes. Each keeps the file, line and column that it stands at, so that whatever is found
wrong with the whole later is told there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from scheduled_reports.spec.includes import Includes
from scheduled_reports.spec.merge import mapping, merged, replaced, sequence, without
from scheduled_reports.spec.placeholders import Filling
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import MOST_VALUES, Source, entry, put_together, read

MOST_DEEP = 10
"""How many templates may extend each other, or definitions use each other, in one line."""

_NAMED = ("sources", "datasets")

Trail = tuple[str, ...]
"""The names of what is being put together, the outermost first."""


def read_spec(path: Path, include: Path) -> tuple[Source, list[Problem]]:
    """Read a spec, put together with what it extends and uses; what is wrong with that comes back as problems."""
    source, problems = read(path)
    whole, others = composed(source, include)
    return whole, problems + others


def composed(source: Source, include: Path) -> tuple[Source, list[Problem]]:
    """Return a spec put together with what it extends and uses, and what is wrong with that.

    What cannot be found or filled is left out, so that the rest can still be read.

    Args:
        source: The spec's file.
        include: The folder with templates/, sources/, datasets/ and blocks/.
    """
    if not _is_composed(source.data) or not isinstance(source.root, yaml.MappingNode):
        return source, []
    composition = _Composition(source, Includes(include))
    try:
        root = composition.whole(source.root)
    except _TooMuchError as error:
        what = f"put together with what it uses, this holds more than {MOST_VALUES:,} values"
        return source, [source.at(error.node).problem(what, "use less of it")]
    whole, problems = put_together(source, root, tuple(composition.includes.read.values()))
    return whole, list(dict.fromkeys([*composition.problems, *problems]))  # a file used twice has them twice


def _is_composed(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    entries = [part for name in _NAMED if isinstance(data.get(name), dict) for part in data[name].values()]
    entries += data["content"] if isinstance(data.get("content"), list) else []
    return "extends" in data or any(isinstance(part, dict) and "use" in part for part in entries)


class _TooMuchError(Exception):
    def __init__(self, node: yaml.Node) -> None:
        self.node = node


class _Composition:
    """One spec being put together."""

    def __init__(self, source: Source, includes: Includes) -> None:
        self.source, self.includes = source, includes
        self.problems: list[Problem] = []
        self._size = 0

    def whole(self, root: yaml.MappingNode) -> yaml.MappingNode:
        """Return the spec with its templates under it, and what it uses in its places."""
        whole = self._extended(root, ())
        return mapping(root, [(key, self._section(key.value, value)) for key, value in whole.value])

    def _section(self, name: str, node: yaml.Node) -> yaml.Node:
        """Return one section of the spec with what it uses in its places."""
        if name in _NAMED and isinstance(node, yaml.MappingNode):
            named = [(key, self._named(name, value)) for key, value in node.value]
            return mapping(node, [(key, value) for key, value in named if value is not None])
        if name == "content" and isinstance(node, yaml.SequenceNode):
            return self._spliced(node, ())
        return node

    def _extended(self, node: yaml.MappingNode, trail: Trail) -> yaml.MappingNode:
        """Return a spec or a template with the template that it extends under it."""
        if entry(node, "extends") is None:
            return node
        own = without(node, "extends", "with")
        template = self._filled("templates", "extends", node, trail)
        if not isinstance(template, yaml.MappingNode):
            return own
        return merged(self._extended(template, (*trail, _name(node, "extends"))), own)

    def _named(self, kind: str, node: yaml.Node, trail: Trail = ()) -> yaml.Node | None:
        """Return a source or dataset, or the definition that it uses with its own keys in place of that's."""
        if not isinstance(node, yaml.MappingNode) or entry(node, "use") is None:
            return node
        found = self._filled(kind, "use", node, trail)
        base = self._named(kind, found, (*trail, _name(node, "use"))) if found else None
        own = without(node, "use", "with")
        return replaced(base, own) if isinstance(base, yaml.MappingNode) and own.value else base

    def _spliced(self, node: yaml.SequenceNode, trail: Trail) -> yaml.SequenceNode:
        """Return a list of blocks with the lists that it uses in their places."""
        blocks: list[yaml.Node] = []
        for item in node.value:
            if not isinstance(item, yaml.MappingNode) or entry(item, "use") is None:
                blocks.append(item)
                continue
            for key, _ in without(item, "use", "with").value:
                what = f"unknown key {key.value!r} beside 'use'"
                self.problems.append(self.source.at(key).problem(what, "a list of blocks takes only 'with'"))
            found = self._filled("blocks", "use", item, trail)
            if isinstance(found, yaml.SequenceNode):
                more = self._spliced(found, (*trail, _name(item, "use"))).value
                self._count(len(more), item)
                blocks += more
        return sequence(node, blocks)

    def _filled(self, kind: str, word: str, node: yaml.MappingNode, trail: Trail) -> yaml.Node | None:
        """Return the definition that `node` names under `word`, filled; None where it cannot be used."""
        name = _name(node, word)
        if fault := self._fault(kind, name, trail):
            self._tell(node, word, *fault)
            return None
        definition, problems = self.includes.find(kind, name)
        self.problems += [replace(problem, used_by=(self.source.path,)) for problem in problems]
        if definition is None:
            return None
        what = f"include/{kind}/{name}.yaml"
        filling = Filling(definition, self._values(node, word, definition.needs, what), self.source)
        body = filling.filled()
        self.problems += filling.problems
        self._count(filling.visited + 1, node)
        return body

    def _fault(self, kind: str, name: Any, trail: Trail) -> tuple[str, str] | None:
        """Return what is wrong with using a definition here, and what to do about it."""
        if name in trail:
            circle = " → ".join((*trail[trail.index(name) :], name))
            return f"include/{kind}: these are made of each other: {circle}", "leave one of them out"
        if len(trail) >= MOST_DEEP:
            return f"more than {MOST_DEEP} files deep: {' → '.join((*trail, str(name)))}", "put some into one file"
        return self.includes.fault(kind, name)

    def _values(self, node: yaml.MappingNode, word: str, needs: Any, what: str) -> dict[str, yaml.Node | None]:
        """Return the value of each parameter of `what`: as `with` beside `word` says, else its default."""
        given = entry(node, "with")
        if given and not isinstance(given[1], yaml.MappingNode):
            self._tell(node, "with", "'with' is not a mapping", f"write what {what} needs: {', '.join(needs)}")
            return dict(needs)
        values = {key.value: value for key, value in (given[1].value if given else ())}
        for key, _ in given[1].value if given else ():
            if key.value not in needs:
                message = f"{what} has no parameter {key.value!r}"
                hint = did_you_mean(key.value, needs) if needs else "it needs none; leave it out"
                self.problems.append(self.source.at(key).problem(message, hint))
        for name, default in needs.items():
            if default is None and name not in values:
                self._tell(node, word, f"{what} needs the parameter {name!r}", f"add it: with: {{{name}: ...}}")
        return {name: values.get(name, default) for name, default in needs.items()}

    def _count(self, size: int, node: yaml.Node) -> None:
        self._size += size
        if self._size > MOST_VALUES:
            raise _TooMuchError(node)

    def _tell(self, node: yaml.MappingNode, word: str, message: str, hint: str) -> None:
        """Add a problem at the value that a mapping has under `word`."""
        found = entry(node, word)
        self.problems.append(self.source.at(found[1] if found else node).problem(message, hint))


def _name(node: yaml.MappingNode, word: str) -> str:
    """Return the name that a mapping has under `word`; empty where it is no text."""
    found = entry(node, word)
    return found[1].value if found and isinstance(found[1], yaml.ScalarNode) else ""
