"""Notice that a file has changed, without reading it."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[int, int] | None
"""A file's (modification time in ns, size in bytes); None where there is no file."""


def stamp_of(path: Path) -> Stamp:
    """Return a file's state."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
