"""Compress a file while it is written; the same bytes always become the same file."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

Compression = Literal["gzip", "zstd"]

EXTENSIONS: dict[Compression, str] = {"gzip": "gz", "zstd": "zst"}

MEDIA_TYPES: dict[Compression, str] = {"gzip": "application/gzip", "zstd": "application/zstd"}
"""RFC 6713; RFC 8878, section 7.1."""

GZIP_LEVEL = 6
"""What `gzip` itself takes: 9 is three times slower and hardly smaller."""


@contextmanager
def compressed(target: Path, compression: Compression | None) -> Iterator[Any]:
    """Open a file for writing bytes, and compress them as asked.

    Neither a time nor a name is in a gzip head (RFC 1952, section 2.3.1), so that the same data is the same file.
    """
    with target.open("wb") as file:
        if compression == "gzip":
            with gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0) as packed:
                yield packed
        elif compression == "zstd":
            with _zstd(file) as packed:
                yield packed
        else:
            yield file


def _zstd(file: IO[bytes]) -> Any:
    import pyarrow as pa

    return pa.CompressedOutputStream(pa.PythonFile(file, "w"), "zstd")
