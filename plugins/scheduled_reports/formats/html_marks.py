"""Whether a page of HTML shows anything beyond its frame: text that can be seen, and pictures."""

from __future__ import annotations

import itertools
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import TextIO

from scheduled_reports.formats.pictures import is_plain

_CHUNK = 65_536
_UNSEEN = frozenset(("head", "style", "script", "template"))
_EMPTY = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
"""Elements without an end (HTML Living Standard, 13.1.2)."""

_DRAWN = frozenset(("svg", "canvas", "video", "object", "iframe", "hr"))
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


def shows_only(page: TextIO, frame: str) -> bool:
    """Return whether a page shows nothing but its frame; it is read until the first word or picture beyond that.

    Args:
        page: The page.
        frame: The same page without the report's blocks.
    """
    pairs = itertools.zip_longest(_seen(iter(lambda: page.read(_CHUNK), "")), _seen([frame]))
    return all(word == known for word, known in pairs)


def _seen(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the words that can be seen, and something else for each picture."""
    reader = _Reader()
    for chunk in chunks:
        reader.feed(chunk)
        yield from reader.taken()
    reader.close()
    yield from reader.taken()


class _Reader(HTMLParser):
    """Collects what can be seen; a word at the end of a chunk waits for its rest."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def taken(self) -> list[str]:
        found, self._found = self._found, []
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        hidden = tag in _UNSEEN or bool(_HIDDEN.search(values.get("style") or "")) or self._is_hidden
        if not hidden and (tag in _DRAWN or (tag == "img" and not _is_blank(values.get("src") or ""))):
            self._found.append(f"<{tag}>")
        if tag not in _EMPTY:
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._is_hidden:
            self._found += [letter for letter in data if not letter.isspace()]

    @property
    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def _is_blank(source: str) -> bool:
    """Return whether a picture in a `data:` URI shows nothing; one from elsewhere is never looked at."""
    found = _DATA.match(source)
    try:
        return found is not None and is_plain(b64decode(found[1]))
    except NotBase64:
        return False
