"""Any database that SQLAlchemy knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_values import Types, table_of
from scheduled_reports.databases.base import Asked, Database, canceller, portions
from scheduled_reports.databases.failures import Kind
from scheduled_reports.databases.session import Session
from scheduled_reports.parquet import require_distinct
from scheduled_reports.spec.sql import for_sqlalchemy

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, CursorResult, Engine

STREAMING = {"stream_results": True}
"""A cursor that the server keeps, where the driver has one."""

REFUSALS = ("authentication failed", "Access denied for user")
"""What PostgreSQL and MySQL say of a wrong password; their drivers do not tell it from an unreachable server."""


class EngineDatabase(Database):
    """A database behind an engine; what is special of one is in a class of its own.

    Args:
        engine: An engine that nobody else uses.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        url = engine.url
        self.where = f"{url.host}:{url.port}" if url.host and url.port else str(url.host or url.database or url)

    def rows(self, asked: Asked, session: Session) -> Iterator[pa.Table]:
        """Read with a server-side cursor where the driver has one."""
        with self.connected(asked, session) as connection:
            result = self.run(connection, asked)
            cursor = result.cursor
            try:
                names, types = list(result.keys()), self.types(result, asked)
                require_distinct(names, asked.what)
                yield table_of(names, [], asked.what, types)
                yield from portions(result.fetchmany, lambda rows: self.table(names, rows, types, asked))
            except BaseException:  # also GeneratorExit: nobody wants the rest
                self.abandon(connection, result, cursor)
                raise

    def reach(self, session: Session) -> Iterator[str]:
        """Connect and log in."""
        try:
            with self.engine.connect() as connection:
                session.connected(canceller(connection.connection.driver_connection))
                yield self.where
        finally:
            self.engine.dispose()

    @contextmanager
    def connected(self, asked: Asked, session: Session) -> Iterator[Connection]:
        """Give a connection whose transaction only reads, in the source's time zone, with a limit of time."""
        try:
            with self.engine.connect() as connection:
                self.prepare(connection, asked, session)
                session.connected(self.canceller(connection))
                yield connection
        finally:
            self.engine.dispose()

    def quoted(self, name: str) -> str:
        """Return a column's name in the quotes of this database: in those of MySQL and SQL Server `:x` is a bind."""
        marks = self.engine.dialect.identifier_preparer
        if marks.initial_quote != '"':
            name = name.replace(":", r"\:")
        return marks.initial_quote + name.replace(marks.final_quote, marks.final_quote * 2) + marks.final_quote

    def prepare(self, connection: Connection, asked: Asked, session: Session) -> None:
        """Begin a transaction that only reads: nothing that all databases know how to."""

    def canceller(self, connection: Connection) -> Callable[[], object] | None:
        """Return what cancels the connection's query from another thread; it must not hold Python's lock meanwhile."""
        return canceller(connection.connection.driver_connection)

    def run(self, connection: Connection, asked: Asked) -> CursorResult[Any]:
        """Run the query."""
        from sqlalchemy import text

        statement = text(for_sqlalchemy(asked.query))
        return connection.execute(statement, dict(asked.values), execution_options=STREAMING)

    def types(self, result: CursorResult[Any], asked: Asked) -> Types | None:
        """Return what the database says that the columns are; None where their values have to tell."""
        return None

    def table(self, names: list[str], rows: Sequence[Sequence[Any]], types: Types | None, asked: Asked) -> pa.Table:
        """Return rows as a table of these types, or of ones that the first table's can be widened to."""
        return table_of(names, rows, asked.what, types)

    def abandon(self, connection: Connection, result: CursorResult[Any], cursor: Any) -> None:
        """Leave the rest of a result unread."""
        result.close()

    def kind(self, error: Exception) -> Kind | None:
        """Return what an error of SQLAlchemy's means."""
        from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

        if not isinstance(error, SQLAlchemyError):
            return None
        cause = getattr(error, "orig", None)
        if any(words in str(cause) for words in REFUSALS):
            return Kind.WRONG
        if isinstance(cause, Exception) and (special := self.special_kind(cause)) is not None:
            return special
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        return Kind.LOST if lost or isinstance(error, InterfaceError | OperationalError) else Kind.WRONG

    def special_kind(self, error: Exception) -> Kind | None:
        """Return what an error of this database's driver means; None where its class tells."""
        return None
