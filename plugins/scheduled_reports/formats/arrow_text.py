"""Arrow columns as columns of text, without a Python object for each value. What CSV and JSON share.

| kind of column  | its text                                                                       |
| --------------- | ------------------------------------------------------------------------------ |
| text            | itself                                                                         |
| integer, number | all digits of an integer or decimal; the shortest that reads back as the float |
| boolean         | `true`, `false`                                                                |
| date, time      | ISO 8601: `2026-10-01`, `06:30:00`                                             |
| datetime        | ISO 8601; one that knows its zone, in the report's zone and with its offset    |
| bytes           | base64 (RFC 4648, section 4)                                                   |
| nested          | JSON                                                                           |
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.arrow_values import nothing, words, zero
from scheduled_reports.data_files.moments import date_texts, datetime_texts, seconds_texts
from scheduled_reports.value_kinds import kind_of

if TYPE_CHECKING:
    import pyarrow as pa

SLICE_ROWS = 8_192
"""Rows that are text at the same time: small enough for the processor's cache, large enough to pay for the calls."""

SLICE_BYTES = 8_000_000
"""About how many bytes of values these are at most, however long their texts."""


def texts(column: pa.Array, zone: str, separator: str = " ") -> pa.Array:
    """Return the column as large_string; NULL, NaN and infinity are NULL.

    Args:
        column: Any Arrow array.
        zone: IANA name; datetimes that know their zone are told in this one.
        separator: What stands between a date and its time.
    """
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = kind_of(column.type)
    if kind == "datetime":
        return datetime_texts(column, zone, separator)
    if kind == "date":
        return date_texts(column)
    if kind == "time":
        return seconds_texts(column)
    if kind in ("bytes", "nested") or (kind == "text" and not _is_text(column.type)):
        return words(_slow(value) for value in column.to_pylist())
    if types.is_floating(column.type):
        column = _finite(column)
    text = column.cast(pa.large_string())
    return _without_exponent(text, column) if types.is_decimal(column.type) else text


def slices(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows, a few thousand at a time, fewer where they are long."""
    for batch in batches:
        size = max(1, min(SLICE_ROWS, SLICE_BYTES * batch.num_rows // max(batch.nbytes, 1)))
        for start in range(0, batch.num_rows, size):
            yield batch.slice(start, size)


def json_text(value: Any) -> str:
    """Return one value as JSON: decimals are numbers with all digits, NaN and infinity null, bytes base64."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(str(key))}:{json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(json_text, value)) + "]"
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    return json.dumps(_json_value(value), ensure_ascii=False)


def _json_value(value: Any) -> Any:
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _is_text(column: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_string(column) or types.is_large_string(column) or types.is_null(column)
                or types.is_string_view(column))  # fmt: skip


def _slow(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return json_text(value) if isinstance(value, dict | list | tuple) else str(value)


def _finite(column: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(pc.is_finite(column), column, nothing(column.type))


def _without_exponent(text: pa.Array, column: pa.Array) -> pa.Array:
    """Arrow writes small decimals as `1E-7`, and zero as `0E-10`; write the digits that their scale says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    short = pc.fill_null(pc.match_substring(text, "E"), zero(pa.bool_()))
    if not pc.any(short).as_py():
        return text
    full = words(f"{value:f}" for value in column.filter(short).to_pylist())
    return pc.replace_with_mask(text, short, full)
