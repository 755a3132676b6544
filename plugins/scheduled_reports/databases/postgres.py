"""PostgreSQL: typed columns, COPY in binary through ADBC, and a transaction that only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from scheduled_reports.databases import columnar
from scheduled_reports.databases.base import BATCH_BYTES, Asked, Made, NotColumnarError, portions
from scheduled_reports.databases.engine import STREAMING, EngineDatabase
from scheduled_reports.databases.failures import Kind
from scheduled_reports.databases.postgres_columns import Columns
from scheduled_reports.databases.session import Session
from scheduled_reports.parquet import require_distinct
from scheduled_reports.spec.sql import for_sqlalchemy

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection

LONGEST = 2**31 - 1
"""The most milliseconds that `statement_timeout` takes."""

KINDS = {
    "57014": Kind.TIMEOUT, "25006": Kind.WRITES, "42P01": Kind.MISSING, "3F000": Kind.MISSING, "3D000": Kind.MISSING,
    "42501": Kind.DENIED,
}  # fmt: skip
"""What errors mean, by https://www.postgresql.org/docs/current/errcodes-appendix.html."""


class Special(EngineDatabase):
    """PostgreSQL, and what speaks like it."""

    def rows(self, asked: Asked, session: Session) -> Iterator[pa.Table]:
        """Read with a cursor that the server keeps."""
        with self.connected(asked, session) as connection:
            statement = _bound(connection, asked)
            columns = _described(connection, statement, asked)
            yield columns.empty()
            options = {**STREAMING, "no_parameters": True}
            result = connection.exec_driver_sql(columns.query or statement, execution_options=options)
            with closing(result):
                yield from portions(result.fetchmany, lambda rows: columns.of_rows(rows, asked.what))

    def columns(self, asked: Asked, session: Session) -> Iterator[Made]:
        """Read with COPY in binary; the driver says first whether the query is right, and who we are."""
        columnar.require("adbc_driver_postgresql")
        with self.connected(asked, session) as connection:
            columns = _described(connection, _bound(connection, asked), asked)
            address = _address(connection)
        if columns.query is None:
            raise NotColumnarError("the query does not stand in brackets")
        yield columns.empty()
        with columnar.connection("adbc_driver_postgresql", address) as opened:
            session.connected(opened.cancel)
            opened.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", *_settings(asked, session))
            size = {"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
            for batch in opened.batches(columns.query, size):
                yield columnar.later(columns.of_batch, batch)

    def prepare(self, connection: Connection, asked: Asked, session: Session) -> None:
        """Begin a transaction that only reads and sees one moment; timestamps beside timestamptz are the source's."""
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        for statement in _settings(asked, session):
            connection.exec_driver_sql(statement)
        if self.engine.driver == "psycopg2":
            _refuse_infinity(connection)

    def canceller(self, connection: Connection) -> Callable[[], object]:
        """Return what cancels the query through another connection: both drivers' `cancel` stops all of Python."""
        process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()

        def cancel() -> None:
            with self.engine.connect() as other:
                other.detach()  # the query's thread may have done with the pool before: nobody would close it there
                other.exec_driver_sql(f"SELECT pg_cancel_backend({int(process)})")

        return cancel

    def reason(self, error: Exception) -> str:
        """Return the server's words, without the line of a statement that is not the author's."""
        told: Any = getattr(getattr(error, "orig", error), "diag", None)
        if told is None or not told.message_primary:
            return super().reason(error)
        return "; ".join(filter(None, (told.message_primary, told.message_detail, told.message_hint)))

    def special_kind(self, error: Exception) -> Kind | None:
        """Return what an error means by its SQLSTATE; one of several features not supported is to write in WITH."""
        if "data-modifying" in str(error):
            return Kind.WRITES
        state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
        return KINDS.get(str(state))


def _settings(asked: Asked, session: Session) -> tuple[str, str]:
    """Return what sets a transaction's time zone, an IANA name, and its time."""
    milliseconds = min(int(session.seconds_left * 1000) + 1, LONGEST)
    return f"SET LOCAL TimeZone = '{asked.zone}'", f"SET LOCAL statement_timeout = {milliseconds}"


def _bound(connection: Connection, asked: Asked) -> str:
    """Return the query with its values quoted by the driver.

    psycopg 3 sends values apart, and PostgreSQL then refuses `:x IS NULL OR column = :x` behind a server-side cursor
    ("type of parameter does not match that when preparing the plan"). COPY takes none at all.
    """
    from sqlalchemy import text

    statement = str(text(for_sqlalchemy(asked.query)).compile(dialect=connection.dialect))
    driver: Any = connection.connection.driver_connection
    if connection.dialect.driver == "psycopg":
        from psycopg import ClientCursor

        with ClientCursor(driver) as cursor:
            return cursor.mogrify(statement, dict(asked.values))
    with driver.cursor() as cursor:
        return str(cursor.mogrify(statement, dict(asked.values)).decode())


def _described(connection: Connection, statement: str, asked: Asked) -> Columns:
    """Return the columns of a query that is planned, but not run.

    Where some are read through a cast, the query stands in brackets; where it cannot, it is read as it is.
    """
    from sqlalchemy.exc import DBAPIError

    described = _description(connection, statement)
    require_distinct([column[0] for column in described], asked.what)
    unknown = {column[1] for column in described} - Columns.KNOWN
    columns = Columns.of(described, _categories(connection, unknown), statement)
    try:
        with connection.begin_nested():
            if [column[0] for column in _description(connection, columns.query or "")] == columns.names:
                return columns
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
    return columns.plain()


def _description(connection: Connection, statement: str) -> Any:
    run = connection.exec_driver_sql
    plain = {"no_parameters": True}
    run(f"DECLARE described NO SCROLL CURSOR FOR {statement}", execution_options=plain)
    result = run("FETCH 0 FROM described", execution_options=plain)
    description = result.cursor.description
    result.close()
    run("CLOSE described", execution_options=plain)
    return description


def _categories(connection: Connection, types: set[int]) -> dict[int, str]:
    """Return the category of each type, by https://www.postgresql.org/docs/current/catalog-pg-type.html."""
    if not types:
        return {}
    listed = ", ".join(str(int(oid)) for oid in types)
    found = connection.exec_driver_sql(f"SELECT oid::bigint, typcategory::text FROM pg_type WHERE oid IN ({listed})")
    return {int(oid): str(category) for oid, category in found}


def _address(connection: Connection) -> str:
    """Return libpq's connection string of a connection, with its password: both drivers are made of libpq."""
    info: Any = connection.connection.driver_connection.info  # type: ignore[union-attr]
    known = info.get_parameters() if hasattr(info, "get_parameters") else info.dsn_parameters
    parts = {**known, "password": info.password, "client_encoding": "UTF8"}
    quoted = {name: str(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in parts.items() if value}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def _refuse_infinity(connection: Connection) -> None:
    """Have psycopg2 refuse what is no date, as psycopg does: it takes infinity for 31 December 9999."""
    from psycopg2 import DataError, extensions  # type: ignore[import-untyped]

    def refusing(read: Any) -> Any:
        def cast(value: str | None, cursor: Any) -> Any:
            try:
                if value is None or not value.endswith("infinity"):
                    return read(value, cursor)
            except ValueError:  # years before 1 and after 9999
                pass
            raise DataError(f"there is no date {value}")

        return cast

    for oid, read in ((1082, extensions.PYDATE), (1114, extensions.PYDATETIME), (1184, extensions.PYDATETIMETZ)):
        kind = extensions.new_type((oid,), f"finite {oid}", refusing(read))
        extensions.register_type(kind, connection.connection.driver_connection)
