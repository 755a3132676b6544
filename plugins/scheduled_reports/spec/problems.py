"""What is wrong with a spec: one line each, in the form every editor and CI understands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

_NAMED = 3
"""How many of the specs that use a file are named where all of them have its problem."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong, and where.

    Attributes:
        path: The YAML file.
        line: Line, from 1.
        column: Column, from 1.
        message: What is wrong.
        hint: What is allowed, or what to do; may be empty.
        used_by: The specs that use the file, where it is one in include/ and they suffer from it.
    """

    path: Path
    line: int
    column: int
    message: str
    hint: str = ""
    used_by: tuple[Path, ...] = ()

    @property
    def specs(self) -> tuple[Path, ...]:
        """The specs that have it."""
        return self.used_by or (self.path,)

    def __str__(self) -> str:
        used = f" (used by {_listed(self.used_by)})" if self.used_by else ""
        return f"{self.path}:{self.line}:{self.column}: {self.message}{used}" + (f"; {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Place:
    """Where something stands.

    Attributes:
        path: The YAML file.
        line: Line, from 1.
        column: Column, from 1.
        used_by: The spec that uses the file, where it is one in include/.
    """

    path: Path
    line: int
    column: int
    used_by: Path | None = None

    @property
    def file(self) -> str:
        """The file as authors call it: `report_specs/sales.yaml`, `include/templates/standard.yaml`."""
        return "/".join(self.path.parts[-3 if self.used_by else -2 :])

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return what is wrong here."""
        used_by = (self.used_by,) if self.used_by else ()
        return Problem(self.path, self.line, self.column, message, hint, used_by)


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems sorted, one that many specs have from a file that all of them use only once."""
    users: dict[Problem, set[Path]] = {}
    for problem in problems:
        users.setdefault(replace(problem, used_by=()), set()).update(problem.used_by)
    return sorted(replace(problem, used_by=tuple(sorted(paths))) for problem, paths in users.items())


def _listed(paths: tuple[Path, ...]) -> str:
    shown = paths if len(paths) <= _NAMED else paths[: _NAMED - 1]
    names = ", ".join("/".join(path.parts[-2:]) for path in shown)
    return names if shown == paths else f"{names} and {len(paths) - len(shown)} others"


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the nearest allowed word, followed by the allowed words, or only those."""
    words = sorted(allowed)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    listed = "allowed: " + ", ".join(words) if words else "nothing is defined here"
    return f"did you mean {near[0]!r}? ({listed})" if near else listed
