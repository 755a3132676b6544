"""The run's data as texts of the content name it: `data.totals.calls`, `{% for row in data.late %}`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scheduled_reports.document.cells import clean
from scheduled_reports.errors import SourceError
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.tables import Tables

MOST_ROWS = 1_000
"""More rows than this are no text; a table shows them."""


@dataclass(frozen=True)
class RunData:
    """All tables of a run, by name."""

    _tables: Tables

    def __getitem__(self, name: str) -> TableData:
        self._tables.path(name)
        return TableData(self._tables, name)


@dataclass(frozen=True)
class TableData:
    """One table: its columns are those of its first row; it can be gone through row by row, and has a length."""

    _tables: Tables
    _name: str

    def __getitem__(self, column: str) -> Any:
        names = self._tables.columns(self._name)
        if column not in names:
            raise SourceError(f"there is no column {column!r} in {self._name!r}", why=did_you_mean(column, names))
        rows = self._tables.read(self._name, limit=1).select([column]).to_pylist()
        return _plain(rows[0][column]) if rows else None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        if len(self) > MOST_ROWS:
            why, fix = (
                f"a text goes through {MOST_ROWS:,} at most",
                "show them in a table, or aggregate them",
            )
            raise SourceError(f"{self._name!r} has {len(self):,} rows", why=why, fix=fix)
        for row in self._tables.read(self._name).to_pylist():
            yield {name: _plain(value) for name, value in row.items()}

    def __len__(self) -> int:
        return self._tables.rows(self._name)


def _plain(value: Any) -> Any:
    """Return a value; a text on one line, without what could turn the reading direction."""
    return clean(value) if isinstance(value, str) else value
