"""Read what a JSON answer says beside its records, in memory that does not grow with it.

A path is keys with dots between them, `item` standing for each entry of a list: `data.orders`, `edges.item.node`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

LONGEST = 64 * 2**20
"""Bytes of JSON that one record, or one text, may have."""

BUFFER = 4096
"""Bytes of JSON that are parsed at once: ijson keeps the path to each level, and all may be the beginnings of lists."""

DEEPEST = 200
"""Levels of lists and objects in one another."""

_MORE = {"hasmore", "hasnext", "hasnextpage", "next", "nextpage", "nextpageurl", "nextpagetoken", "nextcursor",
         "nextlink", "nexttoken", "nextoffset", "@odata.nextlink"}  # fmt: skip
"""Keys, without underscores and in lower case, by which answers say that there are more pages."""

ERRORS = ("errors.item.message", "errors.item", "errors.item.extensions.code", "error", "error.message", "message",
          "detail")  # fmt: skip


class OversizeError(Exception):
    """One value is larger, or nested deeper, than memory should hold."""


class Bounded:
    """A file whose reader says when it has used what it read.

    Attributes:
        unused: Bytes read since; the reader sets it to 0.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.unused = file, 0

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        self.unused += size
        if self.unused > LONGEST:
            raise OversizeError
        return self._file.read(size)


@contextmanager
def opened(path: Path) -> Iterator[Bounded]:
    """Open a JSON file behind its byte order mark, where it has one (RFC 8259, section 8.1, lets readers ignore it)."""
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        yield Bounded(file)


@dataclass
class Facts:
    """What one answer says.

    Attributes:
        kinds: What stands first at each path asked for: string, number, boolean, null, start_array or start_map.
        values: The last plain value at each path asked for.
        lists: All plain values at each path of a list asked for.
        keys: The keys at the top, and beside each path asked for.
        more: Where the answer says that there are more pages, and what it says.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    keys: dict[str, dict[str, None]] = field(default_factory=dict)
    more: str = ""

    def messages(self) -> list[str]:
        """Return what it says of errors."""
        found = [text for path in ("errors.item.message", "errors.item") for text in self.lists.get(path, [])]
        found += [] if found or "errors.item" not in self.kinds else ["its 'errors' have no 'message'"]
        return [str(text) for text in found] or [
            text for path in ("error.message", "error") if isinstance(text := self.values.get(path), str) and text
        ]


def scan(path: Path, asked: Collection[str], records: str, lists: Collection[str] = ()) -> Facts:
    """Return what a JSON file says at the paths asked for.

    Args:
        path: The file.
        asked: Paths of plain values, or of lists and objects whose presence counts.
        records: The path of the records: what they say of further pages is not the answer's.
        lists: Paths of plain values that are all kept, in order.

    Raises:
        ijson.JSONError: It is not JSON, or not whole.
        OversizeError: It has a text that is larger than 64 MB, or is nested more than 200 levels deep.
    """
    import ijson

    facts, watched, signs = Facts(), {*asked, *lists, *ERRORS}, set[str]()
    all_of = {*lists, *ERRORS[:3]}
    parents = {"", *(one.rpartition(".")[0] for one in asked)}
    with opened(path) as file:
        for prefix, event, value in ijson.parse(file, buf_size=BUFFER):
            file.unused = 0
            if value is None and len(prefix) > DEEPEST and prefix.count(".") > DEEPEST:
                raise OversizeError
            if event == "map_key":
                if prefix in parents:
                    facts.keys.setdefault(prefix, {})[value] = None
                if records and _says_more(value) and not f"{prefix}.".startswith(f"{records}."):
                    signs.add(f"{prefix}.{value}".lstrip("."))
            elif prefix in watched or prefix in signs:
                _note(facts, prefix, event, value, prefix in all_of)
                if prefix in signs and (value or event == "start_map"):
                    facts.more = facts.more or f"{prefix}: {_shown(value)}"
    return facts


def _note(facts: Facts, path: str, event: str, value: Any, keep_all: bool) -> None:
    if event.startswith("end_"):
        return
    facts.kinds.setdefault(path, event)
    if event.startswith("start_"):
        return
    facts.values[path] = value
    if keep_all:
        facts.lists.setdefault(path, []).append(value)


@lru_cache(maxsize=4096)
def _says_more(key: str) -> bool:
    return key.lower().replace("_", "").replace("-", "") in _MORE


def _shown(value: Any) -> str:
    text = "…" if value is None else "true" if value is True else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
