"""Convert one column to its declared type, where nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduled_reports.column_types import ColumnType, arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE = r"-?(?:0|[1-9]\d*)"
_CLOCK = r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?"
_LONG = r"^-?\d{16,}$"
_DAY = r"\d{4}-\d\d-\d\d"

TEXTS = {
    "integer": _WHOLE,
    "number": rf"{_WHOLE}(?:\.\d+)?(?:[eE][-+]?\d+)?",
    "decimal": rf"{_WHOLE}(?:\.\d+)?",
    "boolean": r"(?i:true|false|0|1)",
    "date": _DAY,
    "time": _CLOCK,
    "timestamp": rf"{_DAY}(?:[ T]{_CLOCK})?",
    "timestamptz": rf"{_DAY}[ T]{_CLOCK}(?:Z|[-+]\d\d(?::?\d\d)?)",
}
"""How a text must look to become a value: numbers as in JSON (RFC 8259, section 6; a leading zero is one that would be
lost), dates and times as in ISO 8601, a day alone being its midnight. The whole text counts, blanks too."""

FROM = {
    "text": {"integer", "decimal", "boolean", "date", "time", "timestamp", "timestamptz"},
    "json": {"text", "nested"},
    "integer": {"text", "number", "decimal"},
    "number": {"text", "integer", "decimal"},
    "decimal": {"text", "integer", "number"},
    "boolean": {"text", "integer", "decimal"},
    "date": {"text", "timestamp"},
    "time": {"text"},
    "timestamp": {"text", "date"},
    "timestamptz": {"text"},
    "bytes": set[str](),
}
"""The kinds that may become each type; every kind may become its own, in another width."""

REFUSALS = {
    ("number", "text"): "a floating-point number has no one spelling",
    ("timestamptz", "date"): "which day it is depends on the time zone",
    ("timestamptz", "timestamp"): "its wall time depends on the time zone",
    ("timestamp", "timestamptz"): "it does not say in which time zone it is",
}
"""Why kinds cannot become a type, beyond that there is no such conversion."""


def kind_of(kind: pa.DataType) -> str:
    """Return what the values of an Arrow type are, as specs call it; `nested` for lists, structs and maps."""
    import pyarrow.types as known

    if known.is_dictionary(kind):
        return kind_of(kind.value_type)
    if known.is_timestamp(kind):
        return "timestamp" if kind.tz is None else "timestamptz"
    tests: dict[str, tuple[Callable[[pa.DataType], bool], ...]] = {
        "text": (known.is_string, known.is_large_string, known.is_string_view),
        "integer": (known.is_integer,),
        "number": (known.is_floating,),
        "decimal": (known.is_decimal,),
        "boolean": (known.is_boolean,),
        "date": (known.is_date,),
        "time": (known.is_time,),
        "bytes": (known.is_binary, known.is_large_binary, known.is_binary_view, known.is_fixed_size_binary),
        "empty": (known.is_null,),
    }
    return next((name for name, asked in tests.items() if any(test(kind) for test in asked)), "nested")


def may_become(kind: str, declared: ColumnType) -> bool:
    """Return whether values of a kind can become a declared type without guessing, as far as they fit it."""
    wanted = declared.partition("(")[0]
    return kind in {"empty", wanted} or kind in FROM[wanted]


def cast(values: pa.Array, declared: ColumnType) -> pa.Array:
    """Return the values as the declared type.

    Args:
        values: Of a kind that `may_become` it.
        declared: The type.

    Raises:
        ValueError: One of them does not fit. Arrow's errors are among these.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind, wanted, target = kind_of(values.type), declared.partition("(")[0], arrow_type(declared)
    if kind == "text" and wanted in TEXTS:
        return _from_text(values, wanted, target)
    if kind == "nested":
        return pa.array([None if value is None else _json(value) for value in values.to_pylist()], target)
    special = _SPECIAL.get((kind, wanted))
    return special(values, target) if special else values.cast(target)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _from_text(values: pa.Array, wanted: str, target: pa.DataType) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    _require(pc.match_substring_regex(values, f"^(?:{TEXTS[wanted]})$"))
    if wanted == "time":  # Arrow reads times of day only as a part of timestamps
        day = pa.scalar("1970-01-01", values.type)
        moments = pc.binary_join_element_wise(day, values, pa.scalar(" ", values.type))
        return moments.cast(pa.timestamp("us")).cast(target)
    found = values.cast(target)
    if wanted == "number":
        _require(pc.is_finite(found))
        _require_whole(values.filter(pc.match_substring_regex(values, _LONG)))
    return found


def _require_whole(texts: pa.Array) -> None:
    """Raise ValueError where a double does not keep a whole number, such as an identifier of 17 digits."""
    if any(int(float(text)) != int(text) for text in texts.to_pylist() if text is not None):
        raise ValueError


def _integer_to_decimal(values: pa.Array, target: pa.DataType) -> pa.Array:
    """Go by way of a decimal with room for every integer, which Arrow asks for."""
    import pyarrow as pa

    return values.cast(pa.decimal256(76, target.scale)).cast(target)


def _number_to_decimal(values: pa.Array, target: pa.DataType) -> pa.Array:
    """Take the shortest digits that mean the same double: 0.1, which is stored as 0.1000000000000000055…, is 0.1."""
    import pyarrow as pa

    return values.cast(pa.string()).cast(target)


def _decimal_to_number(values: pa.Array, target: pa.DataType) -> pa.Array:
    """Go by way of text: Arrow's own cast makes 7.1000000000000005 of 7.10. If the digits come back, none is lost."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = values.cast(pa.string()).cast(target)
    _require(pc.equal(_number_to_decimal(found, values.type), values))
    return found


def _to_boolean(values: pa.Array, target: pa.DataType) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = values.cast(pa.int64())
    _require(pc.is_in(found, pa.array([0, 1, None], pa.int64())))
    return found.cast(target)


def _timestamp_to_date(values: pa.Array, target: pa.DataType) -> pa.Array:
    import pyarrow.compute as pc

    found = values.cast(target)
    _require(pc.equal(found.cast(values.type), values))
    return found


_SPECIAL: dict[tuple[str, str], Callable[[pa.Array, pa.DataType], pa.Array]] = {
    ("integer", "decimal"): _integer_to_decimal,
    ("number", "decimal"): _number_to_decimal,
    ("decimal", "number"): _decimal_to_number,
    ("integer", "boolean"): _to_boolean,
    ("decimal", "boolean"): _to_boolean,
    ("timestamp", "date"): _timestamp_to_date,
}
"""What Arrow's safe casts do not do, or not safely."""


def _require(fits: pa.Array) -> None:
    """Raise ValueError where one of the values is false; NULL is neither."""
    import pyarrow.compute as pc

    if pc.all(fits).as_py() is False:
        raise ValueError
