"""The pools of the Airflow that this command line belongs to."""

from __future__ import annotations

import os
from pathlib import Path

from scheduled_reports.settings import database_url


def stored_pools() -> dict[str, int] | None:
    """Return the slots of each pool in Airflow's database, -1 for no limit; None where that cannot be read."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")  # Airflow, once imported, logs to the screen
    from sqlalchemy import make_url, select
    from sqlalchemy.exc import SQLAlchemyError

    url = make_url(database_url())
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return None
    from airflow.models.pool import Pool
    from airflow.settings import get_session

    try:
        with get_session()() as session:  # type: ignore[no-untyped-call]
            return {row.pool: row.slots for row in session.execute(select(Pool.pool, Pool.slots))}
    except (SQLAlchemyError, ImportError):  # no such server or table, or no driver for it
        return None
