"""The named tables of a run: one Parquet file each, read with DuckDB."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError
from scheduled_reports.spec.sql import binds_in, for_parser, numbered, with_variables

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 50_000

MEMORY_LIMIT = "1GB"
"""Several tasks share a worker, where DuckDB alone would take 80 % of its memory. Beyond this it spills to disk: 10
million rows joined and pivoted in 18 s instead of 15 s."""

SMALL = 20_000
"""So many rows are read at once, where that is faster than to ask DuckDB."""

THREADS = 4
"""At most; each needs at least 125 MB (https://duckdb.org/docs/stable/guides/performance/environment)."""

_NOT_STORABLE = frozenset(
    ("BIGNUM", "BIT", "INTERVAL", "TIME WITH TIME ZONE", "UHUGEINT", "UNION", "VARIANT", "VARINT")
)
"""DuckDB's types that become others on their way to Parquet: an offset is lost, a number becomes -1 or bytes."""

_AT_HAND: ContextVar[Mapping[Tables, list[Any]]] = ContextVar("at_hand", default=MappingProxyType({}))
"""The databases that stay open for a while."""


@dataclass(frozen=True)
class Tables:
    """The tables found in one folder.

    Attributes:
        folder: Local folder; table `calls` is `calls.parquet` in it.
        spill: Folder for what does not fit into memory, made and removed with need; a system's temporary one unless
            given.
    """

    folder: Path
    spill: Path | None = None

    def names(self) -> list[str]:
        """Return the tables' names, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def rows(self, name: str) -> int:
        """Return how many rows the table `name` has."""
        import pyarrow.parquet as pq

        return int(pq.read_metadata(self.path(name)).num_rows)

    def path(self, name: str) -> Path:
        """Return the Parquet file of the table `name`.

        Raises:
            SourceError: This run has no such table.
        """
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise SourceError(f"table {name!r} is not in this run", fix=f"it has: {', '.join(self.names()) or 'none'}")
        return path

    def columns(self, name: str) -> list[str]:
        """Return the names of the table's columns, in order."""
        import pyarrow.parquet as pq

        return list(pq.read_schema(self.path(name)).names)

    def types(self, name: str) -> dict[str, str]:
        """Return DuckDB's types of the table's columns by their names, in order: `{"amount": "DECIMAL(10,2)"}`."""
        self.path(name)
        with self.query(f'DESCRIBE "{name}"', {}, f"table {name!r}") as reader:
            return {str(row["column_name"]): str(row["column_type"]) for row in reader.read_all().to_pylist()}

    def read(self, name: str, limit: int | None = None) -> pa.Table:
        """Return the table `name`, or its first `limit` rows."""
        if (small := self.small(name)) is not None:
            return small if limit is None else small.slice(0, limit)
        sql = f'SELECT * FROM "{name}"' + (f" LIMIT {limit:d}" if limit is not None else "")
        with self.query(sql, {}, f"table {name!r}") as reader:
            return reader.read_all()

    def small(self, name: str) -> pa.Table | None:
        """Return the table `name` as `read` does, but from its file, in a tenth of the time; None where it cannot be.

        That is where it has many rows, or columns of which DuckDB would make other types.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        with suppress(pa.ArrowException, OSError), pq.ParquetFile(self.path(name)) as file:
            if file.metadata.num_rows <= SMALL and all(map(_is_same, file.schema_arrow.types)):
                read = file.read(use_threads=False)  # which takes half the time and memory for so few
                return pa.Table.from_arrays(read.columns, names=read.column_names)
        return None

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Yield the table's rows in their order, at most 50,000 at a time."""
        self.path(name)
        with self.query(f'SELECT * FROM "{name}"', {}, f"table {name!r}") as reader:
            yield from reader

    @contextmanager
    def query(self, sql: str, values: Mapping[str, Any], what: str) -> Iterator[pa.RecordBatchReader]:
        """Run one SELECT over the tables with `:name` bind values and yield a reader of its rows; instants are in UTC.

        It reads nothing but the tables: no other file, no network.

        Raises:
            SourceError: It is not one SELECT, DuckDB refuses it, or it fails while its rows are read.
        """
        import duckdb
        import pyarrow as pa

        try:
            with self._connection() as connection:
                text, ordered = _bound(connection, sql, values)
                _require_one_select(connection.extract_statements(text), what)
                relation = connection.sql(text, params=ordered)
                _require_storable(dict(zip(relation.columns, map(str, relation.types), strict=False)), what)
                yield relation.to_arrow_reader(BATCH_ROWS)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the caller's, a full disk; Arrow tells DuckDB's late errors as an OSError without number
            raise _refused(what, str(error)) from error

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Answer queries from one database while this lasts, in this thread; the tables stay as they are.

        To open one takes longer than most queries over a report's tables.
        """
        shared: list[Any] = []
        token = _AT_HAND.set({**_AT_HAND.get(), self: shared})
        try:
            yield
        finally:
            _AT_HAND.reset(token)
            for connection in shared:
                connection.close()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """Yield a connection of its own to a database with the tables: a new one, or the one at hand."""
        import duckdb

        shared = _AT_HAND.get().get(self)
        if shared is None:
            with duckdb.connect() as connection:
                self._prepare(connection)
                yield connection
            return
        if not shared:
            connection = duckdb.connect()
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            shared.append(connection)
        with shared[0].cursor() as cursor:
            yield cursor

    def _prepare(self, connection: Any) -> None:
        self._confine(connection)
        for name in self.names():
            path = _quoted(self.path(name))
            connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({path})')

    def _confine(self, connection: Any) -> None:
        """Keep a query to this folder and to its share of the worker; what it may read goes before the lock."""
        spill = self.spill or Path(tempfile.gettempdir()) / f"scheduled-reports-{uuid.uuid4().hex}"
        for setting, value in {
            "GLOBAL TimeZone": "'UTC'",
            "preserve_insertion_order": "true",
            "memory_limit": f"'{MEMORY_LIMIT}'",
            "threads": f"least(current_setting('threads'), {THREADS})",
            "temp_directory": _quoted(spill),
            "allowed_directories": f"[{_quoted(self.folder)}]",
            "enable_external_access": "false",
            "lock_configuration": "true",
        }.items():
            connection.execute(f"SET {setting} = {value}")


def _is_same(kind: pa.DataType) -> bool:
    """Return whether DuckDB gives a column as it is."""
    import pyarrow.types as pt

    if pt.is_timestamp(kind):
        return kind.unit == "us" and kind.tz in {None, "UTC"}
    same = (pt.is_string, pt.is_integer, pt.is_float32, pt.is_float64, pt.is_boolean, pt.is_date32)
    return any(one(kind) for one in same)


def _bound(connection: Any, sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return a query and its values as DuckDB takes them, by number; to a PIVOT that it takes apart, as variables."""
    if "pivot" in sql.lower() and _kinds(connection.extract_statements(for_parser(sql))) == ["MULTI"]:
        for name in {name for name, _ in binds_in(sql)}:
            connection.execute(f'SET VARIABLE "{name}" = $1', [values[name]])
        return with_variables(sql), []
    return numbered(sql, values)


def _kinds(statements: list[Any]) -> list[str]:
    return [statement.type.name for statement in statements]


def _refused(what: str, why: str) -> SourceError:
    """Return what DuckDB says as an error; a full disk is not the query's fault, and may be free again later."""
    if any(words in why for words in ("Could not write", "No space left", "failed to offload")):
        fix = "free disk space where the run's data is made; DuckDB spills there what does not fit into memory"
        return SourceError(f"{what}: the disk is full", why=why.partition("\n")[0], fix=fix, retryable=True)
    if "Out of Memory" in why:
        fix = f"it holds too much at a time for {MEMORY_LIMIT}: filter or group earlier, and make no lists of all rows"
        return SourceError(f"{what} failed", why=why.partition("\n")[0], fix=fix)
    return SourceError(f"{what} failed", why=why, fix="mend the SQL; `reports preview` shows whether it works")


def _require_storable(types: Mapping[str, str], what: str) -> None:
    """Raise where DuckDB has a type that Parquet has not: it would become another value, without a word."""
    for name, kind in types.items():
        if kind.partition("(")[0] in _NOT_STORABLE:
            why, fix = f"DuckDB's type {kind} has no like in a table", f"CAST it: {name}::VARCHAR"
            raise SourceError(f"{what}: the column {name!r} cannot be stored", why=why, fix=fix)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _require_one_select(statements: list[Any], what: str) -> None:
    """Raise where statements are not one that gives rows; PIVOT is one, though DuckDB makes several of it."""
    kinds = _kinds(statements)
    if kinds not in (["SELECT"], ["MULTI"]):
        why = f"it is {' and '.join(kinds) or 'empty'}"
        raise SourceError(f"{what} is not one SELECT", why=why, fix="write one query that gives the table's rows")
