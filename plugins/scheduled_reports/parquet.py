"""Write rows whose types are only known by looking as one Parquet file, in bounded memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


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
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise SourceError(f"{what} has two columns called {twice[0]!r}", fix="give one another name with AS")


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]], what: str) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: _column(name, list(values), what) for name, values in zip(names, columns, strict=True)})


def _column(name: str, values: list[Any], what: str) -> pa.Array:
    import pyarrow as pa

    kinds = {type(value) for value in values} - {type(None)}
    if dt.timedelta in kinds:  # DuckDB reads Parquet's durations as bare microseconds
        values = [value.total_seconds() if isinstance(value, dt.timedelta) else value for value in values]
    elif {int, float} <= kinds or (Decimal in kinds and kinds & {int, float}):
        values = [None if value is None else float(value) for value in values]
    elif not kinds <= _KNOWN and not all(issubclass(kind, tuple(_KNOWN)) for kind in kinds):
        values = [None if value is None else str(value) for value in values]
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        mixed = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise SourceError(
            f"{what}: column {name!r} mixes {mixed}", why=str(error), fix="CAST it in the query"
        ) from error


_KNOWN = {bool, int, float, Decimal, str, bytes, dt.date, dt.datetime, dt.time, dt.timedelta}


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
        schema = pa.unify_schemas([pq.read_schema(part) for part in parts], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        fix = "CAST the column in the query"
        raise SourceError(f"{what}: a column changes its type between rows", why=str(error), fix=fix) from error
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches():
                writer.write_table(pa.Table.from_batches([batch]).cast(schema))
            part.unlink()
