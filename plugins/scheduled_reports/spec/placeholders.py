"""Fill `${name}` in a definition or a template.

A text that is nothing but `${name}` becomes the value, of whatever type; inside a longer text the value is put in as
text. `$${` is a plain `${`. Jinja's `{{ }}` is not touched: it is filled when the report runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

import yaml

from scheduled_reports.spec.includes import Definition
from scheduled_reports.spec.merge import NULL, mapping, sequence
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import STR, Source

_PLACEHOLDER = re.compile(r"\$\$\{|\$\{(?P<name>[^{}\n]*)(?P<end>\}?)")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")

_SQL = frozenset({"sql", "expression", "datasets"})
"""Keys below which texts are SQL: values are bound there, never pasted (decision 7 of the design)."""

_NO_SQL = frozenset({"description", "sql_file", "with"})
"""Keys of a dataset below which they are not."""


@dataclass
class Filling:
    """A definition whose placeholders are being filled.

    Attributes:
        definition: The definition.
        values: The value of each of its parameters; None where one is missing, which has been told already.
        source: Whose places the problems have: the spec that uses it, or the file itself.
        problems: What is wrong with its placeholders.
        visited: How many values have been looked at.
    """

    definition: Definition
    values: Mapping[str, yaml.Node | None]
    source: Source
    problems: list[Problem] = field(default_factory=list)
    visited: int = 0

    def filled(self) -> yaml.Node:
        """Return the definition's body, filled."""
        if "${" not in self.definition.source.text:
            return self.definition.body
        return self._of(self.definition.body, in_sql=self.definition.kind == "datasets")

    def _of(self, node: yaml.Node, *, in_sql: bool) -> yaml.Node:
        self.visited += 1
        if isinstance(node, yaml.MappingNode):
            return mapping(node, [self._entry(key, value, in_sql) for key, value in node.value])
        if isinstance(node, yaml.SequenceNode):
            return sequence(node, [self._of(item, in_sql=in_sql) for item in node.value])
        return self._scalar(node, in_sql) if _has_placeholder(node) else node

    def _entry(self, key: yaml.Node, value: yaml.Node, in_sql: bool) -> tuple[yaml.Node, yaml.Node]:
        inside = (in_sql or key.value in _SQL) and key.value not in _NO_SQL
        return (self._text(key, in_sql=False) if _has_placeholder(key) else key), self._of(value, in_sql=inside)

    def _scalar(self, node: yaml.ScalarNode, in_sql: bool) -> yaml.Node:
        whole = _PLACEHOLDER.fullmatch(node.value)
        if whole is None or whole["name"] is None or not self._known(node, whole):
            return self._text(node, in_sql)
        value = self.values[whole["name"]]
        return node if value is None else value

    def _text(self, node: yaml.ScalarNode, in_sql: bool) -> yaml.ScalarNode:
        text = _PLACEHOLDER.sub(lambda match: self._pasted(node, match, in_sql), node.value)
        return yaml.ScalarNode(node.tag, text, node.start_mark, node.end_mark, node.style)

    def _pasted(self, node: yaml.ScalarNode, match: re.Match[str], in_sql: bool) -> str:
        """Return what stands in a text for one placeholder; the placeholder itself where it cannot be filled."""
        name = match["name"]
        if name is None:
            return "${"
        if not self._known(node, match) or (value := self.values[name]) is None:
            return match[0]
        if not isinstance(value, yaml.ScalarNode) or value.tag == NULL:
            what = "null" if value.tag == NULL else "a list" if isinstance(value, yaml.SequenceNode) else "a mapping"
            hint = f"only text, a number, true or false can; or let all of the value be ${{{name}}}"
            self._tell(node, f"the parameter {name!r} is {what} and cannot stand inside a text", hint)
            return match[0]
        if in_sql and not _IDENTIFIER.fullmatch(value.value):
            hint = (f'values are bound: declare the report parameter {name}: {{type: text, default: "${{{name}}}"}} '
                    f"and write :{name} in the SQL")  # fmt: skip
            self._tell(node, f"the parameter {name!r} is {value.value!r}; only a name can be put into SQL", hint)
        return str(value.value)

    def _known(self, node: yaml.Node, match: re.Match[str]) -> bool:
        """Return whether a placeholder is closed and declared, and tell where it is not."""
        name = match["name"]
        if not match["end"]:
            self._tell(node, f"'${{{name}' is not closed", "write ${name}; a plain ${ is written $${")
        elif name not in self.values:
            hint = f"{did_you_mean(name, self.values)}; declare it under `needs`; a plain ${{ is written $${{"
            self._tell(node, f"there is no parameter {name!r}", hint)
        else:
            return True
        return False

    def _tell(self, node: yaml.Node, message: str, hint: str) -> None:
        self.problems.append(self.source.at(node).problem(message, hint))


def _has_placeholder(node: yaml.Node) -> TypeGuard[yaml.ScalarNode]:
    return isinstance(node, yaml.ScalarNode) and node.tag == STR and "${" in node.value


def names_in(node: yaml.Node) -> Iterator[str]:
    """Yield the name in each placeholder below a node, its own included."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from (*names_in(key), *names_in(value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from names_in(item)
    elif node.tag == STR:
        yield from (match["name"] for match in _PLACEHOLDER.finditer(node.value) if match["name"] is not None)
