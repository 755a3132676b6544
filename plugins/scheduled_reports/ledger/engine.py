"""The ledger's database: its file, and its clock."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, func, select

SILENCE = dt.timedelta(seconds=30)
"""How long a worker may say nothing within a transaction: as long as others wait for their turn in SQLite."""


def sqlite_engine(path: Path) -> Engine:
    """Return an engine on a SQLite file that several processes may write: they wait for each other up to 30 s."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _begin_ourselves(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # else the driver begins late and writers deadlock, say SQLAlchemy's notes
        with suppress(sqlite3.OperationalError):  # it is locked while another process does the same, and for good
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def let_go_if_frozen(connection: Connection) -> None:
    """Let PostgreSQL end the transaction of a worker that says nothing for `SILENCE`: its machine froze or went away.

    Else the lock on the trail's head would be held until that machine is back, and nobody could deliver meanwhile.
    """
    if connection.dialect.name == "postgresql":
        milliseconds = str(round(SILENCE.total_seconds() * 1000))
        connection.execute(select(func.set_config("idle_in_transaction_session_timeout", milliseconds, True)))


def clock(connection: Connection) -> dt.datetime:
    """Return what time it is, aware, by the clock that all who use this ledger share.

    On PostgreSQL that is the server's: workers on several hosts measure each other's leases, and where one host's clock
    is minutes fast its worker would take over what another is sending. `clock_timestamp()`, not `now()`, which stands
    still at the transaction's begin, when the lock on the trail's head was still waited for. A SQLite file is used from
    one host, and so its clock is shared already.
    """
    if connection.dialect.name == "postgresql":
        return cast("dt.datetime", connection.execute(select(func.clock_timestamp())).scalar_one())
    return dt.datetime.now(dt.UTC)
