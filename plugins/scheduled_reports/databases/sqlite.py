"""SQLite: a file that is only read, by columns through ADBC where every column keeps to one type."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scheduled_reports.column_values import table_of
from scheduled_reports.databases import columnar
from scheduled_reports.databases.base import BATCH_ROWS, Asked, Made, NotColumnarError
from scheduled_reports.databases.engine import EngineDatabase
from scheduled_reports.databases.failures import Kind
from scheduled_reports.databases.session import Session
from scheduled_reports.errors import SourceError
from scheduled_reports.spec.sql import for_sqlalchemy, numbered

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, CursorResult, Engine

KINDS = {
    "SQLITE_INTERRUPT": Kind.TIMEOUT, "SQLITE_READONLY": Kind.WRITES, "SQLITE_BUSY": Kind.LOST,
    "SQLITE_LOCKED": Kind.LOST, "SQLITE_IOERR": Kind.LOST, "SQLITE_CANTOPEN": Kind.LOST, "SQLITE_FULL": Kind.LOST,
    "SQLITE_PROTOCOL": Kind.LOST, "SQLITE_NOMEM": Kind.LOST,
}  # fmt: skip
"""What errors mean, by https://www.sqlite.org/rescode.html; to Python's driver most are operational."""

OPEN_FILES = Path("/proc/self/fd")

EXACT = 2**53
"""Up to here a float holds every whole number."""

LOOK_ROWS, LOOK_SECONDS = 200, 0.1
"""How many rows are looked at before, and for how long."""

_CLASS = re.compile("null|integer|real|text|blob")


