"""Airflow's connections, as sources and channels see them."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import metadata
from typing import TYPE_CHECKING, Any, Protocol

from scheduled_reports.errors import UnknownConnectionError

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Connection(Protocol):
    """The parts of Airflow's Connection that we use."""

    conn_id: str
    conn_type: str | None
    host: str | None
    login: str | None
    password: str | None
    schema: str | None
    port: int | None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The connection's extra, decoded from JSON."""

    def get_hook(self) -> Any:
        """Return the provider's hook for this connection."""

    def get_uri(self) -> str:
        """Return the connection as a URI."""


Connect = Callable[[str], Connection]
"""Return the connection with an id, or raise UnknownConnectionError."""


def airflow_connection(conn_id: str) -> Connection:
    """Return the Airflow connection `conn_id`, from wherever this deployment keeps them.

    Raises:
        UnknownConnectionError: There is none, it cannot be read, or this task may not use it.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

    variable = f"AIRFLOW_CONN_{conn_id.upper()}"
    try:
        connection: Connection = BaseHook.get_connection(conn_id)
    except PermissionError as error:  # Airflow's own: the API server, or a secrets backend, says no
        raise UnknownConnectionError(
            f"the Airflow connection {conn_id!r} may not be used here", why=str(error), fix="have it permitted"
        ) from error
    except (AirflowNotFoundException, AirflowRuntimeError) as error:
        if variable in os.environ:
            what, why = f"the Airflow connection {conn_id!r} cannot be read", f"{variable} is neither a URI nor JSON"
            raise UnknownConnectionError(what, why=why, fix="correct it") from error
        raise UnknownConnectionError(
            f"there is no Airflow connection {conn_id!r}",
            why=str(error).partition("\n")[0],
            fix=f"add it: airflow connections add {conn_id} …, or set {variable}",
        ) from error
    return connection


def sql_engine(connect: Connect, conn_id: str) -> Engine:
    """Return an engine on the database of the connection `conn_id`; nothing is connected yet.

    Raises:
        UnknownConnectionError: There is none, its provider or driver is not installed, it cannot run SQL, or what it
            says cannot be used.
    """
    connection = connect(conn_id)
    try:
        hook = connection.get_hook()
        engine: Engine | None = hook.get_sqlalchemy_engine() if hasattr(hook, "get_sqlalchemy_engine") else None
    except Exception as error:  # providers raise what they like: AirflowException, ImportError, their drivers' errors
        raise UnknownConnectionError(
            f"the Airflow connection {conn_id!r} (type {connection.conn_type!r}) cannot be used",
            why=str(error).partition("\n")[0],
            fix=_remedy(connection, error),
            retryable=isinstance(error, OSError),  # a hook may fetch a token over the network
        ) from error
    if engine is None:
        raise UnknownConnectionError(
            f"the Airflow connection {conn_id!r} cannot run SQL",
            why=f"its hook is {type(hook).__name__}",
            fix="name a database connection, for example one of type sqlite or postgres",
        )
    return engine


def _remedy(connection: Connection, error: Exception) -> str:
    """Return what to do about a connection that has no hook or no engine."""
    kind, message = connection.conn_type or "", str(error)
    if message.startswith("Unknown hook type"):
        package = _provider(kind)
        install = f"pip install {package}" if package else f"pip install the Airflow provider of {kind!r} connections"
        return f"{install}, wherever tasks run; or correct the connection's type"
    if isinstance(error, ImportError) or "pip install" in message:
        return "pip install what is missing, wherever tasks run"
    return "correct the connection: airflow connections get " + connection.conn_id


def _provider(kind: str) -> str | None:
    """Return the package with connections of a type; Airflow's extras are named like its providers' packages."""
    name = kind.replace("_", "-")
    extras = metadata("apache-airflow").get_all("Provides-Extra") or []
    found = next((extra for extra in extras if extra == name or (name and extra.endswith(f"-{name}"))), None)
    return f"apache-airflow-providers-{found}" if found else None


def stored_connection(conn_id: str) -> Connection:
    """Return the connection `conn_id` to a command line, which Airflow does not let see those in its own database.

    Hooks look connections up again by their id, so one from the database is passed on as this process's environment.

    Raises:
        UnknownConnectionError: There is none, or it cannot be read.
    """
    try:
        return airflow_connection(conn_id)
    except UnknownConnectionError:
        if (uri := _in_database(conn_id)) is None:
            raise
    os.environ[f"AIRFLOW_CONN_{conn_id.upper()}"] = uri
    return airflow_connection(conn_id)


def _in_database(conn_id: str) -> str | None:
    from airflow.models.connection import Connection as Stored
    from airflow.settings import get_session
    from sqlalchemy import make_url, select
    from sqlalchemy.exc import SQLAlchemyError

    from scheduled_reports.settings import database_url

    url = make_url(database_url())
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110 - may be None
        return None
    try:
        with get_session()() as session:  # type: ignore[no-untyped-call]
            found = session.scalars(select(Stored).where(Stored.conn_id == conn_id)).one_or_none()
            return found.get_uri() if found is not None else None
    except SQLAlchemyError:
        return None
