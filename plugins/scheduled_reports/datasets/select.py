"""What every dataset that one SELECT of DuckDB makes has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.datasets.base import Dataset
from scheduled_reports.errors import SourceError
from scheduled_reports.parquet import write_batches
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.spec.sql import may_name

if TYPE_CHECKING:
    from scheduled_reports.datasets.parser import Parsed
    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables


class SelectDataset(Dataset):
    """A table made by one SELECT."""

    @abstractmethod
    def text(self, include: Path) -> str:
        """Return the SELECT, with `:name` bind values; `include` is the folder beside the specs."""

    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return the tables that the query reads, as DuckDB's parser says."""
        from scheduled_reports.datasets.parser import parsed

        text = self.text(include)
        found = parsed(text)
        if found.fault:
            raise SourceError("the SQL of a dataset " + found.fault)
        return {table.lower() for table in found.tables} & set(known) if found.tree else may_name(text, known)

    def may_read(self, known: Collection[str], include: Path) -> set[str]:
        """Return the tables that the query may read, as its words say."""
        return may_name(self.text(include), known)

    def shown(self, include: Path) -> str:
        """Return the query."""
        return self.text(include).strip()

    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Run the query over the tables."""
        from scheduled_reports.datasets.parser import parsed

        what = f"dataset {name!r} ({run.report.query_place('datasets', name)})"
        if (found := parsed(self.text(run.include))).fault and found.tree:  # other faults DuckDB tells better
            raise SourceError(f"{what} {found.fault}", fix="name the tables in the query itself")
        with tables.query(self.text(run.include), run.binds(), what) as reader:
            write_batches(reader.schema, reader, target, what)


def unknown_tables(found: Parsed, known: Collection[str]) -> Iterator[tuple[str, str, int | None]]:
    """Yield (message, hint, place in the text) for each table that a query reads and that there is not."""
    for table, offset in found.tables.items():
        if table.lower() not in known:
            yield f"there is no source or dataset {table!r}", did_you_mean(table, known), offset