class Special(EngineDatabase):
    """A file of SQLite's."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.where = self.engine.url.database or ":memory:"

    def prepare(self, connection: Connection, asked: Asked, session: Session) -> None:
        """Let nothing be written; one SELECT sees one moment anyway."""
        connection.exec_driver_sql("PRAGMA query_only = ON")

    def reach(self, session: Session) -> Iterator[str]:
        """Open the file."""
        self._require_file("the database cannot be opened")
        return super().reach(session)

    def rows(self, asked: Asked, session: Session) -> Iterator[pa.Table]:
        """Read with Python's own driver."""
        self._require_file(f"{asked.what} failed")
        return super().rows(asked, session)

    def run(self, connection: Connection, asked: Asked) -> CursorResult[Any]:
        """Run the query; SQLite has no timestamps: its own functions write and compare text."""
        return super().run(connection, _as_text(asked))

    def columns(self, asked: Asked, session: Session) -> Iterator[Made]:
        """Read with ADBC, which takes a column's type from its first rows and makes text of what comes later.

        So the query is asked for each value's storage class (https://www.sqlite.org/datatype3.html), too.
        """
        columnar.require("adbc_driver_sqlite")
        self._require_file(f"{asked.what} failed")
        path = self._path()
        names, doubtful = self._names(asked, session)
        if _is_open(path):
            raise NotColumnarError(f"this process has {path} open, whose locks a second SQLite in it would drop")
        sql, values = numbered(asked.query, _as_text(asked).values)
        with columnar.connection("adbc_driver_sqlite", f"file:{quote(str(path))}?mode=rw") as opened:
            opened.run("PRAGMA query_only = ON", "PRAGMA busy_timeout = 5000")
            rows = {"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)}
            plain = [int(value) if isinstance(value, bool) else value for value in values]
            yield table_of(names, [], asked.what)
            for batch in opened.batches(_with_classes(sql, names, doubtful), rows, plain):
                yield columnar.later(lambda batch: _typed(batch, names, doubtful), batch)

    def _require_file(self, what: str) -> None:
        """Require the file: SQLite would make an empty one, and miss the table in it."""
        name = self.engine.url.database
        if name and name != ":memory:" and not name.startswith("file:") and not Path(name).is_file():
            fix = "correct the host of the Airflow connection, which is the file's path, or have the file made"
            raise SourceError(what, why=f"there is no file {name}", fix=fix)

    def _path(self) -> Path:
        url = self.engine.url
        name = url.database
        if not name or name == ":memory:" or name.startswith("file:"):
            raise NotColumnarError("the database is not a plain file")
        if set(url.query) - {"timeout", "check_same_thread"}:
            raise NotColumnarError(f"the connection has {', '.join(sorted(url.query))}")
        return Path(name).absolute()

    def _names(self, asked: Asked, session: Session) -> tuple[list[str], list[int]]:
        """Return the columns' names of a query that stands in brackets, and which may hold more than numbers."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self.connected(asked, session) as connection:
                names = list(_some(connection, asked, 0).keys())
                classes = _classes(connection, asked)
        except SQLAlchemyError as error:
            raise NotColumnarError(f"the query does not stand in brackets: {getattr(error, 'orig', error)}") from error
        if len({name.lower() for name in names}) < len(names):
            raise NotColumnarError("two columns have one name")
        return names, [index for index in range(len(names)) if not classes or not classes[index] <= {int, float}]

    def special_kind(self, error: Exception) -> Kind | None:
        """Return what an error means by its name."""
        if str(error).startswith("no such table"):
            return Kind.MISSING
        name = getattr(error, "sqlite_errorname", "")
        return next((kind for known, kind in KINDS.items() if name.startswith(known)), Kind.WRONG)


def _as_text(asked: Asked) -> Asked:
    values = {name: _sqlite_text(value) for name, value in asked.values.items()}
    return Asked(asked.query, values, asked.zone, asked.what)


def _sqlite_text(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date) else value


def _bare(sql: str) -> str:
    return sql.rstrip("; \t\r\n")


def _some(connection: Connection, asked: Asked, rows: int) -> CursorResult[Any]:
    from sqlalchemy import text

    bracketed = for_sqlalchemy(f"SELECT * FROM (\n{_bare(asked.query)}\n) LIMIT {rows:d}")
    return connection.execute(text(bracketed), dict(_as_text(asked).values))


def _classes(connection: Connection, asked: Asked) -> list[set[type]]:
    """Return the types of each column's first values, without nulls as a type; none where it takes long to tell."""
    from sqlalchemy.exc import OperationalError

    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + LOOK_SECONDS
    driver.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        rows = _some(connection, asked, LOOK_ROWS).fetchall()
    except OperationalError:  # interrupted
        return []
    finally:
        driver.set_progress_handler(None, 0)
    return [
        {type(value) for value in column if value is not None} or {type(None)} for column in zip(*rows, strict=True)
    ]


def _with_classes(sql: str, names: list[str], doubtful: list[int]) -> str:
    """Return the query with one more column: the storage classes of the doubtful ones, one after the other."""
    quoted = ['q."' + name.replace('"', '""') + '"' for name in names]
    classes = "||".join(f"typeof({quoted[index]})" for index in doubtful) or "''"
    return f"SELECT {', '.join(quoted)}, {classes} FROM (\n{_bare(sql)}\n) AS q"


def _is_open(path: Path) -> bool:
    """Return whether this process has a file open (https://www.sqlite.org/howtocorrupt.html, 2.2.1)."""
    if not OPEN_FILES.is_dir():
        return True
    found = path.stat()
    for link in OPEN_FILES.iterdir():
        try:
            opened = link.stat()
        except OSError:  # closed meanwhile
            continue
        if (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino):
            return True
    return False


def _typed(batch: pa.RecordBatch, names: list[str], doubtful: list[int]) -> pa.Table:
    """Return a batch as a table whose types are those of its values.

    Raises:
        NotColumnarError: A column mixes classes other than whole numbers and such with a fraction.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = [_CLASS.findall(row) for row in pc.unique(batch.column(len(names))).to_pylist()]
    found = [frozenset(column) - {"null"} for column in zip(*rows, strict=True)]
    classes = dict(zip(doubtful, found, strict=False))
    columns = [_column(name, batch.column(index), classes.get(index)) for index, name in enumerate(names)]
    return pa.Table.from_arrays(columns, names=names)


def _column(name: str, column: pa.Array, classes: frozenset[str] | None) -> pa.Array:
    """Return a column; of one without classes the driver has made sure that it holds numbers only, if it says so."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return pa.nulls(len(column))
    kinds = {"integer": pa.int64(), "real": pa.float64(), "text": pa.string(), "blob": pa.binary()}
    if pa.types.is_floating(column.type):
        if (classes is None or "integer" in classes) and pc.max(pc.abs(column)).as_py() >= EXACT:
            raise NotColumnarError(f"column {name!r} may have whole numbers of more than 15 digits among fractions")
        classes = classes - {"integer"} if classes and classes != {"integer"} else frozenset({"real"})
    elif classes is None and pa.types.is_int64(column.type):
        return column
    if classes is None or len(classes) > 1 or column.type != kinds[next(iter(classes))]:
        raise NotColumnarError(f"column {name!r} mixes {' and '.join(sorted(classes or ['numbers', 'text']))}")
    return column
