"""Bring the ledger's tables up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from scheduled_reports.errors import LedgerError

HEAD = "0004"
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
        _require_known(found)
        if found != HEAD:
            _migrate(connection)


def probe(engine: Engine) -> str:
    """Change the ledger and take that back; return its version in words. Nothing is made or brought up to date.

    Raises:
        LedgerError: A newer version of this package made the tables.
    """
    with engine.connect() as connection, connection.begin() as transaction:
        found = _version(connection)
        _require_known(found)
        change = f"UPDATE {VERSION_TABLE} SET version_num = version_num"
        connection.execute(text(change if found else "CREATE TABLE scheduled_reports_probe_of_rights (id INTEGER)"))
        transaction.rollback()
    if found is None:
        return "it has no tables yet: the first run makes them"
    return f"version {found}" if found == HEAD else f"version {found}: the next run brings it to {HEAD}"


def _require_known(found: str | None) -> None:
    if found is not None and not list((MIGRATIONS / "versions").glob(f"{found}_*.py")):
        raise LedgerError(
            f"the ledger has version {found}, newer than {HEAD}",
            why="a newer airflow-scheduled-reports made its tables",
            fix="install that version here too, or restore the ledger's backup",
            retryable=False,
        )


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
