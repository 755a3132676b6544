"""Whether a database answers, and whether it would answer a query: asked so that it returns no row."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import replace

from scheduled_reports.databases.answer import answer
from scheduled_reports.databases.base import Asked, Database
from scheduled_reports.databases.explained import explained
from scheduled_reports.databases.session import Session
from scheduled_reports.errors import SourceError


def reached(database: Database, what: str, timeout: dt.timedelta) -> str:
    """Connect, log in, hang up, and return where that was.

    Raises:
        SourceError: The database refused, or did not answer in time.
    """
    session = Session(timeout)
    with (
        explained(database, Asked("", {}, "UTC", what), session),
        closing(session.fetched(database.reach)) as found,
    ):
        return next(found)


def columns_of(database: Database, asked: Asked, timeout: dt.timedelta) -> list[str]:
    """Return the names of a query's columns, and have the database return no row of it.

    The query stands in brackets, with a condition that nothing meets. Where a database does not take it so (SQL Server
    takes no WITH and no ORDER BY in brackets), it is asked for the query itself, and left after the first row.

    Raises:
        SourceError: The database refused, failed, or did not answer in time.
    """
    bare = asked.query.rstrip("; \t\r\n")
    bracketed = replace(asked, query=f"SELECT * FROM (\n{bare}\n) probe WHERE 1 = 0")
    try:
        return list(answer(database, bracketed, timeout, rows=1).column_names)
    except SourceError as error:
        if error.retryable:
            raise
    return list(answer(database, asked, timeout, rows=1).column_names)
