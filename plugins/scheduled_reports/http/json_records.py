"""Read the records of a JSON answer one by one; what is nested in a record becomes JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from scheduled_reports.http.json_scan import BUFFER, LONGEST, Facts, OversizeError, opened

Record = dict[str, Any]

VALUE = "value"
"""The column of records that are plain values."""

FIX = "correct 'records' or 'columns_at'"

EXAMPLE = "`columns_at: columns`"

WHOLE = "."
"""The path of the whole answer."""


class RecordError(Exception):
    """A record cannot be read.

    Args:
        why: What is wrong, a clause.
        fix: What to do.
    """

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.fix = fix


def prefix_of(path: str) -> str:
    """Return the prefix by which ijson knows a path of the spec."""
    return "" if path == WHOLE else path


def records_in(
    path: Path, at: str, facts: Facts, columns: Sequence[str] | None, texts: Mapping[str, str]
) -> Iterator[Record]:
    """Yield the records at a path of a JSON file.

    Args:
        path: The file.
        at: Where they are, as `prefix_of` returns it: a list of them, or one.
        facts: What `scan` found, `at` being among what it was asked for.
        columns: The names of the values of a record that is a list.
        texts: Which columns are declared as `text`, which keeps numbers as they are written, or as `json`.

    Raises:
        RecordError: One is no record.
        ijson.JSONError: The file is not JSON.
        OversizeError: One is larger than 64 MB.
    """
    import ijson

    kind = facts.kinds.get(at)
    if kind in (None, "null"):
        return
    with opened(path) as file:
        prefix = f"{at}.item".lstrip(".") if kind == "start_array" else at
        for number, record in enumerate(ijson.items(file, prefix, buf_size=BUFFER), start=1):
            file.unused = 0
            yield _record(record, number, columns, texts)


def lines_in(path: Path, texts: Mapping[str, str]) -> Iterator[Record]:
    """Yield the records of a file of JSON Lines, one in each line that is not blank.

    Raises:
        RecordError: A line is not JSON, or no record; the last may be cut.
        OversizeError: One is larger than 64 MB.
    """
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            if not line.endswith(b"\n") and len(line) == LONGEST:
                raise OversizeError
            if line.strip():
                yield _record(_line(line, number), number, None, texts)


def _line(line: bytes, number: int) -> Any:
    try:
        return json.loads(line.removeprefix(b"\xef\xbb\xbf"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RecordError(
            f"line {number:,} is not JSON: {error}", "check 'response'; where it is cut, ask again"
        ) from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _record(record: Any, number: int, columns: Sequence[str] | None, texts: Mapping[str, str]) -> Record:
    if isinstance(record, list):
        if columns is None:
            raise RecordError(f"record {number:,} is a list of values without names", f"say where they are: {EXAMPLE}")
        if len(record) != len(columns):
            raise RecordError(f"record {number:,} has {len(record)} values for {len(columns)} columns", FIX)
        record = dict(zip(columns, record, strict=True))
    elif not isinstance(record, dict):
        record = {VALUE: record}
    return {name: _plain(value, texts.get(name)) for name, value in record.items()}


def _plain(value: Any, declared: str | None) -> Any:
    """Return a value as it goes into a column: what is nested as JSON, what is declared as text or JSON as that."""
    if value is None or (declared is None and not isinstance(value, dict | list)):
        return value
    return value if isinstance(value, str) and declared != "json" else json_text(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False)


def json_text(value: Any) -> str:
    """Return a value that ijson read as JSON; its numbers keep their digits."""
    try:
        return _ENCODER.encode(value)
    except TypeError:  # it has decimals, for which the standard library has no number
        return _exact(value)


def _exact(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_exact(key)}: {_exact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_exact, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
