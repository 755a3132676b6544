"""Rows as JSON objects (RFC 8259): what JSON and JSON lines share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scheduled_reports.arrow_values import joined, word, words, zero
from scheduled_reports.data_files.glance import may_be_control, may_hold
from scheduled_reports.formats.arrow_text import texts
from scheduled_reports.value_kinds import kind_of

if TYPE_CHECKING:
    import pyarrow as pa

BARE = ("integer", "number", "boolean", "nested")
"""Kinds whose text is JSON as it is."""


def objects(rows: pa.RecordBatch, zone: str, between: str) -> bytes:
    """Return one object for every row, UTF-8; NULL, NaN and infinity are null.

    Args:
        rows: The rows, one at least.
        zone: IANA name; datetimes that know their zone are told in this one.
        between: What stands between two objects.
    """
    import pyarrow.compute as pc

    parts: list[pa.Array | pa.Scalar] = []
    fixed = ""
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        values, quote = _values(column, zone)
        parts += [word(f"{fixed}{dumped(name)}:{quote}"), values]
        fixed = quote + ","
    lines = pc.binary_join_element_wise(
        *parts, word(fixed[:-1]), word(""), null_handling="replace", null_replacement="null"
    )
    return b"{" + joined(lines, f"}}{between}{{") + b"}"


def dumped(value: object) -> str:
    """Return a value as JSON on one line; what UTF-8 cannot hold, half of a surrogate pair, is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, separators=(",", ":")) if any("\ud800" <= letter <= "\udfff" for letter in text) else text


def _values(column: pa.Array, zone: str) -> tuple[pa.Array, str]:
    """Return a column of JSON values, NULL as NULL, and the quote that is to stand on both sides of each."""
    import pyarrow.compute as pc

    text, kind = texts(column, zone, "T"), kind_of(column.type)
    if kind in BARE:
        return text, ""
    if kind == "text":
        text = _escaped(text)
    if not text.null_count:
        return text, '"'
    return pc.binary_join_element_wise(word('"'), text, word('"'), word("")), ""


def _escaped(text: pa.Array) -> pa.Array:
    """Return texts as they stand between quotes (RFC 8259, section 7)."""
    import pyarrow.compute as pc

    result = text
    for character in '\\"':
        if may_hold(text, character):
            result = pc.replace_substring(result, character, "\\" + character)
    if may_be_control(text):
        special = pc.match_substring_regex(text, r"[\x00-\x1f]")
        special = pc.fill_null(special, zero(special.type))
        written = [dumped(value)[1:-1] for value in text.filter(special).to_pylist()]
        result = pc.replace_with_mask(result, special, words(written))
    return result
