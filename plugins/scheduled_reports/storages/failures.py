"""What it means that a storage raised something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scheduled_reports.connections import Connection
from scheduled_reports.errors import DeliveryError, ReportError, UncertainDeliveryError
from scheduled_reports.http.secrets import Secrets

_SECRET_NAME = re.compile(r"(?i)token|secret|passw|pwd|key|credential|signature|sas|auth|connection_?string")

_NOT_REACHED = {"ConnectionRefusedError", "EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError",
                "ConnectError", "ConnectTimeout", "ClientConnectorError"}  # fmt: skip
"""Names of classes of errors of a storage that was never spoken to."""

_LOST = {"ConnectionError", "TimeoutError", "EOFError", "TransportError", "HTTPClientError", "ClientPayloadError",
         "ServerDisconnectedError", "SSHException"}  # fmt: skip
"""Names of classes of errors of a connection that broke."""

_REFUSALS = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError, ValueError,
             ImportError)  # fmt: skip

_REFUSING = {"NoCredentialsError", "ForbiddenOperation", "InvalidURL"}
"""Names of other classes of errors that will not pass: botocore's, webdav4's and httpx's."""

_PASSING = {408, 423, 425, 429}
"""Refusals of HTTP that may pass: 423 says that somebody has the file open (RFC 4918, section 11.3)."""


class Failures:
    """Turns what a storage raises into errors that name the cause, and no secret.

    Args:
        connection: Whose; None on this machine, or where the environment lets us in.
    """

    def __init__(self, connection: Connection | None) -> None:
        self._name = f" of the Airflow connection {connection.conn_id!r}" if connection is not None else ""
        self._secrets = Secrets(_secret_texts(connection)) if connection is not None else Secrets(())

    @contextmanager
    def told(self, what: str, *, final: bool = False) -> Iterator[None]:
        """Raise a DeliveryError for whatever is raised meanwhile.

        Args:
            what: What failed.
            final: Whether the file may be in its place when the connection breaks.
        """
        try:
            yield
        except ReportError:
            raise
        except Exception as error:  # the file systems have no common base
            raise self._error(error, what, final=final) from None  # the original's text may hold a secret

    def _error(self, error: Exception, what: str, *, final: bool) -> DeliveryError:
        status = getattr(getattr(error, "response", None), "status_code", None)
        told = str(error) or type(error).__name__
        why = self._secrets.mask(" ".join(told.split()))
        what = f"{what} on the storage{self._name}"
        names = {kind.__name__ for one in _chain(error) for kind in type(one).__mro__}
        if final and names & _LOST and not names & _NOT_REACHED and not isinstance(status, int):
            fix = "the same file is put there again: nothing is doubled"
            return UncertainDeliveryError(f"nobody knows whether {what}", why=why, fix=fix, retryable=True)
        refused = isinstance(error, _REFUSALS) or bool(names & _REFUSING)
        if isinstance(status, int):
            refused = 400 <= status < 500 and status not in _PASSING
        fix = (
            "check the path, the bucket, and what the login may do there" if refused else "look at the storage's log, "
        )
        fix += "" if refused else "its free space and the network"
        return DeliveryError(what, why=why, fix=fix, retryable=not refused)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it was raised for."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _secret_texts(connection: Connection) -> Iterator[str]:
    if connection.password:
        yield connection.password
    yield from _named_secret(connection.extra_dejson)


def _named_secret(given: Any, *, secret: bool = False) -> Iterator[str]:
    """Yield the texts below names that say that they are secret."""
    if isinstance(given, dict):
        for name, value in given.items():
            yield from _named_secret(value, secret=secret or _SECRET_NAME.search(str(name)) is not None)
    elif isinstance(given, list):
        for value in given:
            yield from _named_secret(value, secret=secret)
    elif secret and isinstance(given, str):
        yield given
