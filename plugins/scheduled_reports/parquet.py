"""Write rows as one Parquet file, in bounded memory; types that are only known by looking are found while writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_values import DIGITS, Types, cannot_be_stored, exact_float, table_of
from scheduled_reports.errors import SourceError
from scheduled_reports.progress import Progress

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


def write_batches(schema: pa.Schema, batches: Iterable[pa.RecordBatch], target: Path, what: str) -> None:
    """Write Arrow batches of one schema to `target` as they come, and log how far they are.

    Args:
        schema: The columns, with distinct names.
        batches: The rows.
        target: The file to write; it appears complete or not at all.
        what: Who provides the rows, for messages.

    Raises:
        SourceError: Two columns share a name.
    """
    import pyarrow as pa

    write_tables((pa.Table.from_batches([batch]) for batch in batches), target, what, schema)


def write_rows(
    names: Sequence[str],
    batches: Iterable[Sequence[Sequence[Any]]],
    target: Path,
    what: str,
    types: Types | None = None,
) -> None:
    """Write batches of rows to `target`; where a later batch widens a column's type, the file is unified at the end.

    Args:
        names: Column names, distinct.
        batches: Rows as sequences of values in the order of `names`.
        target: The file to write; it appears complete or not at all.
        what: Who provides the rows, for messages.
        types: The columns' types, where the source tells them.

    Raises:
        SourceError: Two columns share a name, a column mixes types that have no common one, or a value has no place in
            its column's type.
    """
    require_distinct(names, what)
    none = table_of(names, [], what, types).schema
    write_tables((table_of(names, rows, what, types) for rows in batches), target, what, none)


def write_tables(tables: Iterable[pa.Table], target: Path, what: str, schema: pa.Schema | None = None) -> None:
    """Write tables of the same columns to `target`, widening their types as need be, and log how far they are.

    Args:
        tables: The rows.
        target: The file to write; it appears complete or not at all.
        what: Who provides the rows, for messages.
        schema: The columns, needed where there may be no table.

    Raises:
        SourceError: Two columns share a name, a column changes its type so that there is no common one, or a value has
            no place in the common one.
    """
    draft, progress = _Draft(target, what), Progress(what)
    try:
        if schema is not None:
            draft.widen(schema)
        for table in tables:
            draft.add(table)
            progress.add(table.num_rows, table.nbytes)
        draft.finish()
    finally:
        draft.discard()


def require_distinct(names: Sequence[str], what: str) -> None:
    """Require names that differ in more than their case, as DuckDB does not tell `A` from `a`.

    Raises:
        SourceError: Two are the same.
    """
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise SourceError(f"{what} has two columns called {name!r}", fix="give one another name with AS")
        seen.add(name.lower())


class _Draft:
    """A file in the making: in parts, of which each has wider types than the one before."""

    def __init__(self, target: Path, what: str) -> None:
        self._target, self._what = target, what
        self._schema: pa.Schema | None = None
        self._writer: pq.ParquetWriter | None = None
        self._words: list[str] = []
        self._parts: list[Path] = []

    def widen(self, schema: pa.Schema) -> None:
        """Make room for columns of these types."""
        if self._schema is None:
            require_distinct(schema.names, self._what)
            self._schema = schema
        elif (wider := _wider(self._schema, schema, self._what)) != self._schema:
            self._close()
            self._schema = wider

    def add(self, table: pa.Table) -> None:
        self.widen(table.schema)
        if self._writer is None and table.num_rows:
            self._words = _repeating(table)
            self._parts.append(self._target.with_suffix(f".{len(self._parts)}.part"))
            self._writer = _writer(self._parts[-1], self._schema, self._words)
        if self._writer is not None:
            self._writer.write_table(_cast(table, self._schema, self._what))

    def finish(self) -> None:
        """Put the whole file in its place."""
        import pyarrow.parquet as pq

        self._close()
        if len(self._parts) != 1 or pq.read_schema(self._parts[0]).types != self._schema.types:  # type: ignore[union-attr]
            self._unify()
        self._parts[-1].replace(self._target)

    def _unify(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        whole = self._target.with_suffix(".whole.part")
        parts, self._parts = self._parts, [*self._parts, whole]
        with _writer(whole, self._schema, self._words) as writer:
            for part in parts:
                with pq.ParquetFile(part) as file:
                    for batch in file.iter_batches():
                        writer.write_table(_cast(pa.Table.from_batches([batch]), self._schema, self._what))
                part.unlink()

    def discard(self) -> None:
        """Leave nothing but what is finished."""
        try:
            self._close()
        finally:
            for part in self._parts:
                part.unlink(missing_ok=True)

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def _repeating(table: pa.Table) -> list[str]:
    """Return the columns of words that repeat: a dictionary has them read faster; others it makes larger and slower."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if pa.types.is_string(column.type) and pc.count_distinct(column).as_py() <= len(column) // 2
    ]


