"""No empty values."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.row_check import RowCheck, Ways
from scheduled_reports.model import OneOrMany
from scheduled_reports.spec.sql import quoted


class Complete(RowCheck):
    """Columns have a value in every row."""

    type: Literal["complete"]
    columns: OneOrMany[str] = Field(
        min_length=1,
        description="Columns that must not be null: `[agent, started_at]`. Text without letters is a value.",
    )

    def looks_at(self) -> list[str]:
        """Return the columns that must have a value."""
        return list(self.columns)

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return one for each column."""
        return {f"{name} is empty": f"{quoted(name)} IS NULL" for name in self.columns}

    def finding(self) -> str:
        """Say which are empty."""
        return f"{' or '.join(self.columns)} is empty"
