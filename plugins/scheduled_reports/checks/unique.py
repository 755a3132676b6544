"""No row twice."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.parts import part_of_row
from scheduled_reports.checks.row_check import RowCheck, Ways
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.sql import quoted


class Unique(RowCheck):
    """No two rows have the same values in some columns."""

    type: Literal["unique"]
    columns: OneOrMany[str] = Field(
        min_length=1,
        description="Columns that together tell one row from every other: `[account, day]`. A row where one of them is "
        "null is like no other, as in SQL; `complete` finds it. With `by`, rows are compared within their part.",
    )

    def looks_at(self) -> list[str]:
        """Return the columns of the key."""
        return list(self.columns)

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return the one: another row that is looked at has the same key, as UNIQUE says it (SQL:2016, 4.18.3.2)."""
        names = [quoted(name) for name in self.columns]
        key = ", ".join([*names, *([part_of_row(self.by)] if self.by else [])])
        of = f"{self.quoted} {self.filter(*(f'{name} IS NOT NULL' for name in names))}"
        return {"": f"({key}) IN (SELECT {key} FROM {of} GROUP BY ALL HAVING count(*) > 1)"}

    def finding(self) -> str:
        """Say what is not."""
        return f"{' and '.join(self.columns)} {'are' if len(self.columns) > 1 else 'is'} not unique"
