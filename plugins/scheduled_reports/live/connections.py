"""Each connection that a report names: it is there, and what is behind it lets us in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial

from scheduled_reports import settings
from scheduled_reports.connections import Connection
from scheduled_reports.file_paths import connection_in
from scheduled_reports.live.base import PATIENCE, Sight, Thing
from scheduled_reports.live.look import CONNECTION
from scheduled_reports.live.scope import Scope
from scheduled_reports.spec.load import Report


def things(scope: Scope) -> Iterator[Thing]:
    """Yield each connection once, with all reports that need it."""
    for conn_id, reports in _needed(scope).items():
        yield Thing(CONNECTION, conn_id, "", reports, conn_id, partial(_look, scope, conn_id))


def _needed(scope: Scope) -> Mapping[str, tuple[str, ...]]:
    needed: dict[str, list[str]] = defaultdict(list)
    for report in scope.reports:
        for conn_id in dict.fromkeys(_named(report)):
            needed[conn_id].append(report.id)
    if scope.thorough:
        for conn_id in filter(None, (settings.owner_mail_conn_id(), settings.masking_conn_id())):
            needed[conn_id] = list(scope.ids)
    return {conn_id: tuple(reports) for conn_id, reports in sorted(needed.items())}


def _named(report: Report) -> Iterator[str]:
    spec = report.spec
    for source in spec.sources.values():
        yield from source.connection_ids()
    for channel in spec.deliver:
        yield from channel.connection_ids()
    for _, condition in spec.run_when.conditions():
        named = getattr(condition, "connection", None) or connection_in(getattr(condition, "file", None) or "")
        if named:
            yield named


def _look(scope: Scope, conn_id: str) -> Sight:
    connection = scope.connect(conn_id)
    kind = connection.conn_type or ""
    reach = {"smtp": _mail, "sftp": _sftp, "ssh": _sftp, "http": _http, "ftp": _ftp}.get(kind, _database)
    return Sight(reach(connection))


def _mail(connection: Connection) -> str:
    from scheduled_reports.mail import mail_server

    with mail_server(lambda _: connection, connection.conn_id) as server:
        return f"the mail server {server.name} lets us in"


def _sftp(connection: Connection) -> str:
    from scheduled_reports.sftp import logged_in

    with ExitStack() as stack:
        logged_in(connection.conn_id, stack)
        return f"the SFTP server {connection.host}:{connection.port or 22} lets us in"


def _http(connection: Connection) -> str:
    """Say that its sources are asked: a server need not answer for its root, and a proxy may stand before it."""
    return f"{connection.host}; whether it answers is asked with each source"


def _ftp(connection: Connection) -> str:
    """Say that its destinations are asked: only they know how it is encrypted."""
    return f"{connection.host}; whether it lets us in is asked with each destination"


def _database(connection: Connection) -> str:
    from scheduled_reports.databases import database_of
    from scheduled_reports.databases.probe import reached

    if not _runs_sql(connection):
        return f"it is there; nothing else can be asked of its type, {connection.conn_type!r}"
    what = f"the Airflow connection {connection.conn_id!r}"
    return f"{reached(database_of(lambda _: connection, connection.conn_id), what, PATIENCE)} lets us in"


def _runs_sql(connection: Connection) -> bool:
    """Return whether its hook is one for SQL; one that cannot be made is told with each source that needs it."""
    try:
        hook = connection.get_hook()
    except Exception:  # providers raise what they like
        return False
    return hasattr(hook, "get_sqlalchemy_engine") or hasattr(hook, "get_records")
