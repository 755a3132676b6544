"""Keep records of differing keys on disk until all their keys, and the types of all their values, are known."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scheduled_reports.http.found_types import FoundType
from scheduled_reports.parquet import write_rows

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 50_000

BATCH_LETTERS = 16 * 2**20
"""Of text in one batch: records may be large."""

Rows = list[list[Any]]


class RecordFile:
    """Records in the order they came, in batches that do not depend on the pages they came in.

    Args:
        path: The file to write; gone afterwards.
        what: Whose records they are, for messages.
    """

    def __init__(self, path: Path, what: str) -> None:
        self._path, self._what, self._file = path, what, path.open("w+b")
        self._columns: dict[str, int] = {}
        self._types: list[FoundType] = []
        self._rows: Rows = []
        self._letters = 0
        self.count = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Append a record of texts, numbers, true, false and None."""
        self.count += 1
        columns, row = self._columns, [None] * len(self._columns)
        for name, value in record.items():
            at = columns[name] if name in columns else self._at(name)
            if at == len(row):
                row.append(value)
            else:
                row[at] = value
            if value is not None:
                self._types[at].note(value, self.count)
                if isinstance(value, str):
                    self._letters += len(value)
        self._rows.append(row)
        if len(self._rows) >= BATCH_ROWS or self._letters >= BATCH_LETTERS:
            self._flush()

    def name(self, names: Sequence[str]) -> None:
        """Have columns that no record may show."""
        for name in names:
            self._at(name)

    @property
    def names(self) -> list[str]:
        """The columns so far: every key, in the order in which they first came."""
        return list(self._columns)

    def write(self, target: Path) -> None:
        """Write the records as one Parquet file.

        Raises:
            SourceError: A column has values of no common type, or two names differ in their case only.
        """
        if self._rows:
            self._flush()
        types = [found.arrow(name, self._what) for name, found in zip(self.names, self._types, strict=True)]
        write_rows(self.names, self._batches(types), target, self._what, types)

    def _batches(self, types: Sequence[pa.DataType | None]) -> Iterator[Rows]:
        """Yield the records as rows with a value, or None, for each column."""
        width = len(self._columns)
        numbers = [(at, kind, name) for at, (kind, name) in enumerate(zip(types, self.names, strict=True)) if kind]
        self._file.seek(0)
        while True:
            try:
                rows: Rows = pickle.load(self._file)  # noqa: S301 - this process wrote it
            except EOFError:
                return
            for row in rows:
                row.extend([None] * (width - len(row)))
                for at, kind, name in numbers:
                    row[at] = self._types[at].stored(row[at], kind, name, self._what)
            yield rows

    def _at(self, name: str) -> int:
        at = self._columns.setdefault(name, len(self._columns))
        if at == len(self._types):
            self._types.append(FoundType())
        return at

    def _flush(self) -> None:
        pickle.dump(self._rows, self._file, pickle.HIGHEST_PROTOCOL)
        self._rows, self._letters = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