def _writer(path: Path, schema: pa.Schema, words: list[str]) -> pq.ParquetWriter:
    import pyarrow.parquet as pq

    bounded = with_bounds(schema)
    return pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=words, write_statistics=bounded)


def with_bounds(schema: pa.Schema) -> list[str]:
    """Return the columns whose smallest and largest values a file may tell: those without floating-point numbers.

    Parquet leaves NaN out of them, and DuckDB takes them for all there is: `WHERE isnan(x)` would find nothing, and
    `max(x)` not NaN (https://github.com/duckdb/duckdb/issues/25521). Its `can_have_nan` makes each `max(x)` NaN.
    """
    return [field.name for field in schema if not re.search(r"\b(halffloat|float|double)\b", str(field.type))]


def _wider(old: pa.Schema, new: pa.Schema, what: str) -> pa.Schema:
    """Return the old schema with types that hold the new one's values too."""
    for index, (ours, theirs) in enumerate(zip(old.types, new.types, strict=True)):
        if ours == theirs:
            continue
        common = _common(ours, theirs)
        if common is None:
            why = f"Field {old.names[index]} has first {ours}, then {theirs}"
            fix = "CAST the column in the query"
            raise SourceError(f"{what}: a column changes its type between rows", why=why, fix=fix)
        if common != ours:
            old = old.set(index, old.field(index).with_type(common))
    return old


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """Return the type that holds the values of both; None where there is none."""
    import pyarrow as pa

    kinds = {one, other} - {pa.null()}
    if len(kinds) == 1:
        return kinds.pop()
    if not all(kind in {pa.int64(), pa.float64()} or pa.types.is_decimal128(kind) for kind in kinds):
        return None
    if pa.float64() in kinds:
        return pa.float64()
    places = max(_places(kind)[1] for kind in kinds)
    whole = max(_places(kind)[0] for kind in kinds)
    return pa.decimal128(min(DIGITS, whole + places), places)  # what does not fit is found in the casting


def _places(kind: pa.DataType) -> tuple[int, int]:
    """Return how many digits a whole number or decimal has before and after its point."""
    import pyarrow as pa

    return (kind.precision - kind.scale, kind.scale) if pa.types.is_decimal128(kind) else (19, 0)


def _cast(table: pa.Table, schema: pa.Schema, what: str) -> pa.Table:
    import pyarrow as pa

    if table.schema == schema:
        return table
    columns = []
    for name, column, kind in zip(schema.names, table.columns, schema.types, strict=True):
        try:
            columns.append(column if column.type == kind else _exact(column, kind))
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise cannot_be_stored(name, what, str(error)) from error
    return pa.Table.from_arrays(columns, schema=schema)


def _exact(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Return a column as a wider type.

    Raises:
        ValueError: A value has more digits than the type keeps.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(kind) and not pa.types.is_null(column.type):
        values = [None if value is None else exact_float(value) for value in column.to_pylist()]
        return pa.chunked_array([values], kind)
    if pa.types.is_decimal(kind):
        for value in pc.min_max(column).as_py().values():  # Arrow multiplies beyond 128 bits without a word
            if value is not None and abs(value) >= 10 ** (kind.precision - kind.scale):
                raise ValueError(f"{value} has no room beside {kind.scale} digits after the point")
        if pa.types.is_integer(column.type):
            column = column.cast(pa.decimal128(19, 0))  # to go there at once, Arrow wants room for 19 digits
    return column.cast(kind)
