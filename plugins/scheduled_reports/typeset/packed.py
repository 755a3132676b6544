"""Parts of a page's stream, each compressed by itself and joined without being compressed again (RFC 1950, RFC 1951).

So the rows of a page are kept as they will be written, and what stands below and above them is added in the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import NamedTuple

_LEVEL = 5
_RAW = -zlib.MAX_WBITS
_BEGIN, _END = b"\x78\x5e", b"\x03\x00"
"""The header of a zlib stream, and a last block without content."""

_MODULO = 65_521
"""Of Adler-32 (RFC 1950, 8.2)."""


class Packed(NamedTuple):
    """A part of a stream.

    Attributes:
        blocks: What it becomes, in blocks of their own that refer to nothing before them.
        check: The Adler-32 of what it is.
        size: How many bytes it is.
    """

    blocks: bytes
    check: int
    size: int

    def plain(self) -> bytes:
        """Return what it is."""
        return zlib.decompressobj(_RAW).decompress(self.blocks)


def packed(plain: bytes) -> Packed:
    """Return a part of a stream."""
    packer = zlib.compressobj(_LEVEL, wbits=_RAW)
    return Packed(packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH), zlib.adler32(plain), len(plain))


def joined(parts: Iterable[Packed]) -> bytes:
    """Return the zlib stream of all parts, one after the other."""
    low, high, blocks = 1, 0, [_BEGIN]
    for part in parts:
        high += (part.check >> 16) + part.size * (low - 1)
        low += (part.check & 0xFFFF) - 1
        blocks.append(part.blocks)
    check = high % _MODULO << 16 | low % _MODULO
    return b"".join([*blocks, _END, check.to_bytes(4, "big")])
