"""Make one table of files: their columns united, each value of its column's type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_types import ColumnType, arrow_type
from scheduled_reports.file_formats.base import Bad, FileFormat, InFile, Rows
from scheduled_reports.file_formats.convert import Dialect, converted
from scheduled_reports.file_formats.rejects import Rejects
from scheduled_reports.file_formats.sniff import Sniffer
from scheduled_reports.file_formats.spool import Read, Spool
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS, BATCH_BYTES = 50_000, 16 << 20
"""How many rows, or how much of them in memory, are written at a time."""


@dataclass(frozen=True)
class Reading:
    """How files become one table.

    Attributes:
        form: The files' format.
        dialect: How their values are written.
        declared: The columns that the spec declares, and their types where it says them.
        file_column: What the column with each row's file is called, if there is to be one.
        folder: An empty folder for rows whose types are not known yet.
    """

    form: FileFormat
    dialect: Dialect
    declared: Mapping[str, ColumnType | None]
    file_column: str | None
    folder: Path

    def table(self, files: Sequence[InFile], rejects: Rejects) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Return the table's columns and its rows; rows that do not fit go to `rejects` as they are met.

        Raises:
            SourceError: A file cannot be read, lacks a column, or has other columns than the first.
        """
        import pyarrow as pa

        own, rows = self.form.arrow_schema(files), self._read(files, rejects)
        if own is None:
            kinds, rows = self._kinds(files, rows)
            schema = pa.schema([(name, arrow_type(kind)) for name, kind in kinds.items()])
        else:
            kinds = {name: kind for name, kind in self.declared.items() if kind is not None}
            schema = pa.schema([field.with_type(arrow_type(kinds[field.name])) if field.name in kinds else field
                                for field in own])  # fmt: skip
        if self.file_column:
            if self.file_column.lower() in {name.lower() for name in schema.names}:
                fix = "choose another name for `file_column`"
                raise files[0].error(f"it has a column {self.file_column!r} of its own", fix)
            schema = schema.append(pa.field(self.file_column, pa.string()))
        return schema, _gathered(self._batch(file, found, schema, kinds, rejects) for file, found in rows)

    def _read(self, files: Sequence[InFile], rejects: Rejects) -> Iterator[Read]:
        """Yield the rows of all files that can be taken so far; the first of each file tells its columns."""
        first: tuple[InFile, Sequence[str]] | None = None
        for file in files:
            known = self.form.open_ended
            for rows in self.form.read(file, self.declared):
                if not known:
                    known, first = True, first or (file, rows.names)
                    self._require_columns(file, rows.names, first)
                for bad in rows.bad:
                    rejects.take(file, bad)
                yield file, rows

    def _require_columns(self, file: InFile, names: Sequence[str], first: tuple[InFile, Sequence[str]]) -> None:
        for name in self.declared:
            if name not in names:
                fix = f"{did_you_mean(name, names)}; correct `columns`, or have the file mended"
                raise file.error(f"there is no column {name!r}", fix)
        lacks, has = set(first[1]) - set(names), set(names) - set(first[1])
        if lacks or has:
            told = [f"{verb} {', '.join(map(repr, sorted(found)))}" for verb, found in (("lacks", lacks), ("has", has))
                    if found]  # fmt: skip
            why = f"its columns are not those of {first[0].name}: it {' and '.join(told)}"
            raise file.error(why, "have it mended, or read the files as two sources and unite them in a dataset")

    def _kinds(self, files: Sequence[InFile], rows: Iterator[Read]) -> tuple[dict[str, ColumnType], Iterator[Read]]:
        """Return the type of each column, and the rows; where types have to be found, all rows are read for it."""
        typed = {name: kind for name, kind in self.declared.items() if kind is not None}
        if not self.form.open_ended and (read := next(rows, None)) is not None:
            if set(read[1].names) <= set(typed):
                return {name: typed[name] for name in read[1].names}, chain([read], rows)
            rows = chain([read], rows)
        spool, sniffer, names, count = Spool(self.folder), Sniffer(self.dialect, set(typed)), dict[str, None](), 0
        for found in spool.fill(rows):
            sniffer.see(found)
            names.update(dict.fromkeys(found.names))
            count += len(found.numbers)
        for name in self.declared:
            if name not in names and count:
                fix = f"{did_you_mean(name, names)}; correct `columns`, or have the files mended"
                raise files[0].error(f"no row has a column {name!r}", fix)
        names = names or dict.fromkeys(self.declared)
        return {name: typed.get(name) or sniffer.type_of(name) for name in names}, spool.rows()

    def _batch(
        self, file: InFile, rows: Rows, schema: pa.Schema, kinds: Mapping[str, ColumnType], rejects: Rejects
    ) -> pa.RecordBatch:
        """Return the rows that fit as one batch."""
        import pyarrow as pa

        given = dict(zip(rows.names, rows.columns, strict=True))
        columns: list[pa.Array] = []
        failed: dict[int, str] = {}
        for column in schema:
            known = given.get(column.name)
            if known is None:
                value = pa.scalar(file.name if column.name == self.file_column else None, column.type)
                known = pa.repeat(value, len(rows.numbers))
            values, wrong = self._values(known, column, kinds)
            columns.append(values)
            failed |= {place: column.name for place in wrong if place not in failed}
        batch = pa.RecordBatch.from_arrays(columns, schema=schema)
        if not failed:
            return batch
        for place in sorted(failed):
            rejects.take(file, self._bad(place, failed[place], given, rows, kinds))
        return batch.filter(pa.array([place not in failed for place in range(batch.num_rows)]))

    def _values(
        self, values: pa.Array, column: pa.Field, kinds: Mapping[str, ColumnType]
    ) -> tuple[pa.Array, list[int]]:
        if column.name in kinds:
            return converted(values, kinds[column.name], self.dialect)
        return (values if values.type == column.type else values.cast(column.type)), []

    def _bad(self, place: int, name: str, given: Mapping[str, Any], rows: Rows, kinds: Mapping[str, ColumnType]) -> Bad:
        row = {column: values[place].as_py() for column, values in given.items()}
        reason = f"is no {kinds[name]}{self._expected(kinds[name], str(row[name]))}"
        return Bad(rows.numbers[place].as_py(), reason, self.form.row_text(row), name, str(row[name]))

    def _expected(self, kind: ColumnType, value: str) -> str:
        """Say how a type is written where a spec can change that."""
        form = {"date": self.dialect.date_format, "timestamp": self.dialect.timestamp_format,
                "timestamptz": self.dialect.timestamp_format}.get(kind)  # fmt: skip
        if form:
            return f" as {form}"
        has_sign = hasattr(self.form, "decimal") and (kind == "number" or kind.startswith("decimal"))
        told = has_sign and (self.dialect.decimal != "." or "," in value)
        return f" with a decimal {self.dialect.decimal!r}" if told else ""


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in fewer batches, each of which becomes a row group."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= BATCH_ROWS or sum(part.nbytes for part in waiting) >= BATCH_BYTES:
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
            waiting = []
    if waiting:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
