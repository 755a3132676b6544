"""What the parts of a query are, as DuckDB serializes them to JSON."""

from __future__ import annotations

from typing import Any

COUNTS = frozenset(("count", "count_star", "count_if", "countif", "approx_count_distinct", "regr_count"))
"""Aggregates that tell how many, and nothing of what (https://duckdb.org/docs/stable/sql/functions/aggregates)."""

CHOOSING = frozenset(("filter", "filter_expr", "partitions"))
"""Parts of an aggregate or a window that say over which rows it goes, as WHERE and GROUP BY do."""


def name_of(entry: Any) -> tuple[str, str]:
    """Return (table, column); DuckDB writes a column as text, or as one with its table."""
    return ("", entry) if isinstance(entry, str) else (str(entry["table"]).lower(), str(entry["column"]))


def only_counts(part: Any) -> bool:
    """Return whether a part is a function that tells how many, and nothing of what."""
    return part.get("class") in {"FUNCTION", "WINDOW"} and str(part.get("function_name")).lower() in COUNTS


def parts_of(part: Any) -> list[Any]:
    """Return the parts of an expression whose values are in its own; none of what only counts."""
    found = () if only_counts(part) else part.items()
    return [entry for key, entry in found if isinstance(entry, list | dict) and key not in CHOOSING]


def has_star(part: Any) -> bool:
    """Return whether a star is in an expression, other than in a query inside it."""
    if isinstance(part, list):
        return any(map(has_star, part))
    if not isinstance(part, dict) or "node" in part:
        return False
    return part.get("class") == "STAR" or has_star(parts_of(part))


def columns_in(part: Any) -> frozenset[str]:
    """Return the parameters of a lambda."""
    if isinstance(part, list):
        return frozenset[str]().union(*map(columns_in, part))
    if not isinstance(part, dict):
        return frozenset()
    own = frozenset((str(part["column_names"][0]).lower(),) if part.get("class") == "COLUMN_REF" else ())
    return own | columns_in(list(part.values()))
