"""A query on any database that an Airflow connection reaches through a SQL hook."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.model import ConnectionId, TimeZone
from scheduled_reports.schedule.clock import Duration
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.sql import Query, binds_in

if TYPE_CHECKING:
    from scheduled_reports.run import Run


class SqlSource(Source, Query):
    """Rows of a query. Its binds are the run's period and the report's parameters."""

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
        from scheduled_reports.databases import Asked, database_of
        from scheduled_reports.databases.extract import extract

        database, query = database_of(run.connect, self.connection), self.text(run.include)
        every = run.binds(self.timezone)
        values = {bound: every[bound] for bound, _ in binds_in(query)}
        what = f"source {name!r} ({run.report.query_place('sources', name)}, connection {self.connection!r})"
        extract(database, Asked(query, values, self.timezone, what), self.timeout, target)
