"""Names and values of a spec as DuckDB's SQL writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from scheduled_reports.column_types import ColumnType, duckdb_type

Value = bool | int | float | str
"""A plain value in YAML; dates and times come as text."""


def name_sql(name: str) -> str:
    """Return a name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text_sql(text: str) -> str:
    """Return a text in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def value_sql(value: Value, column_type: ColumnType) -> str:
    """Return a value as a literal of a column's type.

    Raises:
        ValueError: It is not of that type.
    """
    family = column_type.partition("(")[0]
    if family not in _READERS:
        raise ValueError(f"a value of type {column_type} cannot be written here")
    try:
        plain = _READERS[family](value, column_type)
    except (ValueError, TypeError, InvalidOperation):
        raise ValueError(f"{value!r} is not {column_type}; write {_EXAMPLES[family]}") from None
    return f"CAST({text_sql(plain)} AS {duckdb_type(column_type)})"


def _text(value: Value, _: ColumnType) -> str:
    return str(_of(value, str))


def _integer(value: Value, _: ColumnType) -> str:
    return str(_of(value, int))


def _number(value: Value, _: ColumnType) -> str:
    return repr(float(_of(value, int, float)))


def _boolean(value: Value, _: ColumnType) -> str:
    return str(_of(value, bool)).lower()


def _decimal(value: Value, column_type: ColumnType) -> str:
    digits, places = digits_of(column_type)
    exact = Decimal(str(_of(value, int, float, str)))
    if not exact.is_finite() or exact != round(exact, places) or abs(exact) >= Decimal(10) ** (digits - places):
        raise ValueError
    return f"{exact:f}"


def _date(value: Value, _: ColumnType) -> str:
    return dt.date.fromisoformat(_of(value, str)).isoformat()


def _time(value: Value, _: ColumnType) -> str:
    return dt.time.fromisoformat(_of(value, str)).isoformat()


def _timestamp(value: Value, column_type: ColumnType) -> str:
    moment = dt.datetime.fromisoformat(_of(value, str))
    if (moment.tzinfo is None) != (column_type == "timestamp"):
        raise ValueError
    return moment.isoformat(" ")


def _of(value: Value, *kinds: type) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError
    return value


_READERS: dict[str, Callable[[Value, ColumnType], str]] = {
    "text": _text, "integer": _integer, "number": _number, "boolean": _boolean, "decimal": _decimal, "date": _date,
    "time": _time, "timestamp": _timestamp, "timestamptz": _timestamp,
}  # fmt: skip

_EXAMPLES = {
    "text": "text, in quotes", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "decimal": "a number with no more digits than that", "date": "2026-01-31", "time": "08:30",
    "timestamp": "2026-01-31T08:30:00, without a zone", "timestamptz": "2026-01-31T08:30:00+01:00",
}  # fmt: skip


def digits_of(column_type: ColumnType) -> tuple[int, int]:
    """Return (digits, places) of a decimal; an integer has 18 and none."""
    if column_type == "integer":
        return 18, 0
    digits, _, places = column_type.removeprefix("decimal(").removesuffix(")").partition(",")
    return int(digits), int(places)
