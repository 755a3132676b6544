"""What is wrong with a spec: one line each, in the form every editor and CI understands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong, and where.

    Attributes:
        path: The YAML file.
        line: Line, from 1.
        column: Column, from 1.
        message: What is wrong.
        hint: What is allowed, or what to do; may be empty.
    """

    path: Path
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}" + (f"; {self.hint}" if self.hint else "")


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the nearest allowed word, followed by the allowed words, or only those."""
    words = sorted(allowed)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    listed = "allowed: " + ", ".join(words) if words else "nothing is defined here"
    return f"did you mean {near[0]!r}? ({listed})" if near else listed
