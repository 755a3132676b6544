"""Rows of Python values, as columns of text that remember what the values were."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from scheduled_reports.file_formats.base import Bad, Rows

LONG = "long integer"
"""What whole numbers are that a float of 64 bits may not hold: integers, as long as there are no fractions."""

EXACT_DIGITS = 15
"""As many as a float of 64 bits always keeps (IEEE 754)."""

BATCH_ROWS, BATCH_LETTERS = 10_000, 16 << 20
"""How many rows, and how many letters of them, become columns at a time."""


class Gathering:
    """Makes columns of rows that may each have other columns.

    Args:
        names: Columns that are known to be there.
        as_json: Columns whose values are kept as JSON, texts too.
    """

    def __init__(self, names: Iterable[str] = (), as_json: Collection[str] = ()) -> None:
        self._names, self._as_json = dict.fromkeys(names), as_json
        self._kinds: dict[str, set[str]] = {name: set() for name in self._names}

    def rows(self, found: Iterable[tuple[int, Mapping[str, Any]] | Bad]) -> Iterator[Rows]:
        """Yield rows, given each with its number; at least once."""
        texts: list[dict[str, str | None]] = []
        numbers: list[int] = []
        bad: list[Bad] = []
        letters = 0
        for entry in found:
            if isinstance(entry, Bad):
                bad.append(entry)
            else:
                texts.append({name: self._text(name, value) for name, value in entry[1].items()})
                numbers.append(entry[0])
                letters += sum(map(len, filter(None, texts[-1].values())))
            if len(texts) + len(bad) >= BATCH_ROWS or letters > BATCH_LETTERS:
                yield self._columns(texts, numbers, bad)
                texts, numbers, bad, letters = [], [], [], 0
        yield self._columns(texts, numbers, bad)

    def _text(self, name: str, value: Any) -> str | None:
        if name not in self._names:
            self._names[name] = None
            self._kinds[name] = set()
        if value is None:
            return None
        text, kind = text_and_kind(value)
        self._kinds[name].add(kind)
        return _json(value) if name in self._as_json else text

    def _columns(self, texts: list[dict[str, str | None]], numbers: list[int], bad: list[Bad]) -> Rows:
        import pyarrow as pa

        names = list(self._names)
        columns = [pa.array([row.get(name) for row in texts], pa.string()) for name in names]
        kinds = {name: set(self._kinds[name]) for name in names}
        return Rows(names, columns, pa.array(numbers, pa.int64()), bad, kinds)


def text_and_kind(value: Any) -> tuple[str, str]:
    """Return a value's text, from which `convert` reads it back, and its type in a spec."""
    kind = _KINDS.get(type(value), "json")
    if kind == "text":
        return value, kind
    if kind == "json":
        return _json(value), kind
    if kind == "integer" and abs(value) > 2**53:
        return str(value), LONG if -(2**63) <= value < 2**63 else "text"
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > EXACT_DIGITS and not _is_float(value):
        return str(value), "text"
    return (str(value).lower() if kind == "boolean" else str(value)), kind


def _is_float(value: Decimal) -> bool:
    """Return whether a float of 64 bits keeps all digits."""
    return Decimal(repr(float(value))) == value


_KINDS: dict[type, str] = {
    str: "text", bool: "boolean", int: "integer", float: "number", Decimal: "number", dt.datetime: "timestamp",
    dt.date: "date", dt.time: "time",
}  # fmt: skip
"""`str` writes dates and times as ISO 8601."""

_json = json.JSONEncoder(ensure_ascii=False, default=float).encode
"""JSON of a value; a fraction within a nested one is a float."""
