"""A query on any database that an Airflow connection reaches through a SQL hook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from scheduled_reports.errors import SourceError, UnknownConnectionError
from scheduled_reports.model import TimeZone
from scheduled_reports.parquet import write_rows
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.sql import Query, binds_in, for_sqlalchemy

if TYPE_CHECKING:
    from sqlalchemy import CursorResult, Engine
    from sqlalchemy.exc import SQLAlchemyError

    from scheduled_reports.run import Run

BATCH_ROWS = 50_000


class SqlSource(Source, Query):
    """Rows of a query. Its binds are the run's period and the report's parameters."""

    type: Literal["sql"]
    connection: str = Field(min_length=1, description="Airflow connection id of the database.")
    timezone: TimeZone = Field(
        "UTC",
        description="IANA time zone in which this database keeps timestamps; `:period_start` and the like are bound as "
        "wall time there.",
    )

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Run the query with a server-side cursor where the driver has one, and stream its rows to Parquet."""
        engine, query = self._engine(run), self.text(run.include)
        every = run.binds(self.timezone)
        values = {bound: every[bound] for bound, _ in binds_in(query)}
        if engine.dialect.name == "sqlite":  # SQLite has no timestamps: its own functions write and compare this text
            values = {bound: _sqlite_text(value) for bound, value in values.items()}
        what = f"source {name!r} ({run.report.query_place('sources', name)}, connection {self.connection!r})"
        with _rows(engine, query, values, what) as result:
            write_rows(list(result.keys()), (list(batch) for batch in result.partitions(BATCH_ROWS)), target, what)

    def _engine(self, run: Run) -> Engine:
        hook = run.connect(self.connection).get_hook()
        if not hasattr(hook, "get_sqlalchemy_engine"):
            raise UnknownConnectionError(
                f"the Airflow connection {self.connection!r} cannot run SQL",
                why=f"its hook is {type(hook).__name__}",
                fix="name a database connection, for example one of type sqlite or postgres",
            )
        engine: Engine = hook.get_sqlalchemy_engine()
        return engine


@contextmanager
def _rows(engine: Engine, query: str, values: dict[str, Any], what: str) -> Iterator[CursorResult[Any]]:
    """Run the query and give its result; whatever the database says until the end becomes a SourceError."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect().execution_options(stream_results=True, yield_per=BATCH_ROWS) as connection:
            yield connection.execute(text(for_sqlalchemy(query)), values)
    except SQLAlchemyError as error:
        raise SourceError(
            f"{what} failed",
            why=str(getattr(error, "orig", error)),
            fix="mend the query or the connection; `reports preview` shows whether it works",
            retryable=_may_pass(error),
        ) from error
    finally:
        engine.dispose()


def _may_pass(error: SQLAlchemyError) -> bool:
    """Return whether the database, not the statement, is to blame, so that trying again may help."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    name = getattr(getattr(error, "orig", None), "sqlite_errorname", "")  # SQLite calls all errors operational
    return isinstance(error, InterfaceError | OperationalError) and name != "SQLITE_ERROR"


def _sqlite_text(value: Any) -> Any:
    return value.isoformat(" ", "seconds") if isinstance(value, dt.datetime) else value
