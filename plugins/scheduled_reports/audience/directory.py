"""Who is meant by a name: a person, or a group with everybody in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scheduled_reports.audience.file import Person
from scheduled_reports.spec.problems import Problem, did_you_mean

MOST_NAMES = 20
"""So many names are listed where one is unknown; of more, only the nearest is told."""


@dataclass(frozen=True)
class Member:
    """Somebody whom a name means.

    Attributes:
        id: The person's name in specs.
        person: Who it is.
        through: The groups that lead to them, the outermost first.
    """

    id: str
    person: Person
    through: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """The people and groups of all files in `include/recipients/`.

    Attributes:
        people: People, by their names.
        groups: The names in each group.
        files: The file that each name stands in.
        faults: What is wrong with a name; a name that has something wrong may still be among the others.
        problems: All that is wrong with the files, sorted.
        unread: What is wrong with files as a whole: the names in them are not known.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    faults: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unread: tuple[Problem, ...] = ()

    def members(self, name: str) -> Iterator[Member]:
        """Yield the people whom a name means, each once, in the order of their groups."""
        for found, through in self._within(name):
            if found in self.people:
                yield Member(found, self.people[found], through)

    def faults_of(self, name: str) -> list[Problem]:
        """Return what is wrong with a name, and with all those in it."""
        return sorted({problem for found, _ in self._within(name) for problem in self.faults.get(found, ())})

    def files_of(self, name: str) -> set[Path]:
        """Return the files that say whom a name means."""
        return {self.files[found] for found, _ in self._within(name) if found in self.files}

    def knows(self, name: str) -> bool:
        """Return whether the files have a name, be something wrong with it or not."""
        return name in self.files

    def near(self, name: str) -> str:
        """Return which names there are, for one that is not there, or the one that is nearest to it."""
        if not self.files:
            return "write it in include/recipients/: `people: {ann: {address: ann@northwind.example}}`"
        hint = did_you_mean(name, self.files)
        if len(self.files) <= MOST_NAMES:
            return hint
        return hint.partition(" (")[0] if "?" in hint else "name a person or a group in include/recipients/"

    def _within(self, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield a name and all names in it, each once, with the groups that lead to it."""
        waiting: list[tuple[str, tuple[str, ...]]] = [(name, ())]
        seen = {name}
        while waiting:
            found, through = waiting.pop()
            yield found, through
            inner: list[tuple[str, tuple[str, ...]]] = []
            for member in self.groups.get(found, ()):
                if member not in seen:
                    seen.add(member)
                    inner.append((member, (*through, found)))
            waiting += reversed(inner)
