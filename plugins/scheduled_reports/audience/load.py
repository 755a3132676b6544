"""Read the files in `include/recipients/`, each once per process, and again when it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scheduled_reports.audience.directory import Directory
from scheduled_reports.audience.file import Person, RecipientsFile
from scheduled_reports.schedule.calendars.stamps import Stamp, stamp_of
from scheduled_reports.spec.places import problems_of
from scheduled_reports.spec.problems import Place, Problem
from scheduled_reports.spec.yaml import Source, read

_SECTIONS = {"people": "a person", "groups": "a group"}


def directory_of(include: Path | None) -> Directory:
    """Return the people and groups of `include/recipients/`, with what is wrong there; `include` holds that folder."""
    if include is None:
        return Directory()
    stamps = {path: stamp_of(path) for path in sorted((include / "recipients").glob("*.y*ml"))}
    held = _HELD.get(include)
    if held is None or held[0] != stamps:
        held = _HELD[include] = stamps, _put_together([_parsed(path, stamp) for path, stamp in stamps.items()])
    return held[1]


_HELD: dict[Path, tuple[dict[Path, Stamp], Directory]] = {}


@dataclass(frozen=True)
class _Part:
    """One file.

    Attributes:
        source: Its values.
        people: The people in it with whom nothing is wrong by themselves.
        groups: The groups likewise.
        names: All its names, and the section that each stands in.
        faults: What is wrong with names in it, by themselves.
        problems: What is wrong with the file as a whole.
    """

    source: Source
    people: Mapping[str, Person]
    groups: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    faults: Mapping[str, tuple[Problem, ...]]
    problems: tuple[Problem, ...]

    def place(self, name: str, *within: str | int) -> Place:
        """Return where a name stands, or one of those in it."""
        return self.source.place((self.names[name], name, *within), key=not within)


@lru_cache(maxsize=1000)
def _parsed(path: Path, stamp: Stamp) -> _Part:  # noqa: ARG001 - the cache knows the file by it
    source, problems = read(path)
    if path.suffix != ".yaml":
        what = f"files of recipients end in .yaml, not in {path.suffix}"
        problems = [Problem(path, 1, 1, what, f"rename it to {path.stem}.yaml")]
    elif not problems and not isinstance(source.data, dict):
        problems = [Problem(path, 1, 1, "holds no recipients", "write its `people:` and its `groups:`")]
    if problems:
        return _Part(source, {}, {}, {}, {}, tuple(problems))
    return _entries(source)


def _entries(source: Source) -> _Part:
    """Return a file's people and groups, each looked at by itself: what is wrong with one is not wrong with others."""
    people: dict[str, Person] = {}
    groups: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    faults: dict[str, tuple[Problem, ...]] = {}
    sections = {key: value for key, value in source.data.items() if key in _SECTIONS and isinstance(value, dict)}
    for section, entries in sections.items():
        for name, entry in entries.items():
            found, wrong = _validated(source, {section: {name: entry}})
            people.update(found.people)
            groups.update(found.groups)
            faults.update({name: (*faults.get(name, ()), *wrong)} if wrong else {})
            if name in names:
                faults[name] = (*faults.get(name, ()), _twice(source, section, name, "a person of this file"))
            names.setdefault(name, section)
    _, problems = _validated(source, {key: value for key, value in source.data.items() if key not in sections})
    return _Part(source, people, groups, names, faults, problems)


def _validated(source: Source, data: Mapping[str, Any]) -> tuple[RecipientsFile, tuple[Problem, ...]]:
    try:
        return RecipientsFile.model_validate(data), ()
    except ValidationError as error:
        return RecipientsFile(), tuple(problems_of(error, source, RecipientsFile, "the file of recipients"))


def _twice(source: Source, section: str, name: str, other: str) -> Problem:
    place = source.place((section, name), key=True)
    return place.problem(f"{section}.{name}: {name!r} is already {other}", "give each a name of its own")


def _put_together(parts: list[_Part]) -> Directory:
    people: dict[str, Person] = {}
    groups: dict[str, tuple[str, ...]] = {}
    homes: dict[str, _Part] = {}
    faults: dict[str, list[Problem]] = {}
    for part in parts:
        for name, section in part.names.items():
            if name in homes:
                at = homes[name].place(name)
                other = f"{_SECTIONS[homes[name].names[name]]} in {at.path.name}:{at.line}"
                faults.setdefault(name, []).append(_twice(part.source, section, name, other))
                continue
            homes[name] = part
            people.update({name: part.people[name]} if name in part.people else {})
            groups.update({name: part.groups[name]} if name in part.groups else {})
        for name, wrong in part.faults.items():
            faults.setdefault(name, []).extend(wrong)
    files = {name: part.source.path for name, part in homes.items()}
    known = Directory(people, groups, files)
    for name, problem in (*_unknown(known, homes), *_circles(groups, homes)):
        faults.setdefault(name, []).append(problem)
    told = {problem for wrong in faults.values() for problem in wrong}.union(*(part.problems for part in parts))
    kept = {name: tuple(wrong) for name, wrong in faults.items()}
    unread = [problem for part in parts if not part.names for problem in part.problems]
    return Directory(people, groups, files, kept, tuple(sorted(told)), tuple(sorted(unread)))


def _unknown(known: Directory, homes: Mapping[str, _Part]) -> Iterator[tuple[str, Problem]]:
    """Yield the names in groups that nobody has."""
    for group, members in known.groups.items():
        for index, member in enumerate(members):
            if not known.knows(member):
                message = f"groups.{group}[{index + 1}]: there is no person or group {member!r}"
                yield group, homes[group].place(group, index).problem(message, known.near(member))


def _circles(groups: Mapping[str, tuple[str, ...]], homes: Mapping[str, _Part]) -> Iterator[tuple[str, Problem]]:
    """Yield each circle of groups once, at the name that closes it."""
    inner = {name: [member for member in members if member in groups] for name, members in groups.items()}
    while True:
        try:
            TopologicalSorter(inner).prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))[:-1]
            first = circle.index(min(circle))
            circle = [*circle[first:], *circle[:first]]
            last = circle[-1]
            inner[last].remove(circle[0])
            message = f"the group {circle[0]!r} contains itself: {' → '.join([*circle, circle[0]])}"
            index = groups[last].index(circle[0])
            place = homes[last].place(last, index)
            yield last, place.problem(f"groups.{last}[{index + 1}]: {message}", "leave one of them out")
        else:
            return
