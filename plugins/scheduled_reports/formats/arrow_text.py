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
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "integer", "number", "boolean", "date", "time", "datetime", "bytes", "nested"]

SLICE_ROWS = 8_192
"""Rows that are text at the same time: small enough for the processor's cache, large enough to pay for the calls."""


def kind_of(column: pa.DataType) -> Kind:
    """Return the kind of an Arrow type; what has no kind of its own (an interval, say) is text."""
    from pyarrow import types

    if types.is_dictionary(column):
        return kind_of(column.value_type)
    if types.is_integer(column):
        return "integer"
    if types.is_decimal(column):
        return "integer" if column.scale == 0 else "number"
    tests: dict[Kind, Any] = {
        "number": types.is_floating, "boolean": types.is_boolean, "date": types.is_date, "time": types.is_time,
        "datetime": types.is_timestamp, "nested": types.is_nested,
    }  # fmt: skip
    if types.is_binary(column) or types.is_large_binary(column) or types.is_fixed_size_binary(column):
        return "bytes"
    return next((kind for kind, test in tests.items() if test(column)), "text")


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
        return _datetimes(column, zone, separator)
    if kind in ("bytes", "nested") or (kind == "text" and not _is_text(column.type)):
        return pa.array((_slow(value) for value in column.to_pylist()), pa.large_string())
    if types.is_floating(column.type):
        column = _finite(column)
    text = column.cast(pa.large_string())
    if kind == "time":
        return _whole_seconds(text, column.type.unit)
    return _without_exponent(text, column) if types.is_decimal(column.type) else text


def slices(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows, a few thousand at a time."""
    for batch in batches:
        for start in range(0, batch.num_rows, SLICE_ROWS):
            yield batch.slice(start, SLICE_ROWS)


def joined(parts: Sequence[pa.Array | str], null: str) -> pa.Buffer:
    """Return the bytes of all rows: their parts one after another, UTF-8.

    Args:
        parts: Columns of large_string, and texts that every row has.
        null: What stands for a NULL.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    fixed = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in (*parts, "")]
    rows = pc.binary_join_element_wise(*fixed, null_handling="replace", null_replacement=null)
    return rows.buffers()[2].slice(0, pc.sum(pc.binary_length(rows)).as_py())


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
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))


def _datetimes(column: pa.Array, zone: str, separator: str) -> pa.Array:
    """Write as `datetime.isoformat` does."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit, zone))
    text = _whole_seconds(column.cast(pa.large_string()), column.type.unit)
    if column.type.tz is not None:
        text = pc.replace_substring(text, "Z", "+0000")
        text = pc.replace_substring_regex(text, r"([+-]\d\d)(\d\d)$", r"\1:\2")
    return text if separator == " " else pc.replace_substring(text, " ", separator)


def _whole_seconds(text: pa.Array, unit: str) -> pa.Array:
    """Drop a fraction of nothing but zeros."""
    import pyarrow.compute as pc

    digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}[unit]
    return pc.replace_substring(text, "." + "0" * digits, "") if digits else text


def _without_exponent(text: pa.Array, column: pa.Array) -> pa.Array:
    """Arrow writes small decimals as `1E-7`, and zero as `0E-10`; write the digits that their scale says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    short = pc.fill_null(pc.match_substring(text, "E"), False)
    if not pc.any(short).as_py():
        return text
    full = pa.array([f"{value:f}" for value in column.filter(short).to_pylist()], pa.large_string())
    return pc.replace_with_mask(text, short, full)
