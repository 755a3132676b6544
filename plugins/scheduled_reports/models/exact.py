"""Conversion of units and money, in DuckDB's SQL: by whole numbers, so that only the last step rounds.

A decimal's digits are a whole number; it is multiplied and divided as one of 38 digits (HUGEINT), and the result is
rounded once, half away from zero, to the places of the column's type. What is too large becomes NULL.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from scheduled_reports.column_types import ColumnType, duckdb_type
from scheduled_reports.models.convert import converted, kind_of
from scheduled_reports.models.literals import digits_of
from scheduled_reports.models.mapping import Origin

PLACES = 8
"""How many decimal places an amount may have that comes as text or as a binary fraction."""


def amount(value: str, given: str, origin: Origin) -> tuple[str, int]:
    """Return SQL for a value as a decimal without loss, and its places."""
    if kind_of(given) == "decimal":
        return value, digits_of(given.lower())[1]
    if kind_of(given) == "integer":
        return f"TRY_CAST({value} AS DECIMAL(38,0))", 0
    return converted(value, given, f"decimal(36,{PLACES})", origin), PLACES


def digits(decimal: str) -> str:
    """Return SQL for the digits of a decimal as one whole number: 12.50 is 1250."""
    return f"CAST(replace(CAST({decimal} AS VARCHAR), '.', '') AS HUGEINT)"


def quotient(numerator: str, denominator: str, column_type: ColumnType) -> str:
    """Return SQL for a fraction of two whole numbers, in units of the type's last place, as a value of that type."""
    places, wanted = digits_of(column_type)[1], duckdb_type(column_type)
    rounded = f"sign({numerator}) * ((2 * abs({numerator}) + {denominator}) // (2 * {denominator}))"
    if places == 0:
        return f"TRY(CAST({rounded} AS {wanted}))"
    step = f"CAST('0.{1:0{places}d}' AS DECIMAL({places},{places}))"
    return f"TRY(CAST(CAST({rounded} AS DECIMAL(38,0)) * {step} AS {wanted}))"


def in_unit(value: str, given: str, column_type: ColumnType, origin: Origin, factor: Fraction, offset: Fraction) -> str:
    """Return SQL for a value times `factor` plus `offset`."""
    if column_type == "number":
        return _linear(converted(value, given, column_type, origin), factor, offset)
    decimal, places = amount(value, given, origin)
    shift = Fraction(10) ** digits_of(column_type)[1]
    factor, offset = factor * shift / Fraction(10) ** places, offset * shift
    common = lcm(factor.denominator, offset.denominator)
    return quotient(f"({digits(decimal)} * {factor * common} + {offset * common})", str(common), column_type)


def _linear(value: str, factor: Fraction, offset: Fraction) -> str:
    """Return SQL for a double: a whole factor, a whole offset, then one division, as each is exact where it can be."""
    common = lcm(factor.denominator, offset.denominator)
    sql = f"{value} * CAST({factor * common} AS DOUBLE)"
    if offset:
        sql = f"{sql} + CAST({offset * common} AS DOUBLE)"
    return f"({sql}) / CAST({common} AS DOUBLE)"
