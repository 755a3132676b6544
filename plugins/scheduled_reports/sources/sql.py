"""A query on any database that an Airflow connection reaches through a SQL hook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from scheduled_reports.connections import sql_engine
from scheduled_reports.errors import SourceError
from scheduled_reports.model import ConnectionId, TimeZone
from scheduled_reports.parquet import write_rows
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.sql import Query, binds_in, for_sqlalchemy

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine
    from sqlalchemy.exc import SQLAlchemyError

    from scheduled_reports.run import Run

BATCH_ROWS = 50_000

REFUSALS = ("authentication failed", "Access denied for user")
"""What PostgreSQL and MySQL say of a wrong password; their drivers do not tell it from an unreachable server."""


class SqlSource(Source, Query):
    """Rows of a query. Its binds are the run's period and the report's parameters."""

    type: Literal["sql"]
    connection: ConnectionId = Field(description="Airflow connection id of the database.")
    timezone: TimeZone = Field(
        "UTC",
        description="IANA time zone in which this database keeps timestamps. `:period_start`, `:period_end` and "
        "`:previous_start` are bound as wall time there, without an offset. On PostgreSQL it is also the time zone of "
        "the query's session, so that columns of type `timestamptz` compare right whatever the server's zone is; on "
        "other databases the query has to convert columns that carry a zone.",
    )

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Run the query with a server-side cursor where the driver has one, and stream its rows to Parquet."""
        engine, query = sql_engine(run.connect, self.connection), self.text(run.include)
        every = run.binds(self.timezone)
        values = {bound: every[bound] for bound, _ in binds_in(query)}
        if engine.dialect.name == "sqlite":  # SQLite has no timestamps: its own functions write and compare this text
            values = {bound: _sqlite_text(value) for bound, value in values.items()}
        what = f"source {name!r} ({run.report.query_place('sources', name)}, connection {self.connection!r})"
        with _rows(engine, query, values, self.timezone, what) as result:
            write_rows(list(result.keys()), (list(batch) for batch in result.partitions(BATCH_ROWS)), target, what)


@contextmanager
def _rows(engine: Engine, query: str, values: dict[str, Any], zone: str, what: str) -> Iterator[CursorResult[Any]]:
    """Run the query and give its result; whatever the database says until the end becomes a SourceError."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":  # reads a timestamp as one of the session's zone beside timestamptz
                connection.execute(text("SELECT set_config('TimeZone', :zone, true)"), {"zone": zone})
            streaming = {"stream_results": True, "yield_per": BATCH_ROWS}
            if engine.driver == "psycopg":
                bound = _bound_by_psycopg(connection, query, values)
                yield connection.exec_driver_sql(bound, execution_options={**streaming, "no_parameters": True})
            else:
                yield connection.execute(text(for_sqlalchemy(query)), values, execution_options=streaming)
    except SQLAlchemyError as error:
        raise SourceError(
            f"{what} failed",
            why=str(getattr(error, "orig", error)),
            fix="mend the query or the connection; `reports preview` shows whether it works",
            retryable=_may_pass(error),
        ) from error
    finally:
        engine.dispose()


def _bound_by_psycopg(connection: Connection, query: str, values: dict[str, Any]) -> str:
    """Return the query with its values quoted by the driver.

    psycopg 3 sends values apart, and PostgreSQL then refuses `:x IS NULL OR column = :x` behind a server-side cursor
    ("type of parameter does not match that when preparing the plan"). psycopg 2 quotes them itself.
    """
    from psycopg import ClientCursor
    from sqlalchemy import text

    statement = str(text(for_sqlalchemy(query)).compile(dialect=connection.dialect))
    with ClientCursor(connection.connection.driver_connection) as cursor:  # type: ignore[arg-type]
        return cursor.mogrify(statement, values)


def _may_pass(error: SQLAlchemyError) -> bool:
    """Return whether the database, not the statement or the password, is to blame, so that trying again may help."""
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR":  # SQLite calls all errors operational
        return False
    if any(words in str(cause) for words in REFUSALS):
        return False
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, InterfaceError | OperationalError)


def _sqlite_text(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date) else value
