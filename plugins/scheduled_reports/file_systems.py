"""File systems of fsspec that no Airflow provider brings, through an Airflow connection.

| kind | what the connection says | installed by |
| --- | --- | --- |
| `webdav` | host, schema, port, login, password; extra: `verify`, `timeout`, `headers` | `webdav4[fsspec]` |
| `smb`, `ftp` | host, port, login, password | `smbprotocol`; nothing |
| any other | what its file system takes, in the extra as `{"storage_options": {…}}` | see fsspec |

`storage_options` in the extra are added to those of the first kinds, too.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from scheduled_reports.connections import Connection
from scheduled_reports.errors import UnknownConnectionError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

OPTIONS = "storage_options"
"""The key of a connection's extra with what a file system of fsspec is made with."""

SILENCE = 60.0
"""Seconds that a WebDAV server may be silent unless the connection's extra has a `timeout`."""

_LOGIN = {"smb", "ftp"}


@contextmanager
def file_system(kind: str, connection: Connection) -> Iterator[AbstractFileSystem]:
    """Give the file system of a connection, while it is needed.

    Raises:
        UnknownConnectionError: It cannot be made of what the connection says, or its package is not installed.
    """
    import fsspec

    extra = connection.extra_dejson
    own = _webdav(connection) if kind == "webdav" else _login(connection) if kind in _LOGIN else {}
    what = f"the Airflow connection {connection.conn_id!r} cannot be used for {kind}://"
    try:
        files = fsspec.filesystem(kind, skip_instance_cache=True, **{**own, **extra.get(OPTIONS, {})})
    except ImportError as error:
        why = str(error).partition("\n")[0]
        raise UnknownConnectionError(what, why=why, fix="pip install what is missing, wherever tasks run") from error
    except (TypeError, ValueError, ssl.SSLError, FileNotFoundError) as error:
        fix = f'correct it: what {kind} takes stands in its extra, {{"{OPTIONS}": {{…}}}}'
        raise UnknownConnectionError(what, why=type(error).__name__, fix=fix) from None  # its text may hold a secret
    try:
        yield files
    finally:
        with suppress(AttributeError):  # webdav4's client keeps connections
            files.client.http.close()


def _webdav(connection: Connection) -> dict[str, Any]:
    host, extra = connection.host or "", connection.extra_dejson
    if not host:
        what = f"the Airflow connection {connection.conn_id!r} cannot be used for WebDAV"
        raise UnknownConnectionError(what, why="it has no host", fix="give it one")
    base = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    if connection.port and "://" not in host:
        base = f"{base}:{connection.port}"
    verify = extra.get("verify", True)
    return {
        "base_url": base,
        "auth": (connection.login, connection.password or "") if connection.login else None,
        "verify": ssl.create_default_context(cafile=verify) if isinstance(verify, str) else verify is not False,
        "timeout": float(extra.get("timeout", SILENCE)),
        "headers": extra.get("headers") or {},
        "retry": False,  # Airflow repeats
    }


def _login(connection: Connection) -> dict[str, Any]:
    given = {
        "host": connection.host, "port": connection.port, "username": connection.login,
        "password": connection.password,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}
