"""Values as the type that a spec declares, exactly or not at all.

| type             | its text                                                                                     |
| ---------------- | -------------------------------------------------------------------------------------------- |
| integer          | `5`, `-5`, `+5`, `005`; no fraction, within 64 bits                                          |
| number           | `1.5`, `-1e3`, `nan`, `inf`                                                                  |
| decimal(12,2)    | `1.5`, `1.50`; never rounded: `1.505` does not fit                                           |
| boolean          | `true`/`false`, `t`/`f`, `yes`/`no`, `y`/`n`, `1`/`0`, in any case                           |
| date, timestamp  | ISO 8601 (`2026-10-01`, `2026-10-01 06:30:00.5`), or as the format says                      |
| timestamptz      | the same with an offset (`Z`, `+02:00`); without one, wall time of the dialect's time zone   |
| time             | `06:30`, `06:30:00.5`                                                                        |
| json, bytes      | JSON (RFC 8259); base64 (RFC 4648, section 4)                                                |

Blanks around any of these do not count, and blank text is no value.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_types import ColumnType, arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass(frozen=True)
class Dialect:
    """How values are written as text.

    Attributes:
        decimal: What stands before a fraction.
        thousands: What stands between groups of three digits, if anything does.
        date_format: How dates are written, for strptime; None is ISO 8601.
        timestamp_format: How timestamps are written.
        timezone: IANA zone of the wall times in columns of type `timestamptz`, and the other way round.
    """

    decimal: str = "."
    thousands: str | None = None
    date_format: str | None = None
    timestamp_format: str | None = None
    timezone: str = "UTC"


def converted(values: pa.Array, kind: ColumnType, dialect: Dialect) -> tuple[pa.Array, list[int]]:
    """Return the values as the type `kind`, null where one does not fit, and the places of those that do not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        values = values.cast(pa.string())
    if pa.types.is_string(values.type) and kind not in {"text", "json", "bytes"}:
        values = pc.utf8_trim_whitespace(values)
        values = pc.if_else(pc.equal(values, ""), None, values)
    wanted = arrow_type(kind)
    if kind == "text" and pa.types.is_string(values.type):
        return values, []
    found = pa.concat_arrays(_isolated(values, lambda part: _parsed(part, kind, dialect), wanted))
    if found.null_count == values.null_count:
        return found, []
    failed = pc.and_(found.is_null(), values.is_valid())
    return found, pc.indices_nonzero(failed).to_pylist()


def _isolated(values: pa.Array, parse: Callable[[pa.Array], pa.Array], wanted: pa.DataType) -> list[pa.Array]:
    """Return the parsed values in pieces, cut in halves until those that cannot be parsed stand alone, as null."""
    import pyarrow as pa

    try:
        return [parse(values)]
    except pa.ArrowNotImplementedError:  # no value of this type ever fits
        return [pa.nulls(len(values), wanted)]
    except (pa.ArrowInvalid, ValueError):
        if len(values) == 1:
            return [pa.nulls(1, wanted)]
    half = len(values) // 2
    return [*_isolated(values[:half], parse, wanted), *_isolated(values[half:], parse, wanted)]


def _parsed(values: pa.Array, kind: ColumnType, dialect: Dialect) -> pa.Array:
    """Return the values as the type, null where one does not fit.

    Raises:
        ValueError: One does not fit (Arrow's errors are ValueErrors too).
    """
    import pyarrow as pa

    if not pa.types.is_string(values.type):
        return _typed(values, kind, dialect)
    if kind.startswith("decimal"):
        return _plain(values, dialect, _DECIMAL).cast(arrow_type(kind))
    return _PARSERS[kind](values, dialect)


def _typed(values: pa.Array, kind: ColumnType, dialect: Dialect) -> pa.Array:
    """Return values that have a type already, as another; through text where Arrow would round or guess."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted, types = arrow_type(kind), pa.types
    if values.type == wanted:
        return values
    if types.is_timestamp(values.type) and kind in {"timestamp", "timestamptz"}:
        aware = values.type.tz is not None
        if kind == "timestamptz":
            return values.cast(wanted) if aware else _instants(values.cast(pa.timestamp("us")), dialect.timezone)
        return pc.local_timestamp(values.cast(pa.timestamp("us", dialect.timezone))) if aware else values.cast(wanted)
    numeric = types.is_integer(values.type) or types.is_floating(values.type) or types.is_decimal(values.type)
    if (numeric and kind in {"integer", "number"}) or types.is_null(values.type) or kind in {"text", "bytes"}:
        return _floats(values) if kind == "number" and types.is_decimal(values.type) else values.cast(wanted)
    has_zone = types.is_timestamp(values.type) and values.type.tz is not None
    if types.is_temporal(values.type) and types.is_temporal(wanted) and not has_zone:
        found = values.cast(wanted)  # which drops a time of day in silence
        return pc.if_else(pc.equal(found.cast(values.type), values), found, None)
    if types.is_temporal(values.type) or types.is_nested(values.type):
        raise pa.ArrowNotImplementedError(f"no {kind} is made of {values.type}")
    return _parsed(values.cast(pa.string()), kind, Dialect(timezone=dialect.timezone))


def _floats(decimals: pa.Array) -> pa.Array:
    """Return decimals as floats, null where one loses digits; by their text, as Arrow's own cast is not exact."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = decimals.cast(pa.string()).cast(pa.float64())
    return pc.if_else(pc.equal(found.cast(pa.string()).cast(decimals.type), decimals), found, None)


