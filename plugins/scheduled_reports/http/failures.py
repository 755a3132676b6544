"""What became of an exchange that ended without an answer."""

from __future__ import annotations

import re
from typing import NamedTuple

from scheduled_reports.http.deadline import Deadline


class Failure(NamedTuple):
    """What happened, why, what to do, and whether it may pass."""

    what: str
    why: str
    fix: str
    retryable: bool


def failure_of(error: Exception, conn_id: str, silence: float, deadline: Deadline) -> Failure:
    """Return what an exception of requests, urllib3, ssl or the system means.

    Args:
        error: What was raised.
        conn_id: The Airflow connection.
        silence: Seconds that the server may be silent.
        deadline: When all was to be done.
    """
    from requests import exceptions as http

    why = _innermost(error)
    if not deadline.left:
        return Failure("was cut off", f"the whole took longer than {deadline.seconds:g} s",
                       "raise 'time_limit', or ask for less; a server may also send without end", True)  # fmt: skip
    if isinstance(error, http.SSLError):
        return _tls_failure(error, why, conn_id)
    if isinstance(error, http.Timeout) or "timed out" in why.lower():
        return Failure("is not answered", f"silent for {silence:g} s",
                       "raise 'timeout', ask for smaller pages, or look after the server", True)  # fmt: skip
    if isinstance(error, http.ChunkedEncodingError | http.ContentDecodingError):
        return Failure("broke off in the middle", why, "Airflow repeats this; nothing of it is kept", True)
    if isinstance(error, http.ConnectionError | ConnectionError):
        fix = f"check the host and port of the connection {conn_id!r}, the network, and that the server runs"
        return Failure("cannot be reached", why, fix, True)
    return Failure("cannot be asked", why, f"correct the source, or the connection {conn_id!r}", False)


def _tls_failure(error: Exception, why: str, conn_id: str) -> Failure:
    if "CERTIFICATE_VERIFY_FAILED" not in str(error):
        return Failure("broke off", why, "check the schema and port of the connection, and the server's TLS", True)
    fix = f'put the path of your CA\'s certificates into the extra of the connection {conn_id!r} as "verify", or into '
    return Failure("cannot be trusted", why, f"{fix}REQUESTS_CA_BUNDLE; check its host's name", False)


def _innermost(error: BaseException) -> str:
    """Return the text of the exception that all others were raised for."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = (getattr(error, "reason", None), *error.args[:1], error.__cause__)
        error = next((found for found in inner if isinstance(found, BaseException)), error)
    return re.sub(r"\s*\(_ssl\.c:\d+\)", "", str(error)) or type(error).__name__
