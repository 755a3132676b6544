"""Checks that find rows which are wrong by themselves: empty, out of bounds, unknown."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from scheduled_reports.checks.base import CheckedData, Outcome, Result
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import kind_of
from scheduled_reports.checks.parts import Measured, PartCheck, part_of_row
from scheduled_reports.errors import CheckError
from scheduled_reports.model import Model
from scheduled_reports.spec.sql import quoted

_SHARE = r"^((\d{1,2}(\.\d+)?)|100) ?%$"


def _tolerance(given: object) -> object:
    number = isinstance(given, int) and not isinstance(given, bool) and given >= 0
    if number or (isinstance(given, str) and re.fullmatch(_SHARE, given, re.ASCII)):
        return given
    raise ValueError(f"{given!r} is no number of rows and no share; write 12 or '0.5%'")


Tolerance = Annotated[
    Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=_SHARE)],
    BeforeValidator(_tolerance),
]
"""How many rows may fail: a number, or a share of those looked at, `0.5%`."""

Ways = Mapping[str, str]
"""The ways in which a row may fail, in words, and SQL that is true of a row that does: `{"agent is empty": …}`."""


class Tolerated(Model):
    """How many rows may fail."""

    allow: Tolerance = Field(0, description="How many rows may fail: a number, or a share, `0.5%`; none unless given.")


class RowCheck(PartCheck, Tolerated):
    """A check that some rows fail."""

    limits: dict[str, Tolerated] = Field(
        {}, description="Limits of single values of `by`, in place of the general: `{phone: {allow: 3}}`."
    )

    @abstractmethod
    def looks_at(self) -> list[str]:
        """Return the columns that it looks at, which must be there."""

    @abstractmethod
    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return the ways in which a row fails; none where no row can.

        Args:
            data: What is looked at; all columns that it looks at are there.
            binds: Takes the values of the SQL.

        Raises:
            CheckError: A column's values are not of the kind that it can judge.
        """

    @abstractmethod
    def finding(self) -> str:
        """Return what is wrong with a row that fails, for a sentence: `agent is empty`."""

    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Count the rows that fail, and compare them with how many may."""
        self.require_columns(data, self.looks_at())
        binds, own = Binds(), [part for part, limit in self.limits.items() if limit.model_fields_set - {"allow"}]
        general = self.ways(data, binds)
        ways = {part: self.for_part(part).ways(data, binds) for part in own}
        each = [self._told_apart(general, ways, number, binds)
                for number in range(max(map(len, (general, *ways.values()))))]  # fmt: skip
        wanted = {"failing": f"count_if({_any(each)})"}
        wanted |= {f"way_{number}": f"count_if({sql})" for number, sql in enumerate(each)} if len(each) > 1 else {}
        for found in self.measured(data, wanted, values=binds.values):
            yield self._result(data, found, ways.get(found.part, general), binds)

    def _told_apart(self, general: Ways, ways: Mapping[str, Ways], number: int, binds: Binds) -> str:
        """Return SQL that is true of a row that fails in the n-th of the ways that its part has."""
        cases = " ".join(f"WHEN {binds(part)} THEN {_nth(own, number)}" for part, own in ways.items())
        return (
            f"CASE {part_of_row(self.by)} {cases} ELSE {_nth(general, number)} END" if cases else _nth(general, number)
        )

    def _result(self, data: CheckedData, found: Measured, ways: Ways, binds: Binds) -> Result:
        check = self.for_part(found.part)
        count = int(found.values["failing"] or 0)  # DuckDB sums as DECIMAL
        allowed = f"{check.allow:,}" if isinstance(check.allow, int) and check.allow else check.allow or "none"
        reason = f"{found.of(self.dataset)}: {check.finding()} in {count:,} of {found.rows:,} rows, {allowed} allowed"
        counts = [(words, found.values.get(f"way_{number}") or 0) for number, words in enumerate(ways)]
        told = ", ".join(f"{words} in {rows:,}" for words, rows in counts if rows)
        reason += f" ({told})" if told else ""
        if not _too_many(count, check.allow, found.rows):
            return Result(Outcome.PASSED, reason, found.part, float(count), None, count)
        failing = self.rows_of(data, found.part, _any([*ways.values()]), values=binds.values)
        return Result(Outcome.FAILED, reason, found.part, float(count), failing, count)

    def can_judge(self, data: CheckedData, column: str, *kinds: str) -> bool:
        """Return whether a column has values of a kind, rather than none: then its type says nothing.

        Raises:
            CheckError: It has values, of another kind.
        """
        kind = kind_of(data.types(self.dataset)[column])
        if kind in kinds:
            return True
        if not self.has_values(data, column):
            return False
        raise CheckError(
            f"check {self.key!r}: {column!r} of {self.dataset} is {kind}",
            why=f"{self.kind!r} judges {' or '.join(kinds)}",
            fix="CAST it in a dataset, or declare its type in the source's `columns`",
        )

    def has_values(self, data: CheckedData, column: str) -> bool:
        """Return whether one of the rows that are looked at has a value in a column."""
        sql = f"SELECT count({quoted(column)}) AS found FROM {self.quoted} {self.filter()}"
        return bool(self._rows(data, sql, {})[0]["found"])


def _nth(ways: Ways, number: int) -> str:
    return f"({[*ways.values()][number]})" if number < len(ways) else "false"


def _any(conditions: list[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def _too_many(count: int, allowed: Any, rows: int) -> bool:
    """Return whether more fail than may, without rounding."""
    if isinstance(allowed, int):
        return count > allowed
    return count * 100 > rows * Fraction(allowed.rstrip("% "))
