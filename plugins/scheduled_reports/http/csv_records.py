"""Read the records of a CSV answer (RFC 4180): all text, an empty field being no value."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from scheduled_reports.http.json_records import Record, RecordError

FIX = "check 'delimiter' and 'encoding', and that the first line names the columns"


def rows_in(path: Path, delimiter: str, encoding: str) -> tuple[list[str], Iterator[Record]]:
    """Return the columns that a CSV file's first line names, and its rows; no column where the file is empty.

    Raises:
        RecordError: A column has no name or that of another, or the file is not text in that encoding; while reading,
            a row has more or fewer fields than there are columns.
    """
    rows = _rows(path, delimiter, encoding)
    _, names = next(rows, (1, []))
    for position, name in enumerate(names, start=1):
        if not name.strip():
            raise RecordError(f"column {position} has no name", FIX)
        if name in names[: position - 1]:
            raise RecordError(f"two columns are called {name!r}", FIX)
    return names, _records(rows, names)


def _records(rows: Iterator[tuple[int, list[str]]], names: list[str]) -> Iterator[Record]:
    for line, row in rows:
        if len(row) != len(names):
            raise RecordError(f"line {line:,} has {len(row)} fields, not {len(names)}", FIX)
        yield {name: value or None for name, value in zip(names, row, strict=True)}


def _rows(path: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields) of every row that is not blank."""
    try:
        known = codecs.lookup(encoding).name
    except LookupError:
        raise RecordError(f"there is no encoding {encoding!r}", FIX) from None
    with path.open(encoding="utf-8-sig" if known == "utf-8" else known, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except UnicodeDecodeError as error:
            what = f"behind line {reader.line_num:,} it is not {known}: {error.reason} {error.object[error.start]:#04x}"
            raise RecordError(what, FIX) from error
        except csv.Error as error:
            raise RecordError(f"line {reader.line_num:,}: {error}", FIX) from error
