"""A session with the server of an Airflow connection of type http."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from scheduled_reports.connections import Connect, Connection
from scheduled_reports.errors import DeliveryError, ReportError, UnknownConnectionError
from scheduled_reports.http.addresses import require_public, require_public_name
from scheduled_reports.http.deadline import Deadline, watched
from scheduled_reports.http.secrets import Secrets

if TYPE_CHECKING:
    from requests import PreparedRequest, Session
    from requests.adapters import HTTPAdapter

log = logging.getLogger(__name__)

PORTS = {"http": 80, "https": 443}

QUERY = "query"
"""The key of a connection's extra with parameters that every request has: `{"query": {"api_key": "…"}}`."""

ALLOW_PRIVATE = "allow_private"
"""The key of a connection's extra that lets what is sent go to addresses that are not of the public internet."""

_OPTIONS = {"stream", "cert", "proxies", "proxy", "timeout", "verify", "verify_ssl", "allow_redirects", "max_redirects",
            "trust_env", "check_response", "srv_lookup"}  # fmt: skip
"""Keys of the extra that HttpHook takes for itself; it makes a header of every other."""

_HARMLESS = {"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-type",
             "prefer", "user-agent"}  # fmt: skip
"""Headers whose values need not be hidden."""


@dataclass(frozen=True)
class Server:
    """One server, and how it is spoken to.

    Attributes:
        conn_id: The Airflow connection.
        session: With the connection's authentication, headers, proxies and certificates.
        url: What every path is appended to; no slash at the end.
        query: Parameters of every request.
        secrets: What must not be seen.
    """

    conn_id: str
    session: Session
    url: str
    query: Mapping[str, str]
    secrets: Secrets

    def is_at(self, url: str) -> bool:
        """Return whether a URL leads to this server: the same scheme, host and port (RFC 6454, section 4)."""
        return _origin(urlsplit(url)) == _origin(urlsplit(self.url))


@contextmanager
def open_server(
    connect: Connect, conn_id: str, deadline: Deadline, *, signing: Sequence[str] | None = None
) -> Iterator[Server]:
    """Give the server of the connection `conn_id`; no error that is raised, and no line logged meanwhile, has a secret.

    A login and a password are sent as basic authentication (RFC 7617), a password alone as a bearer token (RFC 6750);
    the extra's keys are headers, those below its `query` parameters of every request.

    Args:
        connect: Gives Airflow's connections.
        conn_id: Which.
        deadline: When all is to be done.
        signing: Given where something is sent for somebody else to take: the secrets that sign it. Then neither login
            nor password goes along, only proxies that the connection names are used, and its server must be one of the
            public internet unless the connection's extra says `allow_private`.

    Raises:
        UnknownConnectionError: There is none, or what it says cannot be used.
        DeliveryError: It leads to an address that must not be sent to.
    """
    connection = connect(conn_id)
    if connection.conn_type != "http":
        raise UnknownConnectionError(
            f"the Airflow connection {conn_id!r} cannot speak HTTP", why=f"its type is {connection.conn_type!r}",
            fix="give it the type 'http'; whether it is http or https, its schema says",
        )  # fmt: skip
    extra = connection.extra_dejson
    query = {str(name): str(value) for name, value in _query_in(conn_id, extra).items()}
    secrets = _secrets(connection, extra, query, signing or ())
    gate = None if signing is None or is_private_allowed(connection) else require_public
    with secrets.kept_from_logs():
        session, url = _session(conn_id, watched(deadline, gate), secrets)
        with session:
            _authenticate(session, connection, signing)
            _require_usable(conn_id, session, url, extra)
            if gate is not None and session.proxies:
                require_public_name(urlsplit(url).hostname or "")
            with kept_from_errors(secrets):
                yield Server(conn_id, session, url.rstrip("/"), query, secrets)


def is_private_allowed(connection: Connection) -> bool:
    """Return whether what is sent through a connection may go to any address."""
    return str(connection.extra_dejson.get(ALLOW_PRIVATE, "")).lower() in {"true", "1", "yes"}


