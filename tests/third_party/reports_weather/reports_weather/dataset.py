"""The first rows of a table as a dataset."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.datasets import Dataset
from scheduled_reports.spec.marks import TableName

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables


class HeadDataset(Dataset):
    """The first rows of a table."""

    type: Literal["head"]
    table: TableName = Field(description="A source or dataset.")
    rows: int = Field(5, ge=1, description="How many rows.")

    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return the table."""
        return {self.table}

    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Write the rows."""
        import pyarrow.parquet as pq

        pq.write_table(tables.read(self.table, limit=self.rows), target)
