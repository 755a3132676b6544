"""Write rows as one Parquet file, in bounded memory; types that are only known by looking are found while writing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError
from scheduled_reports.progress import Progress

if TYPE_CHECKING:
    import pyarrow as pa


def write_batches(schema: pa.Schema, batches: Iterable[pa.RecordBatch], target: Path, what: str) -> None:
    """Write Arrow batches of one schema to `target` as they come, and log how far they are.

    Args:
        schema: The columns, with distinct names.
        batches: The rows.
        target: The file to write.
        what: Who provides the rows, for messages.

    Raises:
        SourceError: Two columns share a name.
    """
    import pyarrow.parquet as pq

    _require_distinct(schema.names, what)
    progress = Progress(what)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            progress.add(batch.num_rows, batch.nbytes)


def write_rows(names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]], target: Path, what: str) -> None:
    """Write batches of rows to `target`; where a later batch widens a column's type, the file is unified at the end.

    Args:
        names: Column names, distinct.
        batches: Rows as sequences of values in the order of `names`.
        target: The file to write.
        what: Who provides the rows, for messages.

    Raises:
        SourceError: Two columns share a name, or a column mixes types that have no common one.
    """
    import pyarrow.parquet as pq

    _require_distinct(names, what)
    progress = Progress(what)
    parts: list[Path] = []
    schema, writer = None, None
    try:
        for rows in batches:
            table = _table(names, rows, what)
            if schema is None or not _fits(table.schema, schema):
                if writer is not None:
                    writer.close()
                schema = table.schema
                parts.append(target.with_suffix(f".{len(parts)}.part"))
                writer = pq.ParquetWriter(parts[-1], schema, compression="zstd")
            writer.write_table(table.cast(schema))  # type: ignore[union-attr]
            progress.add(table.num_rows, table.nbytes)
    finally:
        if writer is not None:
            writer.close()
    if not parts:
        pq.write_table(_table(names, [], what), target)
    elif len(parts) == 1:
        parts[0].replace(target)
    else:
        _unify(parts, target, what)


def _require_distinct(names: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:  # DuckDB does not tell `A` from `a`
            raise SourceError(f"{what} has two columns called {name!r}", fix="give one another name with AS")
        seen.add(name.lower())


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]], what: str) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: _column(name, list(values), what) for name, values in zip(names, columns, strict=True)})


def _column(name: str, values: list[Any], what: str) -> pa.Array:
    import pyarrow as pa

    kinds = {type(value) for value in values} - {type(None)}
    families = {_family(kind) for kind in kinds}
    if len(families) > 1 and not families <= {int, float, Decimal}:
        mixed = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise SourceError(f"{what}: column {name!r} mixes {mixed}", fix="CAST it in the query")
    try:
        column = pa.array(_of_one_type(values, kinds, families))
    except (pa.ArrowException, OverflowError, ValueError) as error:
        why, fix = str(error), "CAST it in the query"
        raise SourceError(f"{what}: column {name!r} holds what cannot be stored", why=why, fix=fix) from error
    aware = pa.types.is_timestamp(column.type) and column.type.tz is not None
    return column.cast(pa.timestamp("us", "UTC")) if aware else column  # a database's offset differs by season


_FAMILIES = (bool, int, float, Decimal, str, bytes, memoryview, bytearray, dt.datetime, dt.date, dt.time, dt.timedelta)
"""Subclasses stand before their base."""


def _family(kind: type) -> type:
    """Return the type of value that `kind` is stored as; what Parquet has no type for is text."""
    found = next((family for family in _FAMILIES if issubclass(kind, family)), str)
    return bytes if found in {memoryview, bytearray} else found


def _of_one_type(values: list[Any], kinds: set[type], families: set[type]) -> list[Any]:
    """Return the values of a column such that Arrow finds one type for them."""
    convert: Callable[[Any], Any] | None = None
    if families == {dt.timedelta}:  # DuckDB reads Parquet's durations as bare microseconds
        convert = dt.timedelta.total_seconds
    elif len(families) > 1 or (families == {Decimal} and not all(_finite(value) for value in values)):
        convert = float
    elif kinds != families and families in ({str}, {bytes}):  # psycopg2 gives BYTEA as memoryview, JSON as dict
        convert = _text if families == {str} else bytes
    elif families == {dt.datetime} and len({value.tzinfo is None for value in values if value is not None}) > 1:
        raise ValueError("some of its times have a time zone and some have none")
    return values if convert is None else [None if value is None else convert(value) for value in values]


def _finite(value: Decimal | None) -> bool:
    return value is None or value.is_finite()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def _fits(new: pa.Schema, old: pa.Schema) -> bool:
    """Return whether every column has the old type, or is empty in the new batch."""
    import pyarrow.types as kinds

    pairs = zip(new.types, old.types, strict=True)
    return all(ours == theirs or kinds.is_null(ours) for ours, theirs in pairs)


def _unify(parts: list[Path], target: Path, what: str) -> None:
    """Copy parts of different schemas into one file with the widest type of each column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pa.unify_schemas(_with_one_kind_of_number(parts), promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        fix = "CAST the column in the query"
        raise SourceError(f"{what}: a column changes its type between rows", why=str(error), fix=fix) from error
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches():
                writer.write_table(pa.Table.from_batches([batch]).cast(schema, safe=False))  # whole numbers as floats
            part.unlink()


def _with_one_kind_of_number(parts: list[Path]) -> list[pa.Schema]:
    """Return the parts' schemas; a column that is decimal in some and whole in others is a float in all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schemas = [pq.read_schema(part) for part in parts]
    for index, name in enumerate(schemas[0].names):
        types = [schema.field(index).type for schema in schemas]
        if any(map(pa.types.is_decimal, types)) and any(map(pa.types.is_integer, types)):
            schemas = [schema.set(index, pa.field(name, pa.float64())) for schema in schemas]
    return schemas
