"""One page of an API's records."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from scheduled_reports.errors import SourceError
from scheduled_reports.http.client import Answer
from scheduled_reports.http.json_scan import Facts


@dataclass
class Page:
    """One answer, once its records have been read.

    Attributes:
        number: From 1.
        answer: As it arrived.
        facts: What it says beside its records; nothing where it is not JSON.
        records: How many it has.
        so_far: How many this page and those before it have.
        total: How many there are on all pages, where the API says.
        is_json: Whether it can say anything beside its records.
    """

    number: int
    answer: Answer
    facts: Facts = field(default_factory=Facts)
    records: int = 0
    so_far: int = 0
    total: int | None = None
    is_json: bool = True

    def value(self, path: str) -> Any:
        """Return the plain value at a path; None where there is none.

        Raises:
            SourceError: There is none, but one of nearly the same name: else a slip in the spec would end the pages.
        """
        if path not in self.facts.kinds:
            self._require_no_slip(path)
        return self.facts.values.get(path)

    def required(self, path: str) -> Any:
        """Return the plain value at a path.

        Raises:
            SourceError: There is none.
        """
        if path not in self.facts.values:
            raise self.error(f"has no {path!r}", why=self.has(path), fix="correct the path in the spec")
        return self.facts.values[path]

    def flag(self, path: str) -> bool:
        """Return the true or false at a path.

        Raises:
            SourceError: There is neither.
        """
        found = self.required(path)
        if found not in (True, False, None):
            raise self.error(f"has {found!r} at {path!r}", why="it is neither true nor false", fix="correct the path")
        return bool(found)

    def number_at(self, path: str) -> int:
        """Return the whole number at a path, which some APIs write as text.

        Raises:
            SourceError: There is none.
        """
        found = self.required(path)
        if isinstance(found, bool) or not str(found).isdecimal():
            raise self.error(f"has {found!r} at {path!r}", why="it is not a whole number", fix="correct the path")
        return int(found)

    def has(self, path: str = "") -> str:
        """Say what the answer has, where `path` was looked for."""
        if not self.is_json:
            return f"it is {self.answer.media_type or 'not JSON'}, which has records only"
        parent = path.rpartition(".")[0]
        at = parent if self.facts.keys.get(parent) else ""
        keys = ", ".join(list(self.facts.keys.get(at, {}))[:20])
        return f"{at or 'it'} has: {keys}" if keys else "it is not an object"

    @property
    def more(self) -> str:
        """Where the answer says that there are more pages; empty where it does not."""
        return self.facts.more or ("its Link header does" if self.answer.links.get("next") else "")

    def require_no_more(self, fix: str) -> None:
        """Raise SourceError where the answer says that there are more pages, though the pagination sees none."""
        if self.more:
            fix = f"{fix}; `pagination: {{type: none}}` where the first page is all you want"
            raise self.error("says that there are more pages", why=self.more, fix=fix)

    def error(self, did: str, *, why: str = "", fix: str = "", retryable: bool = False) -> SourceError:
        """Return an error that names this page."""
        return SourceError(f"{self.answer.where} {did}", why=why, fix=fix, retryable=retryable)

    def _require_no_slip(self, path: str) -> None:
        parent, _, key = path.rpartition(".")
        present = {_plain(known): known for known in self.facts.keys.get(parent, {})}
        near = difflib.get_close_matches(_plain(key), present, n=1, cutoff=0.9)
        if near:
            known = f"{parent}.{present[near[0]]}".lstrip(".")
            raise self.error(f"has no {path!r}", why=f"it has {known!r}", fix="correct the path in the spec")


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")
