"""A dataset that a query makes, in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from scheduled_reports.datasets.base import Fault
from scheduled_reports.datasets.select import SelectDataset, unknown_tables
from scheduled_reports.spec.sql import Query


class SqlDataset(Query, SelectDataset):
    """A table made by DuckDB SQL over the report's sources and other datasets."""

    type: Literal["sql"] = "sql"

    def faults(self, known: Collection[str], binds: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield what DuckDB's parser says of the query, and tables that there are not."""
        from scheduled_reports.datasets.parser import parsed

        text = self.text(include)
        loc, path = (("sql",), None) if self.sql_file is None else (("sql_file",), include / "sql" / self.sql_file)
        found = parsed(text)
        if found.fault:
            yield Fault(loc, f"the SQL {found.fault}", "a dataset's SQL is DuckDB's", text, found.offset, path)
        for message, hint, offset in unknown_tables(found, known):
            yield Fault(loc, message, hint, text, offset, path)
