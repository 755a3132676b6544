"""Totals of two tables that agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.checks.base import CheckedData, Outcome, Result
from scheduled_reports.checks.leeway import Leeway, distance, distance_in_words
from scheduled_reports.checks.measure import Measures, number, require_tellable_measure, shortened, subject
from scheduled_reports.checks.parts import Measured, PartCheck
from scheduled_reports.judgement.limits import in_words
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import Sql, TableName

_ROUNDING = Decimal("1e-9")
"""Sums of floating-point numbers depend on the order in which they are added: by n·2⁻⁵³ of the sum of their sizes (N.
J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, § 4.2), which for 9 million numbers is 10⁻⁹."""

_DIGITS = 100
"""Totals have up to 38; a share of one and a difference have more, and none is lost."""


class Apart(Model):
    """How far apart the totals may be."""

    tolerance: Leeway = Field(
        0,
        description="How far apart the totals may be: a share of the other table's, `0.5%`, or an amount, `10`; they "
        "must be equal unless given. Totals of DECIMAL columns are compared to the last digit; where one is a floating "
        "point number, they are equal if they differ by no more than a billionth.",
    )


class Other(Model):
    """The table to agree with."""

    dataset: TableName = Field(description="The source or dataset of this report to agree with.")
    measure: Sql | None = Field(
        None, description="SQL aggregate over its rows: `sum(paid)`; the same as of the first table unless given."
    )
    where: Sql | None = Field(None, description="SQL condition: only these of its rows are looked at.")
    by: str | None = Field(
        None, min_length=1, description="Its column that has the same values as `by`; of the same name unless given."
    )


class Reconcile(PartCheck, Measures, Apart):
    """A total agrees with that of another table."""

    type: Literal["reconcile"]
    other: Other = Field(
        alias="with", description="What it must agree with: `{dataset: payments, measure: sum(paid)}`."
    )
    by: str | None = Field(
        None, min_length=1,
        description="A column that both tables have, `account`: the totals of each of its values are compared. One "
        "that has rows in one table only fails. Values are compared as text.",
    )  # fmt: skip
    limits: dict[str, Apart] = Field(
        {},
        description="Limits of single values of `by`, in place of the general: `{phone: {tolerance: 1%}}`. A value "
        "that has no row in either table fails.",
    )

    @model_validator(mode="after")
    def _both_have_parts(self) -> Self:
        if self.other.by and not self.by:
            raise ValueError("'by' in 'with' is the other table's column; write the first table's too: by: account")
        return self

    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Compare the totals; where one table has a part that the other has not, that fails."""
        there = self._there()
        own, others = self._measured(data), there._measured(data)
        with localcontext(prec=_DIGITS):
            results = [self._result(_Side.of(self, own, part), _Side.of(there, others, part))
                       for part in sorted({*own, *others})]  # fmt: skip
        yield from results or [Result(Outcome.PASSED, f"neither {self.dataset} nor {there.dataset} has a row")]

    def shows(self) -> Iterator[Shown]:
        """Yield the columns whose values name the parts, of both tables."""
        yield from super().shows()
        if self.by:
            yield Shown(self.other.dataset, (self.other.by or self.by,))

    def _there(self) -> Self:
        """Return the check as it measures the other table."""
        other = self.other
        changes = {"dataset": other.dataset, "measure": other.measure or self.measure, "where": other.where}
        return self.model_copy(update={**changes, "by": other.by or self.by, "limits": {}, "id": self.key})

    def _measured(self, data: CheckedData) -> dict[str, Measured]:
        """Return what is measured of each part; nothing where there are to be parts, and is no row."""
        require_tellable_measure(self, self, data)
        found = self.measured(data, {"value": self.aggregate})
        return {entry.part: entry for entry in found if entry.by == self.by}

    def _result(self, own: _Side, other: _Side) -> Result:
        part, sides = own.found.part, (own, other)
        if self.by and not all(side.found.rows for side in sides):
            return Result(Outcome.FAILED, "; ".join(side.rows_said for side in sides), part)
        if wrong := [side.said for side in sides if not side.is_comparable]:
            return Result(Outcome.FAILED, "; ".join(wrong), part)
        tolerance, apart = self.for_part(part).tolerance, own.total - other.total
        allowed = distance(tolerance, other.total)
        if own.is_float or other.is_float:
            allowed = max(allowed, _ROUNDING * max(abs(own.total), abs(other.total)))
        failed = abs(apart) > allowed
        reason = f"{own.said}; {other.said}; {in_words(abs(apart)) + ' apart' if apart else 'equal'}"
        if failed:
            reason += f", {f'at most {distance_in_words(tolerance, other.total)}' if allowed else 'none'} allowed"
        return Result(Outcome.FAILED if failed else Outcome.PASSED, reason, part, float(apart))


@dataclass(frozen=True)
class _Side:
    """One of the tables, and what was measured of a part of it.

    Attributes:
        check: The check, of that table.
        found: What was measured.
        value: The number that it is; None for NULL.
    """

    check: Reconcile
    found: Measured
    value: Decimal | None

    @classmethod
    def of(cls, check: Reconcile, measured: Mapping[str, Measured], part: str) -> _Side:
        """Return a part of a table, which may have no row."""
        found = measured.get(part) or Measured(part, {"value": None}, 0, check.by)
        return cls(check, found, number(check, found.values["value"], check.measure))

    @property
    def total(self) -> Decimal:
        """The total; 0 where there is no row to make one of."""
        return Decimal(0) if self.value is None else self.value

    @property
    def is_comparable(self) -> bool:
        """Whether there is a number: rows that have no value give none."""
        return self.total.is_finite() and (self.value is not None or not self.found.rows)

    @property
    def is_float(self) -> bool:
        """Whether it is rounded."""
        return isinstance(self.found.values["value"], float)

    @property
    def said(self) -> str:
        """What was measured, in words."""
        what = subject(self.check, self.found)
        if self.value is None and self.found.rows:
            return f"{what}: {shortened(self.check.measure)} has no value in {self.found.rows:,} rows"
        return f"{what}{self.check.said(self.total)}"

    @property
    def rows_said(self) -> str:
        """How many rows there are, in words."""
        rows = self.found.rows
        return f"{subject(self.check, self.found)} has {f'{rows:,}' if rows else 'no'} row{'s' * (rows > 1)}"
