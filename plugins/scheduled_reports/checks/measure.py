"""What checks measure: a number that an SQL aggregate gives."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from typing import Any

from pydantic import Field

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.parts import Measured, PartCheck
from scheduled_reports.errors import CheckError
from scheduled_reports.judgement.limits import in_words
from scheduled_reports.model import Model
from scheduled_reports.spec.marks import Sql
from scheduled_reports.spec.sql import without_end

ROWS = "count(*)"


class Measures(Model):
    """Has something to measure."""

    measure: Sql = Field(
        ROWS,
        description="SQL aggregate that gives a number: `sum(amount)`, `avg(seconds)`, `count(DISTINCT customer)`; the "
        "number of rows unless given. May use bind values.",
    )

    @property
    def counts_rows(self) -> bool:
        """Whether it is the number of rows."""
        return self.measure == ROWS

    @property
    def aggregate(self) -> str:
        """The measure as SQL that can stand among others."""
        return f"({without_end(self.measure)})"

    def said(self, number: Decimal) -> str:
        """Return what was measured, for a sentence that begins with of what: ` has 12 rows`, `: sum(amount) is 1.5`."""
        if self.counts_rows:
            return f" has {in_words(number)} row{'s' * (number != 1)}"
        return f": {shortened(self.measure)} is {in_words(number) if number.is_finite() else number}"


def require_tellable_measure(check: PartCheck, measures: Measures, data: CheckedData) -> None:
    """Raise CheckError where what a check measures is sensitive, as it tells the number."""
    from scheduled_reports.sensitive import hidden_columns
    from scheduled_reports.spec.sensitive import HINT

    sql = f"SELECT {measures.aggregate} AS value FROM {check.quoted}"
    if hidden_columns(data.run, data.tables, sql, ["value"]):
        raise CheckError(f"check {check.key!r}: {shortened(measures.measure)} is, or may be, made of what is sensitive",
                         why="what it gives would be told in logs, mails and the ledger", fix=HINT)  # fmt: skip


def subject(check: PartCheck, found: Measured) -> str:
    """Return what was looked at, for a sentence: `calls (phone) where seconds > 0`."""
    return found.of(check.dataset) + (f" where {shortened(check.where)}" if check.where else "")


def shortened(sql: str) -> str:
    """Return SQL as one short line, for a sentence."""
    return textwrap.shorten(without_end(sql), 80, placeholder=" …")


def short(number: Decimal) -> Decimal:
    """Return a number to six digits, and to all before its point: nobody reads more in a sentence."""
    whole = number.to_integral_value()
    return whole if number == whole or abs(number) >= 100_000 else Decimal(f"{number:.6g}")


def number(check: PartCheck, value: Any, measure: str) -> Decimal | None:
    """Return what an aggregate gave, which may be NaN or infinite; None for NULL.

    Raises:
        CheckError: It is no number.
    """
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")  # all digits that a double surely holds: 0.1 + 0.2 is 0.3
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise CheckError(
        f"check {check.key!r}: {shortened(measure)} of {check.dataset} gives {type(value).__name__}, no number",
        why="only numbers can be compared by how far apart they are",
        fix="write an aggregate that gives a number: sum(amount), count(DISTINCT customer)",
    )
