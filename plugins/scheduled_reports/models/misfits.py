"""What may be wrong with a row, in DuckDB's SQL: a condition, its name for counting, and its reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scheduled_reports.models.convert import kind_of
from scheduled_reports.models.literals import name_sql, text_sql, value_sql
from scheduled_reports.models.reading import Reading

SHOWN = 60
"""How much of a value a reason quotes, in characters."""


@dataclass(frozen=True)
class Misfit:
    """One thing that may be wrong with a value.

    Attributes:
        kind: What rejected rows are counted by: `total: not decimal(14,2)`.
        condition: SQL that is true where it is so.
        reason: SQL of the reason.
    """

    kind: str
    condition: str
    reason: str


def misfits_of(reading: Reading) -> Iterator[Misfit]:
    """Yield what may be wrong with a column's value; of those that are true, the first counts."""
    name, value = reading.name, name_sql(reading.name)
    if reading.money is not None:
        yield from _money_misfits(reading)
    yield from _conversion_misfits(reading)
    if reading.required:
        yield Misfit(f"{name}: missing", f"{value} IS NULL", text_sql(f"{name} is missing"))
    column = reading.column
    if column.allowed:
        literals = ", ".join(value_sql(allowed, column.type) for allowed in column.allowed)
        words = f" is not one of {', '.join(map(str, column.allowed))}"
        yield Misfit(f"{name}: not allowed", f"{value} NOT IN ({literals})", _quoting(name, value, words))
    for limit, sign, word in ((column.at_least, "<", "below"), (column.at_most, ">", "above")):
        if limit is not None:
            condition = f"{value} {sign} {value_sql(limit, column.type)}"
            yield Misfit(f"{name}: {word} {limit}", condition, _quoting(name, value, f" is {word} {limit}"))


def _conversion_misfits(reading: Reading) -> Iterator[Misfit]:
    name, column, origin = reading.name, reading.column, reading.origin
    lost = f"{reading.value} IS NOT NULL AND {name_sql(name)} IS NULL"
    if origin.values and origin.otherwise == "reject":
        words = f" is not one of {', '.join(origin.values)}"
        yield Misfit(f"{name}: not mapped", lost, _quoting(name, reading.written, words))
        return
    if (
        column.type == "timestamptz"
        and not origin.format
        and origin.timezone is None
        and kind_of(reading.given) == "text"
    ):
        naive = f"{lost} AND TRY_CAST({reading.written} AS TIMESTAMP) IS NOT NULL"
        yield Misfit(f"{name}: no time zone", naive, _quoting(name, reading.written, " has no offset from UTC"))
    wanted = column.type + (f" written as {' or '.join(origin.format)}" if origin.format else "")
    wanted += f" in {origin.timezone}" if origin.timezone and column.type == "timestamptz" else ""
    yield Misfit(f"{name}: not {column.type}", lost, _quoting(name, reading.written, f" is not {wanted}"))


def _money_misfits(reading: Reading) -> Iterator[Misfit]:
    name, currency, rate = reading.name, name_sql(f"{reading.name} currency"), name_sql(f"{reading.name} rate")
    given = f"{reading.value} IS NOT NULL"
    missing = f"{name}: its currency is missing"
    yield Misfit(f"{name}: no currency", f"{given} AND {currency} IS NULL", text_sql(missing))
    day = f"coalesce(CAST({name_sql('day of the rate')} AS VARCHAR), 'an unknown day')"
    reason = f"{text_sql(f'{name}: there is no rate of ')} || {currency} || ' for ' || {day}"
    yield Misfit(f"{name}: no rate", f"{given} AND {rate} IS NULL", reason)


def _quoting(name: str, value: str, words: str) -> str:
    text = f"CAST({value} AS VARCHAR)"
    shown = f"CASE WHEN length({text}) > {SHOWN} THEN left({text}, {SHOWN - 3}) || '...' ELSE {text} END"
    return f"{text_sql(f'{name}: ' + chr(39))} || {shown} || {text_sql(chr(39) + words)}"