_INTEGER = r"^[+-]?[0-9]+$"
_DECIMAL = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
_NUMBER = r"^(?i:[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|nan|[+-]?inf(inity)?)$"


def _plain(values: pa.Array, dialect: Dialect, pattern: str) -> pa.Array:
    """Return numbers as text that Arrow can cast, null where one is not written as the dialect and pattern say."""
    import pyarrow.compute as pc

    if dialect.decimal == "." and not dialect.thousands and not _needs_a_look(values, pattern):
        return values
    if dialect.thousands:
        mark, point = (_escaped(letter) for letter in (dialect.thousands, dialect.decimal))
        grouped = rf"^[+-]?([0-9]+|[0-9]{{1,3}}({mark}[0-9]{{3}})+)({point}[0-9]*)?$"
        values = pc.if_else(pc.match_substring_regex(values, grouped), values, None)
        values = pc.replace_substring(values, dialect.thousands, "")
    if dialect.decimal != ".":
        values = pc.if_else(pc.match_substring(values, "."), None, values)
        values = pc.replace_substring(values, dialect.decimal, ".")
    values = pc.if_else(pc.match_substring_regex(values, pattern), values, None)
    return pc.utf8_ltrim(values, "+")


def _needs_a_look(values: pa.Array, pattern: str) -> bool:
    """Return whether Arrow may read integers otherwise than we do: it takes `0x1F`, and no plus."""
    letters = values.buffers()[2]
    return pattern == _INTEGER and letters is not None and re.search(rb"[xX+]", letters) is not None


def _escaped(letter: str) -> str:
    return f"[{letter}]" if letter != "^" else r"\^"


def _boolean(values: pa.Array, _: Dialect) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(values)
    yes, no = (pc.is_in(lower, pa.array(words)) for words in (TRUE, FALSE))
    return pc.if_else(yes, True, pc.if_else(no, False, None))


def _date(values: pa.Array, dialect: Dialect) -> pa.Array:
    import pyarrow as pa

    return values.cast(pa.date32()) if not dialect.date_format else _by_format(values, dialect.date_format, "date")


def _timestamp(values: pa.Array, dialect: Dialect) -> pa.Array:
    import pyarrow as pa

    form = dialect.timestamp_format
    return values.cast(pa.timestamp("us")) if not form else _by_format(values, form, "timestamp")


def _timestamptz(values: pa.Array, dialect: Dialect) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if dialect.timestamp_format and "%z" in dialect.timestamp_format:
        return _by_format(values, dialect.timestamp_format, "timestamptz")
    if not pc.any(pc.match_substring_regex(values, r"[0-9](Z|[+-][0-9]{2}(:?[0-9]{2})?)$")).as_py():
        return _instants(_timestamp(values, dialect), dialect.timezone)
    return values.cast(pa.timestamp("us", "UTC"))  # mixed ones are cut apart until they are not


def _instants(values: pa.Array, zone: str) -> pa.Array:
    """Return wall times of a zone as instants: the earlier where clocks show one twice; one they skip is an error."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.assume_timezone(values, zone, ambiguous="earliest").cast(pa.timestamp("us", "UTC"))


def _time(values: pa.Array, _: Dialect) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    full = pc.binary_join_element_wise("1970-01-01", values, " ")
    full = pc.if_else(pc.match_substring(values, ":"), full, None)
    return full.cast(pa.timestamp("us")).cast(pa.time64("us"))


def _by_format(values: pa.Array, form: str, kind: ColumnType) -> pa.Array:
    """Return what DuckDB's strptime reads, which knows fractions and offsets and checks the calendar."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("given", pa.table({"v": values}))
        read: pa.Table = connection.sql("SELECT try_strptime(v, $1) FROM given", params=[form]).to_arrow_table()
    return read.column(0).combine_chunks().cast(arrow_type(kind))


def _json(values: pa.Array, _: Dialect) -> pa.Array:
    for value in values.to_pylist():
        if value is not None:
            json.loads(value)
    return values


def _bytes(values: pa.Array, _: Dialect) -> pa.Array:
    import pyarrow as pa

    try:
        decoded = [None if value is None else base64.b64decode(value, validate=True) for value in values.to_pylist()]
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    return pa.array(decoded, pa.binary())


_PARSERS: dict[str, Callable[[Any, Dialect], Any]] = {
    "text": lambda values, _: values,
    "integer": lambda values, dialect: _plain(values, dialect, _INTEGER).cast(arrow_type("integer")),
    "number": lambda values, dialect: _plain(values, dialect, _NUMBER).cast(arrow_type("number")),
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "json": _json,
    "bytes": _bytes,
}
