"""Cut CSV into records: by whole blocks where its quotes are well-formed, else one record after the other.

What a record is follows RFC 4180, and Python's `csv` in its strict mode where that is silent: a quote within an
unquoted field stands for itself, and text after a closing quote is an error.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scheduled_reports.file_formats.base import Bad

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Marks:
    """The letters that divide records into fields; an empty one does not exist."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    def reader(self, lines: Iterator[str]) -> Any:
        """Return Python's reader of such records."""
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote or None, escapechar=self.escape or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE, strict=True,
        )  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """Records cut off the beginning of some text.

    Attributes:
        data: The good ones, for a parser.
        numbers: The line in which each of them begins.
        consumed: How many bytes they and the bad ones take.
        lines: How many lines.
        bad: Those that are no records.
        unclosed: The line of a record whose quote is not closed before the end of the text, if there is one.
        is_short: Whether the last record has neither all fields nor a line's end.
    """

    data: bytes
    numbers: np.ndarray[Any, Any]
    consumed: int
    lines: int
    bad: Sequence[Bad] = field(default=())
    unclosed: int | None = None
    is_short: bool = False


def whole(text: bytes, line: int, marks: Marks, *, final: bool) -> Cut | None:
    """Return all complete records of a well-formed text; None where only a closer look tells what they are.

    Args:
        text: Records, from the beginning of one.
        line: The number of its first line.
        marks: What divides it.
        final: Whether nothing follows.
    """
    import numpy as np

    if marks.escape or b"\0" in text:
        return None
    letters = np.frombuffer(text, np.uint8)
    breaks, quotes = _breaks(text, letters, final=final), np.empty(0, np.int64)
    if marks.quote and marks.quote.encode() in text:
        quotes = np.flatnonzero(letters == ord(marks.quote))
    outside = np.flatnonzero(np.searchsorted(quotes, breaks) % 2 == 0)
    ends = breaks[outside]
    consumed = len(text) if final else int(ends[-1]) + 1 if len(ends) else 0
    if consumed and (not len(ends) or ends[-1] + 1 < consumed):
        ends, outside = np.append(ends, consumed), np.append(outside, len(breaks))
    if not consumed or not _well_formed(letters, quotes[quotes < consumed], consumed, marks):
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    numbers = line + np.concatenate(([0], outside[:-1] + 1))
    lengths = ends - starts
    blank = (lengths == 0) | ((lengths == 1) & (letters[np.minimum(starts, len(letters) - 1)] == 13))
    return Cut(text[:consumed], numbers[~blank], consumed, int(np.searchsorted(breaks, consumed)))


def _breaks(text: bytes, letters: np.ndarray[Any, Any], *, final: bool) -> np.ndarray[Any, Any]:
    """Return where lines end: at a line feed, or at a carriage return that none follows."""
    import numpy as np

    feeds = np.flatnonzero(letters == 10)
    if b"\r" not in text:
        return feeds
    returns = np.flatnonzero(letters == 13)
    known = returns if final else returns[returns + 1 < len(letters)]  # the last one may belong to a feed to come
    alone = known[letters[np.minimum(known + 1, len(letters) - 1)] != 10]
    return np.sort(np.concatenate((feeds, alone)))


def _well_formed(letters: np.ndarray[Any, Any], quotes: np.ndarray[Any, Any], end: int, marks: Marks) -> bool:
    """Return whether each quote begins or ends a field, or is one of two within a quoted field."""
    import numpy as np

    if len(quotes) % 2:
        return False
    if not len(quotes):
        return True
    opening, closing = quotes[0::2], quotes[1::2]
    doubled = opening[1:] == closing[:-1] + 1
    bounds = np.array([ord(marks.delimiter), 10, 13], np.uint8)
    before = np.isin(letters[np.maximum(opening - 1, 0)], bounds) | (opening == 0)
    after = np.isin(letters[np.minimum(closing + 1, len(letters) - 1)], bounds) | (closing + 1 == end)
    before[1:] |= doubled
    after[:-1] |= doubled
    return bool(before.all() and after.all())


def one_by_one(text: bytes, line: int, marks: Marks, width: int, *, final: bool) -> Cut:
    """Return the complete records of a text, looking at each; the arguments are those of `whole`.

    Args:
        text: Records, from the beginning of one.
        line: The number of its first line.
        marks: What divides it.
        width: How many fields a record has.
        final: Whether nothing follows.
    """
    import numpy as np

    good, numbers, bad = [], [], []
    lines = _Lines(text if final else text[: _last_break(text)], line)
    consumed, unclosed, is_short = 0, None, False
    with _long_fields():
        for raw, number, record, error in _records(lines, marks):
            if "unexpected end of data" in error:
                unclosed = number
                break
            consumed += len(raw.encode())
            reason = _fault(record, raw, width, error)
            is_short = final and 0 < len(record) < width and not raw.endswith(("\n", "\r"))
            if reason:
                bad.append(Bad(number, reason, raw.rstrip("\r\n")))
            elif record:
                good.append(raw)
                numbers.append(number)
    seen = lines.number if unclosed is None else unclosed
    return Cut("".join(good).encode(), np.array(numbers, np.int64), consumed, seen - line, bad, unclosed, is_short)


class _Lines:
    """Lines of a text as Python's csv reader wants them, which counts them and keeps those of one record."""

    def __init__(self, text: bytes, number: int) -> None:
        self._lines = iter(io.StringIO(text.decode(), newline=""))
        self.number = number
        self.kept: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self.kept.append(line)
        return line


def _records(lines: _Lines, marks: Marks) -> Iterator[tuple[str, int, list[str], str]]:
    """Yield (raw text, line, fields, error) of each record; after an error, the next line begins a record."""
    reader = marks.reader(lines)
    while True:
        number, lines.kept, error = lines.number, [], ""
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            record, error = [], str(fault)
        yield "".join(lines.kept), number, record, error


def _fault(record: list[str], raw: str, width: int, error: str) -> str:
    if "expected after" in error:
        return "text stands between a closing quote and the next delimiter"
    if error:
        return error
    if "\0" in raw:
        return "it holds a NUL byte"
    if record and len(record) != width:
        return f"it has {len(record)} {'field' if len(record) == 1 else 'fields'} instead of {width}"
    return ""


def _last_break(text: bytes) -> int:
    """Return where the last complete line ends."""
    feed = text.rfind(b"\n") + 1
    alone = re.search(rb"\r(?!\n)[^\r]+\Z", text[feed:])
    return feed + alone.start() + 1 if alone else feed


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let fields be longer than Python's 128 KB."""
    before = csv.field_size_limit(1 << 30)
    try:
        yield
    finally:
        csv.field_size_limit(before)
