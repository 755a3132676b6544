"""What a database answers to a small question: a few rows, held in memory."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from typing import TYPE_CHECKING, Any

from scheduled_reports.databases.base import Asked, Database
from scheduled_reports.databases.explained import explained
from scheduled_reports.databases.failures import require_reading
from scheduled_reports.databases.session import Session
from scheduled_reports.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


def answer(database: Database, asked: Asked, timeout: dt.timedelta, rows: int = 2) -> pa.Table:
    """Return the first rows of a query, read in a transaction that only reads; the rest stays unread.

    Args:
        database: Who is asked.
        asked: The query.
        timeout: How long it may take, from connecting to the answer.
        rows: How many rows at most.

    Raises:
        SourceError: The database refused, failed, did not answer in time, or gave what no table can hold.
    """
    import pyarrow as pa

    require_reading(asked.query, asked.what)
    session = Session(timeout)
    found: list[pa.Table] = []
    with (
        explained(database, asked, session),
        closing(session.fetched(lambda session: database.rows(asked, session))) as tables,
    ):
        for table in tables:
            found.append(table)
            if sum(part.num_rows for part in found) >= rows:
                break
    whole = pa.concat_tables([part for part in found if part.num_rows] or found[:1], promote_options="permissive")
    return whole.slice(0, rows)


def one_value(table: pa.Table, what: str) -> Any:
    """Return the only value of an answer; None where it has no row, or a NULL.

    Raises:
        SourceError: It has several rows or columns.
    """
    if table.num_columns != 1 or table.num_rows > 1:
        why = "it gives several rows" if table.num_rows > 1 else f"it gives {table.num_columns} columns"
        raise SourceError(f"{what} must give one value", why=why, fix="write a query of one row and one column")
    return table.column(0)[0].as_py() if table.num_rows else None
