"""JSON Lines: an object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from scheduled_reports.file_formats.base import Bad, FileFormat, InFile, Rows
from scheduled_reports.file_formats.json import not_an_object
from scheduled_reports.file_formats.text import utf8
from scheduled_reports.file_formats.values import Gathering

MOST_BYTES = 64 << 20
"""A line longer than this is no line."""


class JsonLinesFormat(FileFormat):
    """An object on each line; objects and lists in it become JSON text."""

    endings: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")
    open_ended: ClassVar[bool] = True

    type: Literal["jsonl"]

    def read(self, file: InFile, declared: Mapping[str, str | None]) -> Iterator[Rows]:
        """Yield the objects."""
        as_json = {name for name, kind in declared.items() if kind == "json"}
        yield from Gathering(as_json=as_json).rows(_objects(file))


def _objects(file: InFile) -> Iterator[tuple[int, Mapping[str, Any]] | Bad]:
    """Yield each line's object.

    Raises:
        SourceError: The last line is cut.
    """
    for number, line in enumerate(_lines(file), start=1):
        text = line.decode().strip()
        if not text:
            continue
        try:
            found = _decode(text)
            if "\\ud" in text.lower():
                json.dumps(found, ensure_ascii=False, default=str).encode()
        except (ValueError, RecursionError) as error:
            if not line.endswith(b"\n") and isinstance(error, json.JSONDecodeError):
                why = "the file is cut: its last line has no end, and is no whole object"
                raise file.error(why, "have it sent again, whole", number, retryable=True) from error
            yield Bad(number, _reason(error), text)
            continue
        yield (number, found) if isinstance(found, dict) else Bad(number, not_an_object(found), text)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


_decode = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse).decode


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON: {error.msg[0].lower()}{error.msg[1:]} at column {error.colno}"
    if isinstance(error, UnicodeEncodeError):
        return "it holds half of a letter (a lone surrogate)"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _lines(file: InFile) -> Iterator[bytes]:
    kept = b""
    number = 1
    for chunk in utf8(file, None):
        *lines, kept = (kept + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
        number += len(lines)
        if len(kept) > MOST_BYTES:
            fix = "an object on each line is wanted; where it is one list, it is `type: json`"
            raise file.error("the line is longer than 64 MB", fix, number)
    if kept:
        yield kept
