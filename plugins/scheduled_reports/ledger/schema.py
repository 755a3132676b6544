"""Bring the ledger's tables up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from scheduled_reports.errors import LedgerError

HEAD = "0001"
"""The newest migration, named here so that opening an up-to-date ledger needs no Alembic (0.3 s to import)."""

VERSION_TABLE = "scheduled_reports_version"
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x5EDD_1ED6
"""Key of the PostgreSQL advisory lock under which the tables change."""


def upgrade(engine: Engine) -> None:
    """Apply the migrations that the database lacks; several processes may call this at once.

    Raises:
        LedgerError: A newer version of this package made the tables.
    """
    with engine.begin() as connection:
        if _version(connection) == HEAD:
            return
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        found = _version(connection)
        if found is not None and not list((MIGRATIONS / "versions").glob(f"{found}_*.py")):
            raise LedgerError(
                f"the ledger has version {found}, newer than {HEAD}",
                why="a newer airflow-scheduled-reports made its tables",
                fix="install that version here too, or restore the ledger's backup",
                retryable=False,
            )
        if found != HEAD:
            _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()
    return str(found) if found is not None else None
