"""A dataset that a query makes, in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scheduled_reports.datasets.base import Dataset
from scheduled_reports.parquet import write_batches
from scheduled_reports.spec.sql import Query

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables


class SqlDataset(Dataset, Query):
    """A table made by DuckDB SQL over the report's sources and other datasets."""

    type: Literal["sql"] = "sql"

    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return the tables that the query names."""
        raise NotImplementedError

    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Run the query over the tables."""
        what = f"dataset {name!r} ({run.report.query_place('datasets', name)})"
        with tables.query(self.text(run.include), run.binds(), what) as reader:
            write_batches(reader.schema, reader, target, what)
