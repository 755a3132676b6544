"""What a file may be called, wherever it goes: an archive, a mail, somebody's server."""

from __future__ import annotations

import unicodedata

MOST_BYTES = 200
"""File systems take 255; an upload's draft has a longer name than its file."""

RULE = "no slash or control character, no dot in front, at most 200 bytes"


def fault_in(name: str) -> str:
    """Say why no file may be called `name`; nothing where one may."""
    if "/" in name:
        return "it holds a slash"
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in name):
        return "it holds a line break or another control character"
    if name.startswith("."):
        return "it begins with a dot"
    size = len(name.encode())
    return f"it has {size} bytes, more than {MOST_BYTES}" if size > MOST_BYTES else ""
