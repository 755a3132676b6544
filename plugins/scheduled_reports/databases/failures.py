"""What goes wrong when a database is asked, and what to do about it."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum, auto

from scheduled_reports.errors import SourceError
from scheduled_reports.schedule.clock import in_words

PREVIEW = "`reports preview` shows whether it works"


class Kind(Enum):
    """What an error of a database means."""

    LOST = auto()
    """The server, not the query, is to blame."""
    TIMEOUT = auto()
    """The server ended a query that took too long."""
    WRITES = auto()
    """The query would change the database."""
    MISSING = auto()
    """A table, schema or database is not there."""
    DENIED = auto()
    """The user may not do this."""
    WRONG = auto()
    """Anything else: the query, a value, the password."""


def failure(kind: Kind, what: str, why: str, where: str) -> SourceError:
    """Return the error to raise; `where` is the database's host or file."""
    fixes = {
        Kind.LOST: f"see that the database at {where} is up and reachable from where tasks run; "
        "another attempt may succeed",
        Kind.WRITES: "a source only reads: write a SELECT, and call no function that writes",
        Kind.MISSING: f"correct its name in the query, or have it made; {PREVIEW}",
        Kind.DENIED: "have the connection's user granted SELECT on it, or use another connection",
        Kind.WRONG: f"mend the query or the connection; {PREVIEW}",
    }
    return SourceError(f"{what} failed", why=why, fix=fixes[kind], retryable=kind is Kind.LOST)


def took_too_long(what: str, timeout: dt.timedelta, where: str) -> SourceError:
    """Return the error of a query that its `timeout` ended."""
    return SourceError(
        f"{what} was ended after its `timeout` of {in_words(timeout)}",
        why=f"the database at {where} had not given the last row",
        fix="ask for fewer rows, have an index made for what the query looks up, raise `timeout`, or run it when the "
        "database has less to do",
        retryable=True,
    )


def no_answer(what: str, seconds: float, where: str) -> SourceError:
    """Return the error of a database that lets nobody in and turns nobody away."""
    return SourceError(
        f"{what} failed",
        why=f"{where} did not complete a connection within {seconds:.0f} s",
        fix="see that the host and port of the Airflow connection are the database's, and that it is not stuck",
        retryable=True,
    )


_FIRST_WORD = re.compile(r"(?: \s | \( | --[^\n]*(?:\n|$) | /\*.*?\*/ )* ([A-Za-z]+)", re.VERBOSE | re.DOTALL)
_WRITING = {"alter", "create", "delete", "drop", "grant", "insert", "merge", "replace", "revoke", "truncate", "update"}


def require_reading(query: str, what: str) -> None:
    """Require that a query does not begin as one that writes: not every database has transactions that only read.

    Raises:
        SourceError: It does.
    """
    match = _FIRST_WORD.match(query)
    if match and match[1].lower() in _WRITING:
        raise failure(Kind.WRITES, what, f"the query begins with {match[1].upper()}", "")
