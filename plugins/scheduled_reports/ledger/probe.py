"""Whether the ledger can be written, and which version it has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from scheduled_reports.connections import sql_engine
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.ledger.schema import probe as probed

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scheduled_reports.connections import Connect

FIX = "check the setting [scheduled_reports] ledger_conn_id, its connection, and what its user may do"


def probe(conn_id: str | None, connect: Connect, folder: Path) -> str:
    """Change the ledger and take that back; return where it is and its version, in words.

    Args:
        conn_id: The connection of its database; None for the SQLite file in `folder`.
        connect: Gives Airflow's connections.
        folder: Where that file is.

    Raises:
        LedgerError: It cannot be written, or is newer than this package.
        UnknownConnectionError: There is no such connection, or it cannot be used.
    """
    engine, file = None, folder / "ledger.db"
    if conn_id is not None:
        engine = sql_engine(connect, conn_id)
        file = Path(engine.url.database or "")
    if engine is None or engine.dialect.name == "sqlite":
        if not file.is_file():
            return _missing(file)
        engine = sqlite_engine(file)
    return f"{engine.url.render_as_string(hide_password=True)}, {_written(engine)}"


def _written(engine: Engine) -> str:
    try:
        return probed(engine)
    except SQLAlchemyError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise LedgerError(f"cannot write ({where})", why=str(getattr(error, "orig", error)), fix=FIX) from error
    finally:
        engine.dispose()


def _missing(file: Path) -> str:
    """Say that the first run makes the file; it can where the folder, or the nearest above it, may be written."""
    there = next(folder for folder in file.absolute().parents if folder.is_dir())
    if not os.access(there, os.W_OK | os.X_OK):
        raise LedgerError(f"the ledger {file} cannot be made", why=f"{there} may not be written", fix=FIX)
    return f"{file} is not there yet: the first run makes it"
