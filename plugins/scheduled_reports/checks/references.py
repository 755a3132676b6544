"""Every value has its row in another table."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import kind_of
from scheduled_reports.checks.row_check import RowCheck, Ways
from scheduled_reports.errors import CheckError
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.marks import TableName
from scheduled_reports.spec.sql import quoted


class References(RowCheck):
    """Values of some columns are in another table."""

    type: Literal["references"]
    columns: OneOrMany[str] = Field(
        min_length=1,
        description="Columns, the foreign key: `[agent_id]`. A row where one of them is null passes, as in SQL.",
    )
    to: TableName = Field(description="The source or dataset that must have a row with the same values: `agents`.")
    to_columns: OneOrMany[str] = Field(
        (), description="The columns there, in the same order: `[id]`; those of the same names unless given."
    )

    @model_validator(mode="after")
    def _as_many_there(self) -> Self:
        if self.to_columns and len(self.to_columns) != len(self.columns):
            raise ValueError(
                f"'columns' has {len(self.columns)} and 'to_columns' {len(self.to_columns)}; name as many in each"
            )
        return self

    def looks_at(self) -> list[str]:
        """Return the columns of the foreign key."""
        return list(self.columns)

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return the one: MATCH SIMPLE of a foreign key is not fulfilled (SQL:2016, 4.18.3.3)."""
        there = self.to_columns or self.columns
        self.require_columns(data, there, self.to)
        if not all(self._comparable(data, *pair) for pair in zip(self.columns, there, strict=True)):
            return {}
        own, other = [*map(quoted, self.columns)], [*map(quoted, there)]
        given = " AND ".join(f"{name} IS NOT NULL" for name in own)
        filled = " AND ".join(f"{name} IS NOT NULL" for name in other)
        found = f'SELECT {", ".join(other)} FROM "{self.to}" WHERE {filled}'
        return {"": f"{given} AND ({', '.join(own)}) NOT IN ({found})"}

    def _comparable(self, data: CheckedData, own: str, other: str) -> bool:
        """Return whether a column has values that can be looked up; DuckDB would take '007' for 7."""
        kind, wanted = kind_of(data.types(self.dataset)[own]), kind_of(data.types(self.to)[other])
        if kind == wanted:
            return True
        if not self.has_values(data, own):
            return False
        raise CheckError(
            f"check {self.key!r}: {own!r} of {self.dataset} is {kind}", why=f"{other!r} of {self.to} is {wanted}",
            fix="CAST one of them in a dataset, or declare its type in the source's `columns`",
        )  # fmt: skip

    def finding(self) -> str:
        """Say what is not there."""
        return f"{' and '.join(self.columns)} {'are' if len(self.columns) > 1 else 'is'} not in {self.to}"
