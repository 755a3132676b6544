"""Write what a database answers to Parquet: by columns where a driver can, else row by row."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from scheduled_reports.databases.base import Asked, Database, Made, NotColumnarError
from scheduled_reports.databases.explained import explained
from scheduled_reports.databases.failures import require_reading, took_too_long
from scheduled_reports.databases.session import Session
from scheduled_reports.parquet import write_tables

log = logging.getLogger(__name__)


def extract(database: Database, asked: Asked, timeout: dt.timedelta, target: Path) -> None:
    """Write the rows of a query to `target`, in bounded memory.

    Args:
        database: Who is asked.
        asked: The query.
        timeout: How long it may take, from connecting to the last row.
        target: The Parquet file to write; it appears complete or not at all.

    Raises:
        SourceError: The database refused, failed, did not answer in time, or gave what cannot be stored.
    """
    require_reading(asked.query, asked.what)
    session = Session(timeout)
    try:
        _write(database, database.columns, asked, session, target)
    except NotColumnarError as reason:
        if session.over:
            raise took_too_long(asked.what, timeout, database.where) from reason
        log.info("%s: read row by row, as %s", asked.what, reason)
        _write(database, database.rows, asked, session, target)


def _write(
    database: Database,
    way: Callable[[Asked, Session], Iterator[Made]],
    asked: Asked,
    session: Session,
    target: Path,
) -> None:
    with (
        explained(database, asked, session),
        closing(session.fetched(lambda session: way(asked, session))) as tables,
    ):
        write_tables((made() if callable(made) else made for made in tables), target, asked.what)
