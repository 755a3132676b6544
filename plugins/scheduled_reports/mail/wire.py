"""A message as it goes over the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

_LEADING_DOT = re.compile(rb"(?m)^\.")
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Wire:
    """A message whose lines that begin with a dot have another before it (RFC 5321, 4.5.2).

    Attributes:
        pieces: Its bytes; each but the last ends a line.
        size: How many bytes it has without those dots: what the server is told (RFC 1870).
    """

    pieces: tuple[bytes, ...]
    size: int

    @classmethod
    def of(cls, *texts: bytes) -> Self:
        """Return whole lines with CRLF ends for the line; several texts become one piece."""
        text = b"".join(texts)
        return cls((_LEADING_DOT.sub(b"..", text),), len(text))

    def __add__(self, other: Wire) -> Wire:
        return Wire(self.pieces + other.pieces, self.size + other.size)

    def writes(self) -> Iterator[bytes | memoryview]:
        """Yield what to write at a time: a server may take so many seconds for each, not for a whole large message."""
        *before, last = self.pieces
        yield from before
        view = memoryview(last)
        yield from (view[at : at + _PIECE] for at in range(0, len(view), _PIECE))
        yield b".\r\n" if last.endswith(b"\r\n") else b"\r\n.\r\n"
