"""Read YAML 1.2 (core schema) and remember where each value stands.

PyYAML follows YAML 1.1, where `on` is true, `16:30` is the number 990 and `010` is 8. Editors and authors follow 1.2,
so only the 1.2 core schema's plain scalars are resolved (https://yaml.org/spec/1.2.2/#103-core-schema).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scheduled_reports.spec.problems import Place, Problem

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


STR = "tag:yaml.org,2002:str"
"""How PyYAML calls text."""

MOST_VALUES = 100_000
"""More than any report says: ten lines of aliases to aliases can mean billions, which no memory holds."""


class CoreSchemaLoader(Loader):  # type: ignore[misc]
    """PyYAML's safe loader (libyaml where it is built in) with the resolution rules of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
):
    _first_letters = [*_first, ""] if _tag == "null" else list(_first)
    CoreSchemaLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first_letters)


def _int(loader: Any, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))


CoreSchemaLoader.add_constructor("tag:yaml.org,2002:int", _int)


@dataclass(frozen=True)
class Source:
    """A YAML file's values and the place of each.

    Attributes:
        path: The file.
        data: Plain Python values: dict, list, str, int, float, bool, None.
        root: The composed node tree, or None where the file is empty. Each node knows the file that it stands in.
        text: The file's text.
        parts: The files in include/ whose values are among its own.
    """

    path: Path
    data: Any
    root: yaml.Node | None
    text: str = ""
    parts: tuple[Source, ...] = ()

    def place(self, loc: tuple[str | int, ...], *, key: bool = False) -> Place:
        """Return where the value at `loc` stands; where its key does, where `key` is set.

        Parts of `loc` that the file does not have (pydantic names union members there) are passed over. A key that is
        missing from a mapping of another file is told at that mapping, not at the key that the mapping has in this.
        """
        node, where = self.root, self.root
        for number, part in enumerate(loc, start=1):
            step = _step(node, part)
            if step is not None:
                own_key, node = step
                here = own_key is not None and (number == len(loc) or _file(own_key) == _file(node))
                where = own_key if key and here else node
        return self.at(where)

    def at(self, node: yaml.Node | None) -> Place:
        """Return where a node of its tree stands."""
        path = Path(_file(node)) if node is not None else self.path
        return Place(path, *_at(node), self.path if path != self.path else None)

    def untagged(self, loc: tuple[str | int, ...], given: object) -> tuple[str | int, ...]:
        """Return the `loc` of one of pydantic's errors without the tags of unions, which a key may have as its name.

        A dataset that says no type has the tag that its keys tell.

        Args:
            loc: Where pydantic says that it is wrong.
            given: What it says is wrong there: where a tag comes last, the whole mapping.
        """
        kept: list[str | int] = []
        node, tagged = self.root, False
        for number, part in enumerate(loc, start=1):
            kind, step = _step(node, "type"), _step(node, part)
            own = kind is not None and getattr(kind[1], "value", None) == part and not tagged
            before_key = isinstance(loc[number], str) if number < len(loc) else isinstance(given, dict)
            implied = kind is None and len(kept) == 2 and kept[0] == "datasets" and not tagged
            if implied or (own and before_key and not (step and isinstance(step[1], yaml.MappingNode))):
                tagged = True
                continue
            if isinstance(part, str) and (part.startswith("<") or (step is None and number < len(loc))):
                continue  # a tag that no key says, or a list where a mapping is meant
            kept.append(part)
            node, tagged = (step[1], False) if step is not None else (node, tagged)
        return tuple(kept)

    def known(self, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """Return `loc` without what the file has not: union tags, places in a list of one; a missing key stays."""
        kept: list[str | int] = []
        node = self.root
        for number, part in enumerate(loc, start=1):
            step = _step(node, part)
            if step is not None or (number == len(loc) and isinstance(node, yaml.MappingNode)):
                kept.append(part)
            node = step[1] if step is not None else node
        return tuple(kept)


class _Named(io.StringIO):
    """A file's text that knows the file's name: PyYAML writes it into the marks of nodes."""

    def __init__(self, text: str, path: Path) -> None:
        super().__init__(text)
        self.name = str(path)


def read(path: Path) -> tuple[Source, list[Problem]]:
    """Read one YAML file; what is wrong with it as YAML comes back as problems, never as an exception."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Source(path, None, None), [Problem(path, 1, 1, f"cannot be read: {error}", "save it as UTF-8 text")]
    loader = CoreSchemaLoader(_Named(text, path))
    try:
        root = loader.get_single_node()
        data = loader.construct_document(root) if root is not None else None
        _written_out(root, {})
    except yaml.YAMLError as error:
        return Source(path, None, None), [_syntax_problem(path, text, error)]
    except _TooManyValuesError as error:
        what = f"with its aliases (*name) written out, this holds more than {MOST_VALUES:,} values, or itself"
        return Source(path, None, None), [Problem(path, *_at(error.node), what, "write out what is needed of it")]
    except (ValueError, TypeError, RecursionError) as error:
        return Source(path, None, None), [Problem(path, 1, 1, f"is not valid YAML: {error}")]
    finally:
        loader.dispose()
    source = Source(path, data, root, text)
    return source, sorted(_key_problems(source))


def put_together(own: Source, root: yaml.Node, parts: tuple[Source, ...]) -> tuple[Source, list[Problem]]:
    """Return a tree that is made of a file's nodes and of those of others, as read() returns a file.

    Args:
        own: The file.
        root: The tree.
        parts: The others.
    """
    try:
        _written_out(root, {})
    except _TooManyValuesError as error:
        what = f"put together with what it uses, this holds more than {MOST_VALUES:,} values"
        return own, [own.at(error.node).problem(what, "use less of it")]
    loader = CoreSchemaLoader("")
    try:
        source = Source(own.path, loader.construct_document(root), root, own.text, parts)
    finally:
        loader.dispose()
    return source, sorted(_key_problems(source))


def entry(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return (key, value) of a mapping's entry; None where there is no such entry or `node` is no mapping."""
    found = _step(node, name) if isinstance(node, yaml.MappingNode) else None
    return (found[0], found[1]) if found is not None and found[0] is not None else None


def _step(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None


def _file(node: yaml.Node) -> str:
    return str(node.start_mark.name)


def _at(node: yaml.Node | None) -> tuple[int, int]:
    return (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)


class _TooManyValuesError(Exception):
    def __init__(self, node: yaml.Node) -> None:
        self.node = node


def _written_out(node: yaml.Node | None, known: dict[int, int]) -> int:
    """Return how many values `node` holds with its aliases written out, each node counted only once.

    Raises:
        _TooManyValuesError: More than MOST_VALUES; without end where a node holds itself.
    """
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in known:
        known[id(node)] = MOST_VALUES + 1  # until it is counted: whoever meets it meanwhile is in it
        count = 1 + sum(_written_out(child, known) for child in _children(node))
        if count > MOST_VALUES:
            raise _TooManyValuesError(node)
        known[id(node)] = count
    return known[id(node)]


def _children(node: yaml.CollectionNode) -> list[yaml.Node]:
    return [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else list(node.value)


def _key_problems(source: Source) -> Iterator[Problem]:
    waiting, visited = [source.root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in visited or not isinstance(node, yaml.CollectionNode):
            continue
        visited.add(id(node))
        waiting += _children(node)
        seen: dict[str, int] = {}
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag != STR:
                yield source.at(key).problem(f"the key {key.value} is not text", "put it in quotes")
            if key.value in seen:
                first = f"it already stands in line {seen[key.value]}"
                yield source.at(key).problem(f"the key {key.value!r} stands twice", first)
            seen.setdefault(key.value, _at(key)[0])


def _syntax_problem(path: Path, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    why = " ".join(filter(None, (getattr(error, "context", None), getattr(error, "problem", None)))) or str(error)
    filled = "flow" in why and "${" in "".join(text.splitlines()[line - 1 : line])
    hint = 'inside {} and [] write "${name}", in quotes' if filled else "check the indentation and the quotes here"
    return Problem(path, line, column, f"is not valid YAML: {why}", hint)
