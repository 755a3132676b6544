"""The databases that queries are put to: one file for each kind, with what is special of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from scheduled_reports.connections import Connect, sql_engine
from scheduled_reports.databases.base import Asked, Database
from scheduled_reports.databases.engine import EngineDatabase
from scheduled_reports.databases.hook import HookDatabase
from scheduled_reports.errors import UnknownConnectionError

if TYPE_CHECKING:
    from sqlalchemy import Engine

SPECIAL = {"mysql": "mysql", "mariadb": "mysql", "postgresql": "postgres", "sqlite": "sqlite"}
"""SQLAlchemy's names of the databases that have a file of their own, and its name; its class is called `Special`."""

OWN_TYPES = ("mysql", "postgres", "sqlite")
"""Airflow's types of connection whose hook gives an engine, unless the connection is wrong."""


def database_of(connect: Connect, conn_id: str) -> Database:
    """Return the database behind the connection `conn_id`; nothing is connected yet.

    Raises:
        UnknownConnectionError: There is none, its provider or driver is not installed, it cannot run SQL, or what it
            says cannot be used.
    """
    try:
        engine = sql_engine(connect, conn_id)
    except UnknownConnectionError as error:
        database = _without_engine(connect, conn_id, error)
        if database is None:
            raise
        return database
    return _special(engine)


def _special(engine: Engine) -> Database:
    module = SPECIAL.get(engine.dialect.name)
    if module is None:
        return EngineDatabase(engine)
    database: Database = import_module(f"{__name__}.{module}").Special(engine)
    return database


def _without_engine(connect: Connect, conn_id: str, error: UnknownConnectionError) -> Database | None:
    """Return a database that SQLAlchemy does not know; None where the connection itself is at fault."""
    from airflow.providers.common.sql.hooks.sql import DbApiHook

    connection = connect(conn_id)
    if isinstance(error.__cause__, OSError) or connection.conn_type in OWN_TYPES:
        return None
    try:
        hook = connection.get_hook()
    except Exception:  # the error at hand says why
        return None
    where = f"{connection.host}:{connection.port}" if connection.port else connection.host or conn_id
    return HookDatabase(hook, where) if isinstance(hook, DbApiHook) else None


__all__ = ["Asked", "Database", "database_of"]
