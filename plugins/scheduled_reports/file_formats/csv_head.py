"""The beginning of a CSV file: what divides its fields, and what its columns are called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from scheduled_reports.file_formats.csv_records import Marks

if TYPE_CHECKING:
    from scheduled_reports.file_formats.base import InFile
    from scheduled_reports.file_formats.csv import CsvFormat

DELIMITERS = ",;\t|"
SAMPLE_BYTES, SAMPLE_RECORDS = 64 << 10, 100
"""How much of a file is looked at to find its delimiter."""


@dataclass(frozen=True)
class Head:
    """What stands before the first record.

    Attributes:
        names: The columns' names.
        marks: What divides the records.
        size: How many bytes to pass over.
        line: The line in which the first record may begin.
    """

    names: Sequence[str]
    marks: Marks
    size: int
    line: int


def head_of(file: InFile, start: bytes, form: CsvFormat, declared: Sequence[str]) -> Head:
    """Return what the beginning of a file says.

    Raises:
        SourceError: There is no header, it cannot be understood, or nothing tells the delimiter.
    """
    text = start.decode()
    lines = io.StringIO(text, newline="")
    before = "".join(islice(lines, form.skip_rows))
    rest = text[len(before) :]
    marks = Marks(form.delimiter or _delimiter(file, rest, form), form.quote, form.escape)
    if not form.header:
        return Head(declared, marks, len(before.encode()), form.skip_rows + 1)
    if not rest.strip():
        why = "it has 0 bytes" if not start else "it has no header"
        raise file.error(why, "have it sent again; an export without rows still has its header", retryable=True)
    reader = marks.reader(lines)
    try:
        names: list[str] = next((record for record in reader if record), [])
    except csv.Error as error:
        why = f"the header cannot be read: {error}"
        raise file.error(why, "correct `skip_rows`, `delimiter` or `quote` in `format`", form.skip_rows + 1) from error
    size = len(text[: lines.tell()].encode())
    return Head(_distinct(file, names, form.skip_rows + 1), marks, size, form.skip_rows + reader.line_num + 1)


def _distinct(file: InFile, names: list[str], line: int) -> list[str]:
    """Return the names without the blanks around them.

    Raises:
        SourceError: A column has no name, or two have the same.
    """
    found: dict[str, str] = {}
    fix = f"have the header mended; or set `header: false` and `skip_rows: {line}`, and name all in `columns`"
    for number, given in enumerate(names, start=1):
        name = given.strip()
        if not name:
            raise file.error(f"column {number} of the header has no name", fix, line)
        if name.lower() in found:  # DuckDB does not tell `A` from `a`
            raise file.error(f"the header names {found[name.lower()]!r} and {name!r}, which are one name", fix, line)
        found[name.lower()] = name
    return list(found.values())


def _delimiter(file: InFile, text: str, form: CsvFormat) -> str:
    """Return the delimiter that divides the first records into equally many fields, the most.

    Raises:
        SourceError: None does, though at least one stands in the first record.
    """
    if re.search(r"\.(tsv|tab)(\.\w+)?$", file.name, re.IGNORECASE):
        return "\t"
    widths = {letter: _widths(text[:SAMPLE_BYTES], letter, form) for letter in DELIMITERS if letter != form.quote}
    even = {letter: found[0] for letter, found in widths.items() if len(set(found)) == 1 and found[0] > 1}
    if even:
        return max(even, key=lambda letter: even[letter])
    uneven = [letter for letter, found in widths.items() if found and found[0] > 1]
    if len(uneven) > 1:
        why = f"the header can be divided by {' or '.join(repr(letter) for letter in uneven)}"
        raise file.error(why, "declare `delimiter` in the source's `format`", form.skip_rows + 1)
    return uneven[0] if uneven else ","


def _widths(text: str, delimiter: str, form: CsvFormat) -> list[int]:
    """Return how many fields the first records have with a delimiter; the last may be cut by the sample's end."""
    reader = Marks(delimiter, form.quote, form.escape).reader(iter(io.StringIO(text, newline="")))
    widths: list[int] = []
    try:
        for record in islice(reader, SAMPLE_RECORDS + 1):
            widths += [len(record)] if record else []
    except csv.Error:
        return widths[:1]
    return widths if len(text) < SAMPLE_BYTES else widths[:-1] or widths
