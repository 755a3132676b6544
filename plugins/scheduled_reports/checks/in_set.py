"""Only known values."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import BOOLEAN, NUMBER, TEXT
from scheduled_reports.checks.row_check import RowCheck, Ways
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
        """Return the one."""
        kind = _KINDS[type(self._listed[0])]
        if not self.can_judge(data, self.column, kind):
            return {}
        column, listed = quoted(self.column), f"(SELECT unnest({binds(list(self._listed))}))"
        column = f"CAST({column} AS VARCHAR)" if kind == TEXT else column
        return {"": f"{column} {'NOT ' if self.values else ''}IN {listed}"}

    def finding(self) -> str:
        """Say what it is, or is not."""
        shown = [str(value).lower() if isinstance(value, bool) else str(value) for value in self._listed[:_SHOWN]]
        more = len(self._listed) - len(shown)
        words = " or ".join(
            filter(None, [", ".join(shown[: None if more else -1]), f"{more} more" if more else shown[-1]])
        )
        return f"{self.column} is {'not ' if self.values else ''}{words}"