@contextmanager
def kept_from_errors(secrets: Secrets) -> Iterator[None]:
    """Mask the text of errors: a server may repeat what it was sent, and name further pages by URLs with a key."""
    try:
        yield
    except ReportError as error:
        what, why, fix = map(secrets.mask, (error.what, error.why, error.fix))
        masked = type(error)(what, why=why, fix=fix, retryable=error.retryable)
        if isinstance(error, DeliveryError) and isinstance(masked, DeliveryError):
            masked.retry_after = error.retry_after
        raise masked from None


def _session(conn_id: str, adapter: HTTPAdapter, secrets: Secrets) -> tuple[Session, str]:
    from airflow.providers.http.hooks.http import HttpHook

    try:
        hook = HttpHook(http_conn_id=conn_id, adapter=adapter)
        return hook.get_conn(), hook.base_url
    except Exception as error:  # the hook raises what it likes
        why = secrets.mask(str(error).partition("\n")[0])
        raise _unusable(conn_id, why) from None  # the error's own text may hold a secret


def _authenticate(session: Session, connection: Connection, signing: Sequence[str] | None) -> None:
    for key in (QUERY, ALLOW_PRIVATE):
        session.headers.pop(key, None)  # HttpHook has made a header of it
    if signing is not None:
        session.auth, session.trust_env = None, False
    elif connection.password and not connection.login:
        session.headers.setdefault("Authorization", f"Bearer {connection.password}")
    if session.auth is None:  # else requests looks for a login in ~/.netrc, and prefers it to the connection's header
        session.auth = _as_it_is


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request


def _require_usable(conn_id: str, session: Session, url: str, extra: Mapping[str, Any]) -> None:
    """Raise where the connection cannot be used; warn where what is sent can be read, or answered by anybody."""
    parts = urlsplit(url)
    try:
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _unusable(conn_id, str(error)) from None
    if parts.scheme not in PORTS or not host:
        raise _unusable(conn_id, "it has no host, or a schema that is neither http nor https")
    if str(extra.get("srv_lookup", "")).lower() in {"true", "1", "yes"}:
        raise _unusable(conn_id, "it asks for a DNS SRV look-up, which sources do not do")
    for name, value in session.headers.items():
        if not isinstance(value, str | bytes):
            raise _unusable(conn_id, f"in its extra, {name!r} is not text; each key there is a header")
    if session.verify is False or str(session.verify).lower() == "false":
        session.verify = False
        log.warning("connection %r says verify: false: whoever answers for %s is believed", conn_id, host)
    elif parts.scheme == "http" and not _is_here(host):
        log.warning("connection %r speaks plain http: what goes to and from %s, its credentials included, can be read "
                    "on the way; set its schema to https", conn_id, host)  # fmt: skip


def _unusable(conn_id: str, why: str) -> UnknownConnectionError:
    return UnknownConnectionError(f"the Airflow connection {conn_id!r} (type 'http') cannot be used", why=why,
                                  fix=f"correct the connection: airflow connections get {conn_id}")  # fmt: skip


def _query_in(conn_id: str, extra: Mapping[str, Any]) -> Mapping[str, Any]:
    query = extra.get(QUERY, {})
    if not isinstance(query, dict) or not all(isinstance(value, str | int | float) for value in query.values()):
        raise _unusable(conn_id, f"in its extra, {QUERY!r} is not a mapping of names to texts")
    return query


def _secrets(
    connection: Connection, extra: Mapping[str, Any], query: Mapping[str, str], signing: Sequence[str]
) -> Secrets:
    headers = [str(value) for name, value in extra.items() if name not in {*_OPTIONS, QUERY, ALLOW_PRIVATE}
               and name.lower() not in _HARMLESS]  # fmt: skip
    login, password = connection.login or "", connection.password or ""
    return Secrets([password, *signing, *headers, *query.values()], login, password)


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or PORTS.get(url.scheme)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
