"""Conversion of money by rates of exchange, in DuckDB's SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduled_reports.errors import SourceError
from scheduled_reports.models.exact import digits, quotient
from scheduled_reports.models.file import Currency
from scheduled_reports.models.literals import digits_of, name_sql, text_sql
from scheduled_reports.models.mapping import Rates
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.column_types import ColumnType
    from scheduled_reports.tables import Tables

RATES = "rates by day"
"""The name of the query that `rates_sql` is."""

PLACES = 12
"""The decimal places of a rate."""

_COLUMNS = ("date", "currency", "rate")


def rates_sql(rates: Rates) -> str:
    """Return SQL for (currency, day, rate) with one row for every day that a rate holds; the rate is in 10^-12."""
    return f"""\
SELECT currency, CAST("from" + CAST(unnest(range(least(coalesce("until" - "from", {rates.days_back + 1}), \
{rates.days_back + 1}))) AS INTEGER) AS DATE) AS day, rate
FROM (SELECT currency, day AS "from", lead(day) OVER (PARTITION BY currency ORDER BY day) AS "until", rate
      FROM ({_read(rates)}))"""


def exchanged(decimal: str, places: int, given: str, wanted: str, column_type: ColumnType) -> str:
    """Return SQL for an amount in another currency: times the wanted currency's rate, divided by the given one's.

    Args:
        decimal: SQL of the amount.
        places: Its decimal places.
        given: SQL of how many of its currency are one of the base.
        wanted: SQL of how many of the wanted currency are one of the base.
        column_type: The type of the result.
    """
    shift = digits_of(column_type)[1] - places
    numerator = f"({digits(decimal)} * {wanted} * {10 ** max(shift, 0)})"
    denominator = given if shift >= 0 else f"({given} * {10**-shift})"
    return quotient(numerator, denominator, column_type)


def rate_sql(code: Currency, rates: Rates) -> str:
    """Return SQL for how many of a currency are one of the base: its joined rate, 1 for the base itself."""
    return f"CAST({10**PLACES} AS HUGEINT)" if code == rates.base else f"{name_sql(f'{code} rates')}.rate"


def require_rates(rates: Rates, tables: Tables, needed: set[Currency | None], what: str) -> None:
    """Raise where a table of rates is none.

    Raises:
        SourceError: It lacks a column or has no rate of a currency that is needed, a rate is no positive number, or
            two are of one day.
    """
    present = tables.columns(rates.table)
    fix = f"give {rates.table!r} the columns date, currency and rate, with one row for each day and currency"
    for column in _COLUMNS:
        if column not in {name.lower() for name in present}:
            why = f"it has: {', '.join(present)}; {did_you_mean(column, present).partition(' (')[0]}"
            raise SourceError(f"{what}: its rates {rates.table!r} have no column {column!r}", why=why, fix=fix)
    wrong = f"""SELECT currency, day,
            CASE WHEN day IS NULL OR currency IS NULL THEN 'lacks its currency, or its day (written as 2026-10-01)'
                 WHEN count(*) > 1 THEN 'stands there twice' ELSE 'is not a number above 0' END AS fault
        FROM ({_read(rates)}) GROUP BY currency, day
        HAVING count(*) > 1 OR day IS NULL OR currency IS NULL OR coalesce(min(rate), 0) <= 0 ORDER BY ALL LIMIT 1"""
    with tables.query(wrong, {}, f"{what}: its rates {rates.table!r}") as reader:
        for currency, day, fault in (tuple(row.values()) for row in reader.read_all().to_pylist()):
            raise SourceError(f"{what}: in its rates {rates.table!r}, the rate of {currency} on {day} {fault}", fix=fix)
    with tables.query(f"SELECT DISTINCT currency FROM ({_read(rates)})", {}, what) as reader:
        known = {row["currency"] for row in reader.read_all().to_pylist()}
    for currency in sorted(str(code) for code in needed - known - {rates.base}):
        why = f"it has those of {', '.join(sorted(known)) or 'none'}"
        raise SourceError(f"{what}: its rates {rates.table!r} have no rate of {currency}", why=why, fix=fix)


def _read(rates: Rates) -> str:
    scaled = digits(f"CAST(CAST(rate AS VARCHAR) AS DECIMAL(30,{PLACES}))")
    table = name_sql(rates.table)
    return (
        f"SELECT upper(trim(currency)) AS currency, TRY_CAST(date AS DATE) AS day, TRY({scaled}) AS rate FROM {table}"
    )


def currency_sql(code: str | None, column: str | None) -> str:
    """Return SQL for the currency of a row: one code for all, or what a column holds."""
    return text_sql(code) if code is not None else f"upper(trim(CAST({name_sql(str(column))} AS VARCHAR)))"
