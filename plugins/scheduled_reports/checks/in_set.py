"""Only known values."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import BOOLEAN, NUMBER, TEXT, digits_of
from scheduled_reports.checks.row_check import RowCheck, Ways
from scheduled_reports.judgement.limits import exact
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.sql import quoted

Value = StrictBool | StrictInt | StrictFloat | StrictStr

_KINDS: dict[type, str] = {bool: BOOLEAN, int: NUMBER, float: NUMBER, str: TEXT}

_SHOWN = 5
"""More values than a sentence should hold are counted."""


class InSet(RowCheck):
    """A column has only values of a list, or none of it."""

    type: Literal["in_set"]
    column: str = Field(min_length=1, description="The column. Rows where it is null pass; `complete` finds them.")
    values: OneOrMany[Value] = Field(
        (), description="The values that it may have: `[phone, chat]`; upper and lower case are told apart."
    )
    not_in: OneOrMany[Value] = Field((), description="In place of `values`: those that it must not have.")

    @model_validator(mode="after")
    def _one_list_of_one_kind(self) -> Self:
        if bool(self.values) == bool(self.not_in):
            raise ValueError("exactly one of 'values' and 'not_in' is needed, with at least one value")
        kinds = sorted({_KINDS[type(value)] for value in self._listed})
        if len(kinds) > 1:
            raise ValueError(f"{' and '.join(kinds)} are mixed, and a column has one of them; put text in quotes: 'no'")
        if any(isinstance(value, int) and abs(value) >= 2**127 for value in self._listed):
            raise ValueError("a whole number must have less than 39 digits")
        return self

    @property
    def _listed(self) -> tuple[Value, ...]:
        return self.values or self.not_in

    def looks_at(self) -> list[str]:
        """Return the column."""
        return [self.column]

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return the one; numbers are compared as the column has them: DuckDB would take them all for DOUBLE."""
        kind = _KINDS[type(self._listed[0])]
        if not self.can_judge(data, self.column, kind):
            return {}
        column = quoted(self.column)
        value = f"CAST({column} AS VARCHAR)" if kind == TEXT else column
        of_number = self._numbers(data.types(self.dataset)[self.column], binds) if kind == NUMBER else ""
        listed = of_number or f"SELECT unnest({binds(list(self._listed))})"
        return {"": f"{column} IS NOT NULL AND {value} {'NOT ' if self.values else ''}IN ({listed})"}

    def _numbers(self, column_type: str, binds: Binds) -> str:
        texts = binds([repr(value) for value in self._listed if _fits(value, column_type)])
        return f"SELECT v FROM (SELECT TRY_CAST(unnest({texts}::VARCHAR[]) AS {column_type}) AS v) WHERE v IS NOT NULL"

    def finding(self) -> str:
        """Say what it is, or is not."""
        shown = [str(value).lower() if isinstance(value, bool) else str(value) for value in self._listed[:_SHOWN]]
        more = len(self._listed) - len(shown)
        words = " or ".join(
            filter(None, [", ".join(shown[: None if more else -1]), f"{more} more" if more else shown[-1]])
        )
        return f"{self.column} is {'not ' if self.values else ''}{words}"


def _fits(value: Value, column_type: str) -> bool:
    """Return whether a column can have a value at all: one of DECIMAL(10,2) has no 0.125, which DuckDB would round."""
    digits = digits_of(column_type)
    if digits is None or isinstance(value, str):
        return True
    return -int(exact(value).normalize().as_tuple().exponent) <= digits[1]
