"""Find and read what specs share: definitions of sources, datasets and block lists, and templates of whole specs.

include/sources/NAME.yaml     a source
include/datasets/NAME.yaml    a dataset
include/blocks/NAME.yaml      a list of blocks; with `needs`, the list stands under `blocks`
include/templates/NAME.yaml   a spec, or a part of one
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from scheduled_reports.model import Model, Name, is_name
from scheduled_reports.spec.merge import without
from scheduled_reports.spec.places import problems_of
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import Source, entry, read

FOLDERS = {"sources": "a source", "datasets": "a dataset", "blocks": "a list of blocks", "templates": "a template"}
"""The folders of include/, and what a file in each of them is."""


class Need(Model):
    """A parameter that a definition or a template declares under `needs`."""

    description: str = Field("", description="What the value is, for whoever writes it under `with`.")
    default: Any = Field(None, description="What stands there where `with` gives no value; without it one is needed.")


class _Header(Model):
    needs: dict[Name, Need | None] = Field({}, description="The parameters, by name.")


@dataclass(frozen=True)
class Definition:
    """A file in include/ that specs use.

    Attributes:
        kind: The name of its folder.
        source: The file.
        body: What of it becomes a part of a spec, its placeholders not yet filled.
        needs: The defaults of its parameters, by name; None where a value has to be given.
    """

    kind: str
    source: Source
    body: yaml.Node
    needs: Mapping[str, yaml.Node | None]


class Includes:
    """What specs share, each file read once.

    Args:
        folder: The folder include/.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: dict[Path, Source] = {}
        self._found: dict[tuple[str, str], tuple[Definition | None, list[Problem]]] = {}

    def names(self, kind: str) -> list[str]:
        """Return the names of all definitions of a kind, which is the name of their folder, sorted."""
        return sorted(path.stem for path in (self.folder / kind).glob("*.yaml"))

    def fault(self, kind: str, name: str) -> tuple[str, str] | None:
        """Return what is wrong with a name and what to do about it; None where there is such a definition."""
        if (kind, name) in self._found:
            return None
        if not is_name(name):
            return f"{name!r} is not a name", f"write the name of a file in include/{kind}/, without .yaml"
        path = self.folder / kind / f"{name}.yaml"
        if not path.is_file():
            return f"there is no include/{kind}/{name}.yaml", did_you_mean(name, self.names(kind))
        if not path.resolve().is_relative_to(self.folder.resolve()):
            return f"include/{kind}/{name}.yaml is a link that leads out of include/", "put the file itself there"
        return None

    def find(self, kind: str, name: str) -> tuple[Definition | None, list[Problem]]:
        """Return a definition, None where its file cannot be used, and what is wrong with that file."""
        if (kind, name) not in self._found:
            path = self.folder / kind / f"{name}.yaml"
            self.read[path], problems = read(path)
            self._found[kind, name] = _defined(kind, self.read[path], problems)
        return self._found[kind, name]


def _defined(kind: str, source: Source, problems: list[Problem]) -> tuple[Definition | None, list[Problem]]:
    if problems:
        return None, problems
    body = _body(kind, source.root)
    if body is None:
        hint = f"write {FOLDERS[kind]}" + (", or `needs:` and `blocks:`" if kind == "blocks" else " as a mapping")
        return None, [source.at(source.root).problem(f"is not {FOLDERS[kind]}", hint)]
    head = entry(source.root, "needs")
    try:
        _Header.model_validate({"needs": source.data["needs"]} if head else {})
    except ValidationError as error:
        return None, sorted(problems_of(error, source, _Header, "the file"))
    defaults = {key.value: entry(value, "default") for key, value in (head[1].value if head else ())}
    needs = {name: default[1] if default else None for name, default in defaults.items()}
    return Definition(kind, source, body, needs), []


def _body(kind: str, root: yaml.Node | None) -> yaml.Node | None:
    """Return what of a file becomes a part of a spec; None where it has another shape."""
    if kind != "blocks":
        return without(root, "needs") if isinstance(root, yaml.MappingNode) else None
    listed = entry(root, "blocks")
    alone = not isinstance(root, yaml.MappingNode) or not without(root, "needs", "blocks").value
    body = listed[1] if listed else root
    return body if alone and isinstance(body, yaml.SequenceNode) else None
