"""Check the definitions and templates in include/ by themselves, whether a spec uses them or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from scheduled_reports.model import is_name
from scheduled_reports.spec.includes import FOLDERS, Definition, Includes
from scheduled_reports.spec.placeholders import Filling, names_in
from scheduled_reports.spec.problems import Problem
from scheduled_reports.spec.secrets import secrets_in
from scheduled_reports.spec.yaml import STR, entry


def problems_and_warnings(include: Path) -> tuple[set[Problem], list[Problem]]:
    """Return what is wrong with the files and what is odd about them.

    Args:
        include: The folder with sources/, datasets/, blocks/ and templates/.
    """
    includes, problems, warnings = Includes(include), set[Problem](), list[Problem]()
    for kind in FOLDERS:
        for path in sorted((include / kind).glob("*.y*ml")):
            problems.update(_name_problems(path, kind))
        for name in includes.names(kind):
            definition, found = includes.find(kind, name)
            problems.update(found)
            if definition is not None:
                problems.update(_problems(definition, includes))
                warnings += _unused(definition)
    for source in includes.read.values():
        problems.update(secrets_in(source.path, source.text))
    return problems, warnings


def _name_problems(path: Path, kind: str) -> Iterator[Problem]:
    if path.suffix != ".yaml":
        what = f"files in include/{kind}/ end in .yaml, not in {path.suffix}"
        yield Problem(path, 1, 1, what, f"rename it to {path.stem}.yaml")
    if not is_name(path.stem):
        hint = "rename it to lower-case letters, digits and single underscores: standard_sales.yaml"
        yield Problem(path, 1, 1, f"the file's name {path.stem!r} cannot be used by a spec", hint)


def _problems(definition: Definition, includes: Includes) -> Iterator[Problem]:
    """Yield placeholders that cannot be filled, and names of other definitions that are not there."""
    filling = Filling(definition, definition.needs, definition.source)
    filling.filled()
    yield from filling.problems
    for kind, value in _names_used(definition):
        if "${" not in value.value and (fault := includes.fault(kind, value.value)):
            yield definition.source.at(value).problem(*fault)


def _names_used(definition: Definition) -> Iterator[tuple[str, yaml.Node]]:
    """Yield (kind, name) of each definition that a definition uses by itself."""
    body = definition.body
    parts = {definition.kind: [body]}
    if definition.kind == "blocks":
        parts = {"blocks": body.value}
    elif definition.kind == "templates":
        parts = {"blocks": _values(body, "content"), "sources": _values(body, "sources")}
        parts["datasets"] = _values(body, "datasets")
    found = [(kind, entry(node, "use")) for kind, nodes in parts.items() for node in nodes]
    for kind, named in [*found, ("templates", entry(body, "extends"))]:
        if named is not None and named[1].tag == STR:
            yield kind, named[1]


def _values(node: yaml.Node, section: str) -> list[yaml.Node]:
    found = entry(node, section)
    if found is None or not isinstance(found[1], yaml.CollectionNode):
        return []
    return [part[1] if isinstance(part, tuple) else part for part in found[1].value]


def _unused(definition: Definition) -> Iterator[Problem]:
    used = set(names_in(definition.body))
    declared = entry(definition.source.root, "needs")
    for key, _ in declared[1].value if declared else ():
        if key.value not in used:
            message = f"warning: the parameter {key.value!r} is declared, and ${{{key.value}}} stands nowhere"
            yield definition.source.at(key).problem(message, "leave it out, or use it")
