"""The types that a spec may declare for a column, and what Arrow and DuckDB call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

if TYPE_CHECKING:
    import pyarrow as pa

_DECIMAL = re.compile(r"decimal\((\d{1,2}), ?(\d{1,2})\)")

WORDS = {
    "text": ("string", "VARCHAR"),
    "integer": ("int64", "BIGINT"),
    "number": ("float64", "DOUBLE"),
    "boolean": ("bool", "BOOLEAN"),
    "date": ("date32", "DATE"),
    "time": ("time64[us]", "TIME"),
    "timestamp": ("timestamp[us]", "TIMESTAMP"),
    "timestamptz": ("timestamp[us, UTC]", "TIMESTAMPTZ"),
    "json": ("string", "VARCHAR"),
    "bytes": ("binary", "BLOB"),
}
"""Each type's name in a spec, in Arrow and in DuckDB; `timestamp` is wall time without a zone, `timestamptz` an
instant, kept in UTC; `json` is its text."""

ALLOWED = f"{', '.join(WORDS)}, decimal(18,2)"


def _column_type(text: str) -> str:
    if text in WORDS:
        return text
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise ValueError(f"there is no type {text!r}; allowed: {ALLOWED}")
    digits, places = int(match[1]), int(match[2])
    if not 1 <= digits <= 38 or places > digits:
        raise ValueError(f"{text!r} is no decimal; write decimal(digits,places), at most 38 digits")
    return f"decimal({digits},{places})"


ColumnType = Annotated[str, AfterValidator(_column_type)]
"""A column's type in a spec: one of WORDS, or `decimal(digits,places)`."""


def arrow_type(name: ColumnType) -> pa.DataType:
    """Return the Arrow type of a column type."""
    import pyarrow as pa

    if name.startswith("decimal"):
        digits, places = _digits(name)
        return pa.decimal128(digits, places)
    if name == "timestamptz":
        return pa.timestamp("us", "UTC")
    return pa.type_for_alias(WORDS[name][0])


def duckdb_type(name: ColumnType) -> str:
    """Return the DuckDB type of a column type."""
    if name.startswith("decimal"):
        return f"DECIMAL({','.join(map(str, _digits(name)))})"
    return WORDS[name][1]


def _digits(name: str) -> tuple[int, int]:
    digits, _, places = name.removeprefix("decimal(").removesuffix(")").partition(",")
    return int(digits), int(places)
