"""A request's body that is read from disk while it is sent: files of any size take little memory."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduled_reports.errors import DeliveryError

CHUNK = 3 * 16_384
"""Bytes read at once; base64 makes four letters of three."""


@dataclass(frozen=True)
class FilePiece:
    """A file within a body.

    Attributes:
        path: Where it is.
        as_base64: Whether it is written in base64 (RFC 4648, section 4).
    """

    path: Path
    as_base64: bool = False


class Body:
    """Pieces of bytes and files, one behind the other; can be read again and again.

    Args:
        pieces: What it is made of.
        media_type: Its Content-Type.

    Attributes:
        is_handed_over: Whether all of it was given to a connection, which iterates over it; `chunks` is for others.

    Raises:
        DeliveryError: A file cannot be read.
    """

    def __init__(self, pieces: Iterable[bytes | FilePiece], media_type: str) -> None:
        self._pieces, self.media_type = tuple(pieces), media_type
        self.is_handed_over = False
        self._sizes = {piece.path: _size_of(piece.path) for piece in self._pieces if isinstance(piece, FilePiece)}

    @property
    def len(self) -> int:
        """Its size in bytes, by the name under which requests asks for it."""
        return sum(self._length(piece) for piece in self._pieces)

    def chunks(self) -> Iterator[bytes]:
        """Yield it, piece by piece."""
        for piece in self._pieces:
            yield from (piece,) if isinstance(piece, bytes) else self._read(piece)

    def __iter__(self) -> Iterator[bytes]:
        self.is_handed_over = False
        yield from self.chunks()
        self.is_handed_over = True

    def _length(self, piece: bytes | FilePiece) -> int:
        if isinstance(piece, bytes):
            return len(piece)
        size = self._sizes[piece.path]
        return (size + 2) // 3 * 4 if piece.as_base64 else size

    def _read(self, piece: FilePiece) -> Iterator[bytes]:
        left = self._sizes[piece.path]
        try:
            with piece.path.open("rb") as file:
                while chunk := file.read(min(CHUNK, left)):
                    left -= len(chunk)
                    yield base64.b64encode(chunk) if piece.as_base64 else chunk
                if left:
                    raise _unreadable(piece.path, "it became shorter while it was sent")
        except OSError as error:
            raise _unreadable(piece.path, str(error)) from error


def _size_of(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size
    except OSError as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> DeliveryError:
    return DeliveryError(f"{path.name} cannot be read", why=why, fix="clear the render task", retryable=True)
