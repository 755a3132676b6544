"""Make Arrow columns of Python values: of the type that they have in common, without losing a digit."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 38
"""The most that a decimal has: DuckDB reads wider ones from Parquet as floating-point numbers."""

Types = Sequence["pa.DataType | None"]
"""What columns are, where their source tells; None where their values tell."""


def table_of(names: Sequence[str], rows: Sequence[Sequence[Any]], what: str, types: Types | None = None) -> pa.Table:
    """Return rows as a table.

    Args:
        names: Column names, distinct.
        rows: Sequences of values in the order of `names`.
        what: Who provides the rows, for messages.
        types: The columns' types, in the order of `names`.

    Raises:
        SourceError: A column mixes types that have no common one, or holds what none can hold.
    """
    import pyarrow as pa

    kinds = types or [None] * len(names)
    if not rows:  # without making an array of nothing, for which Arrow would import pandas
        fields = [(name, kind or pa.null()) for name, kind in zip(names, kinds, strict=True)]
        return pa.Table.from_batches([], pa.schema(fields))
    columns = map(list, zip(*rows, strict=True))
    made = [_column(*each, what) for each in zip(names, columns, kinds, strict=True)]
    return pa.Table.from_arrays(made, names=list(names))


def _column(name: str, values: list[Any], kind: pa.DataType | None, what: str) -> pa.Array:
    import pyarrow as pa

    try:
        return _inferred(values) if kind is None else _declared(values, kind)
    except _MixedError as mixed:
        raise SourceError(f"{what}: column {name!r} mixes {mixed}", fix="CAST it in the query") from mixed
    except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise cannot_be_stored(name, what, str(error)) from error


def cannot_be_stored(name: str, what: str, why: str) -> SourceError:
    """Return the error of a column with a value that the column's type cannot hold."""
    return SourceError(f"{what}: column {name!r} holds what cannot be stored", why=why, fix="CAST it in the query")


class _MixedError(Exception):
    """The values have no common type."""


def _declared(values: list[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_string(kind):
        values = [None if value is None else _text(value) for value in values]
    elif pa.types.is_binary(kind):
        values = [None if value is None else bytes(value) for value in values]
    return pa.array(values, kind)


def _inferred(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    kinds = {type(value) for value in values} - {type(None)}
    families = {_family(kind) for kind in kinds}
    if len(families) > 1 and not families <= {int, float, Decimal}:
        raise _MixedError(" and ".join(sorted(kind.__name__ for kind in kinds)))
    column = _whole(values) if families == {int} else pa.array(_of_one_type(values, kinds, families))
    if pa.types.is_decimal(column.type) and column.type.precision > DIGITS:
        raise ValueError(f"its numbers need {column.type.precision} digits, and a decimal has {DIGITS} at most")
    aware = pa.types.is_timestamp(column.type) and column.type.tz is not None
    return column.cast(pa.timestamp("us", "UTC")) if aware else column  # a database's offset differs by season


def _whole(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values, pa.int64())
    except (OverflowError, pa.ArrowInvalid):
        return pa.array([None if value is None else Decimal(value) for value in values])


_FAMILIES = (bool, int, float, Decimal, str, bytes, memoryview, bytearray, dt.datetime, dt.date, dt.time, dt.timedelta)
"""Subclasses stand before their base."""


def _family(kind: type) -> type:
    """Return the type of value that `kind` is stored as; what Parquet has no type for is text."""
    found = next((family for family in _FAMILIES if issubclass(kind, family)), str)
    return bytes if found in {memoryview, bytearray} else found


def _of_one_type(values: list[Any], kinds: set[type], families: set[type]) -> list[Any]:
    """Return the values of a column such that Arrow finds one type for them."""
    convert: Callable[[Any], Any] | None = None
    if families == {dt.timedelta}:  # DuckDB reads Parquet's durations as bare microseconds
        convert = dt.timedelta.total_seconds
    elif families == {int, Decimal}:
        convert = Decimal
    elif len(families) > 1 or (families == {Decimal} and not all(_finite(value) for value in values)):
        convert = exact_float
    elif kinds != families and families in ({str}, {bytes}):  # psycopg2 gives BYTEA as memoryview, JSON as dict
        convert = _text if families == {str} else bytes
    elif families == {dt.datetime} and len({value.tzinfo is None for value in values if value is not None}) > 1:
        raise ValueError("some of its times have a time zone and some have none")
    elif families == {dt.time} and any(value is not None and value.tzinfo is not None for value in values):
        raise ValueError("its times of day have an offset from UTC, which a time of day cannot keep")
    return values if convert is None else [None if value is None else convert(value) for value in values]


def exact_float(value: float | Decimal) -> float:
    """Return a number as a float that reads the same.

    Raises:
        ValueError: It has more digits than a float keeps.
    """
    number = float(value)
    if isinstance(value, float) or not _finite(value) or Decimal(repr(number)) == value:
        return number
    if int(number) == value:
        return number
    raise ValueError(f"{value} stands among numbers with a fraction, and has more digits than those keep")


def _finite(value: int | Decimal | None) -> bool:
    return not isinstance(value, Decimal) or value.is_finite()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
