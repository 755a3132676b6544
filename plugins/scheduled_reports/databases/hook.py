"""A database that only its Airflow hook knows: plain DB-API 2.0 (PEP 249)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_values import table_of
from scheduled_reports.databases.base import Asked, Database, canceller, portions
from scheduled_reports.databases.failures import Kind
from scheduled_reports.databases.session import Session
from scheduled_reports.parquet import require_distinct
from scheduled_reports.spec.sql import for_sqlalchemy

if TYPE_CHECKING:
    import pyarrow as pa


class HookDatabase(Database):
    """A database without an engine.

    Args:
        hook: A DbApiHook.
        where: Its host or file, for messages.
    """

    def __init__(self, hook: Any, where: str) -> None:
        self._hook, self.where = hook, where
        self._module: Any = None

    def rows(self, asked: Asked, session: Session) -> Iterator[pa.Table]:
        """Read with the driver's plain cursor."""
        with closing(self._hook.get_conn()) as connection:
            self._module = _module_of(connection)
            with closing(connection.cursor()) as cursor:
                session.connected(canceller(cursor, connection))
                cursor.execute(*_in_style(asked, self._style()))
                names = [str(column[0]) for column in cursor.description or ()]
                require_distinct(names, asked.what)
                yield table_of(names, [], asked.what)
                yield from portions(cursor.fetchmany, lambda rows: table_of(names, rows, asked.what))
            with suppress(Exception):  # not every driver has transactions
                connection.rollback()

    def reach(self, session: Session) -> Iterator[str]:
        """Connect and log in."""
        with closing(self._hook.get_conn()) as connection:
            session.connected(canceller(connection))
            yield self.where

    def _style(self) -> str:
        if (style := getattr(self._module, "paramstyle", None)) is not None:
            return str(style)
        return "qmark" if self._hook.placeholder == "?" else "format"

    def kind(self, error: Exception) -> Kind | None:
        """Return what an error of the driver means, by PEP 249's classes; one while connecting is of the server."""
        if self._module is None:
            return Kind.LOST if isinstance(error, OSError) else Kind.WRONG
        if not isinstance(error, getattr(self._module, "Error", ())):
            return None
        transient = tuple(
            found for name in ("OperationalError", "InterfaceError") if (found := getattr(self._module, name, None))
        )
        return Kind.LOST if isinstance(error, transient) else Kind.WRONG


def _module_of(connection: Any) -> Any:
    """Return the DB-API module that a connection is of: it says how values are bound, and has the errors' classes."""
    for kind in type(connection).__mro__:
        parts = kind.__module__.split(".")
        names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
        for name in (*names, parts[0].removeprefix("_")):
            if hasattr(sys.modules.get(name), "paramstyle"):
                return sys.modules[name]
    return sys.modules[type(connection).__module__]


def _in_style(asked: Asked, style: str) -> tuple[Any, ...]:
    """Return the query with its binds as the driver writes them, and the values, where there are any."""
    from sqlalchemy import text
    from sqlalchemy.engine.default import DefaultDialect

    if not asked.values:
        return (asked.query,)
    dialect = DefaultDialect(paramstyle=style)  # type: ignore[arg-type]
    compiled = text(for_sqlalchemy(asked.query)).compile(dialect=dialect)
    if compiled.positiontup is None:
        return str(compiled), dict(asked.values)
    return str(compiled), tuple(asked.values[name] for name in compiled.positiontup)
