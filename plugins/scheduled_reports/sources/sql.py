"""A query on any database that an Airflow connection reaches through a SQL hook."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.newest import moment_of
from scheduled_reports.live.base import PATIENCE
from scheduled_reports.model import ConnectionId, TimeZone
from scheduled_reports.schedule.clock import Duration
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.sql import Query, binds_in, in_brackets

if TYPE_CHECKING:
    from scheduled_reports.databases import Asked
    from scheduled_reports.run import Run


class SqlSource(Source, Query):
    """Rows of a query. Its binds are the run's period and the report's parameters."""

    newest_by: ClassVar[Literal["column", "files", ""]] = "column"

    type: Literal["sql"]
    connection: ConnectionId = Field(description="Airflow connection id of the database.")
    timezone: TimeZone = Field(
        "UTC",
        description="IANA time zone in which this database keeps timestamps. `:period_start`, `:period_end` and "
        "`:previous_start` are bound as wall time there, without an offset. On PostgreSQL, MariaDB and MySQL it is "
        "also the time zone of the query's session, so that columns of type `timestamptz` or `TIMESTAMP` compare "
        "right whatever the server's zone is; on other databases the query has to convert columns that carry a zone.",
    )
    timeout: Duration = Field(
        dt.timedelta(minutes=30),
        description="How long the query may take, from connecting to its last row: `90s`, `10m`, `2h`. Then it is "
        "cancelled at the database, and the extraction fails.",
    )

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Run the query in a transaction that only reads, and stream its rows to Parquet."""
        from scheduled_reports.databases import database_of
        from scheduled_reports.databases.extract import extract

        extract(database_of(run.connect, self.connection), self._asked(run, name), self.timeout, target)

    def probe(self, run: Run, name: str) -> str:
        """Have the database read the query and return no row of it."""
        from scheduled_reports.databases import database_of
        from scheduled_reports.databases.probe import columns_of

        names = columns_of(database_of(run.connect, self.connection), self._asked(run, name), PATIENCE)
        return f"{len(names)} columns: {', '.join(names)}"

    def newest(self, run: Run, name: str, column: str | None) -> dt.datetime | None:
        """Ask the database for the largest value of a column of the query's rows."""
        from scheduled_reports.databases import database_of
        from scheduled_reports.databases.answer import answer, one_value

        if column is None:
            raise SourceError(f"source {name!r} cannot be asked how new its data is", why="no column is named",
                              fix="name the column that has its timestamps")  # fmt: skip
        database, asked = database_of(run.connect, self.connection), self._asked(run, name)
        what = f"the newest {column!r} of {asked.what}"
        query = f"SELECT max(q.{database.quoted(column)}) AS newest FROM {in_brackets(asked.query)} q"
        found = answer(database, replace(asked, query=query, what=what), self.timeout)
        return moment_of(one_value(found, what), self.timezone, what)

    def _asked(self, run: Run, name: str) -> Asked:
        from scheduled_reports.databases import Asked

        query, every = self.text(run.include), run.binds(self.timezone)
        values = {bound: every[bound] for bound, _ in binds_in(query)}
        what = f"source {name!r} ({run.report.query_place('sources', name)}, connection {self.connection!r})"
        return Asked(query, values, self.timezone, what)
