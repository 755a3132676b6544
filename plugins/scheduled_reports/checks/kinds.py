"""Which kinds of values a column has, as far as checks tell them apart."""

from __future__ import annotations

import re

NUMBER, TEXT, MOMENT, BOOLEAN = "a number", "text", "a date or timestamp", "true or false"

_KINDS = {
    NUMBER: r"U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL",
    TEXT: r"VARCHAR|ENUM|UUID|JSON",
    MOMENT: r"DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE",
    BOOLEAN: r"BOOLEAN",
}


def kind_of(column_type: str) -> str:
    """Return the kind of values of one of DuckDB's types, for a sentence: `DECIMAL(10,2)` is "a number".

    Source: https://duckdb.org/docs/stable/sql/data_types/overview
    """
    name = column_type if column_type.endswith("]") else column_type.partition("(")[0]
    return next((kind for kind, types in _KINDS.items() if re.fullmatch(types, name)), f"of type {column_type}")


def digits_of(column_type: str) -> tuple[int, int] | None:
    """Return how many digits a type's numbers have before and after their point; None where they are not exact."""
    if match := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", column_type):
        return int(match[1]) - int(match[2]), int(match[2])
    return (39, 0) if re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER", column_type) else None
