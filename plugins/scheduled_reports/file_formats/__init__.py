"""What files hold rows in: one file for each format."""

import re
from typing import TYPE_CHECKING, get_args

from scheduled_reports.file_formats.base import FileFormat
from scheduled_reports.registry import type_of, union_of

if TYPE_CHECKING:
    AnyFileFormat = FileFormat
else:
    AnyFileFormat = union_of(__name__, FileFormat)

KINDS: tuple[type[FileFormat], ...] = get_args(get_args(AnyFileFormat)[0]) if get_args(AnyFileFormat) else ()
COMPRESSED = (".gz", ".bz2", ".xz", ".zst")

__all__ = ["COMPRESSED", "KINDS", "AnyFileFormat", "FileFormat", "format_of"]


def format_of(name: str) -> FileFormat | None:
    """Return the format that a file's name tells by its ending, as it is unless a spec says more of it."""
    plain = re.sub(rf"({'|'.join(map(re.escape, COMPRESSED))})$", "", name.lower())
    kind = next((kind for kind in KINDS if plain.endswith(kind.endings)), None)
    return kind.model_validate({"type": type_of(kind)}) if kind is not None else None
