"""One value that a condition asks a database for, at the gate."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from scheduled_reports.spec.sql import binds_in

if TYPE_CHECKING:
    from scheduled_reports.run import Run


def asked_value(run: Run, connection: str, sql: str, zone: str, timeout: dt.timedelta, what: str) -> Any:
    """Return the only value of a query, in a transaction that only reads; None for no row, or a NULL.

    Args:
        run: The run; its `binds()` are the query's values.
        connection: Airflow connection id of the database.
        sql: The query, with `:name` binds.
        zone: IANA time zone of the database's wall times.
        timeout: How long it may take.
        what: Who asks, for messages.

    Raises:
        SourceError: The database refused, failed, did not answer in time, or gave several rows or columns.
        UnknownConnectionError: The connection does not exist.
    """
    from scheduled_reports.databases import Asked, database_of
    from scheduled_reports.databases.answer import answer, one_value

    every = run.binds(zone)
    asked = Asked(sql, {name: every[name] for name, _ in binds_in(sql)}, zone, what)
    return one_value(answer(database_of(run.connect, connection), asked, timeout), what)
