"""Look into font files: whether they are what a brand says they are, and may be put into documents.

The tables are those of OpenType 1.9, https://learn.microsoft.com/typography/opentype/spec/. They are read here, as
fontTools takes 50 ms to import, which every parse of the specs would pay.
"""

from __future__ import annotations

import struct
from pathlib import Path

from scheduled_reports.unusable import UnusableError

MOST_BYTES = 20_000_000

_KINDS = {b"\x00\x01\x00\x00", b"OTTO", b"true"}
_FAMILY, _TYPOGRAPHIC_FAMILY = 1, 16
_RESTRICTED = 0x0002
"""Of `fsType` in the table OS/2: the font must not be embedded, without a licence that says otherwise."""


class FontError(UnusableError):
    """A font cannot be used."""


def check_font(path: Path, family: str) -> None:
    """Make sure that a file holds a font of `family`, which may be embedded.

    Raises:
        FontError: It cannot be read, is no font, is of another family, or its licence forbids to embed it.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise FontError(f"cannot be read: {error.strerror}", "put the file there, readable") from error
    if size > MOST_BYTES:
        raise FontError(
            f"is {size / 1e6:.0f} MB large, and a font may have {MOST_BYTES / 1e6:g} MB", "use a smaller one"
        )
    try:
        tables = _tables(content)
        families = _families(tables[b"name"])
        restricted = struct.unpack_from(">H", tables[b"OS/2"], 8)[0] & 0x000F == _RESTRICTED
    except (struct.error, KeyError, ValueError, IndexError) as error:
        raise FontError("is no font that can be used", "use a TrueType or OpenType file: ttf, otf") from error
    if family not in families:
        named = " or ".join(map(repr, sorted(families))) or "nothing"
        raise FontError(
            f"is a font of the family {named}, not of {family!r}", "charts find it by that name; correct one"
        )
    if restricted:
        raise FontError("says that it must not be embedded (OS/2 fsType 2)", "PDFs embed fonts; use another one")


def _tables(content: bytes) -> dict[bytes, bytes]:
    """Return the tables of a font by their tags."""
    if content[:4] not in _KINDS:
        raise ValueError("not sfnt")
    tables: dict[bytes, bytes] = {}
    for index in range(struct.unpack_from(">H", content, 4)[0]):
        tag, _, start, length = struct.unpack_from(">4sIII", content, 12 + 16 * index)
        if start + length > len(content):
            raise ValueError("cut off")
        tables[tag] = content[start : start + length]
    if b"glyf" not in tables and b"CFF " not in tables and b"CFF2" not in tables:
        raise ValueError("no glyphs")
    return tables


def _families(table: bytes) -> set[str]:
    """Return the names of a font's family, in every language it says them."""
    _, count, texts = struct.unpack_from(">HHH", table, 0)
    found: set[str] = set()
    for index in range(count):
        platform, _, _, name, length, start = struct.unpack_from(">HHHHHH", table, 6 + 12 * index)
        if name in {_FAMILY, _TYPOGRAPHIC_FAMILY}:
            text = table[texts + start : texts + start + length]
            found.add(text.decode("mac_roman" if platform == 1 else "utf-16-be", errors="replace"))
    return found
