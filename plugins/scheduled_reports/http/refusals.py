"""What a server that refuses says, and what to do about it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response

LONGEST = 300
"""Letters of a server's message that are repeated."""

READ = 65_536
"""Bytes of an answer in which its message is looked for."""

PASSING = {408, 425, 429}
"""Refusals that may pass, beside all from 500 on; 202 says that the answer is not ready yet."""

_KEYS = ("error_description", "message", "detail", "error", "title", "description", "reason", "errors")
"""Where APIs put their message, the best first."""

_FIXES = {
    401: "correct the login and password, or the headers in the extra, of the Airflow connection {connection!r}",
    403: "have the account of the Airflow connection {connection!r} permitted to read this",
    404: "check 'path', and the host of the Airflow connection {connection!r}; where it means that there are no more "
    "pages, give the pagination 'more', or the source 'total'",
    405: "check 'method' and 'path'",
    429: "Airflow repeats this later; ask for fewer requests a second with 'rate'",
}


def refusal_fix(status: int, connection: str) -> str:
    """Return what to do about a status."""
    if status in _FIXES:
        return _FIXES[status].format(connection=connection)
    if may_pass(status):
        return "Airflow repeats this later; where it goes on, ask whoever runs the server"
    return "check 'path', 'query' and 'body' against the API's documentation"


def may_pass(status: int) -> bool:
    """Return whether the same request may be answered later."""
    return status in PASSING or status >= 500 or status == HTTPStatus.ACCEPTED


def status_text(status: int) -> str:
    """Return a status as messages say it: `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def message_in(text: str) -> str:
    """Return the message of an error's body: JSON's usual keys, an HTML page's title, or the text's beginning."""
    try:
        found = next(_messages(json.loads(text)), "")
    except (ValueError, RecursionError):
        title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
        found = f"an HTML page, {title[1].strip()!r}" if title else "an HTML page" if looks_html(text) else text
    found = " ".join(found.split())
    return found if len(found) <= LONGEST else found[: LONGEST - 1] + "…"


def looks_html(text: str) -> bool:
    """Return whether a text begins like a page for people."""
    return re.match(r"(?is)\s*(<!doctype\s+html|<html|<head|<body|<script)", text) is not None


def _messages(found: Any) -> Iterator[str]:
    """Yield the texts that may be an error's message, the best first."""
    if isinstance(found, str) and found.strip():
        yield found
    elif isinstance(found, list):
        for item in found:
            yield from _messages(item)
    elif isinstance(found, dict):
        lowered = {str(key).lower(): value for key, value in found.items()}
        for key in _KEYS:
            yield from _messages(lowered.get(key))
        if not any(key in lowered for key in _KEYS):
            yield json.dumps(found, ensure_ascii=False)


def asked_wait(response: Response, now: dt.datetime) -> float | None:
    """Return the seconds that a 429 or 503 asks to wait (RFC 9110, section 10.2.3); None where it does not."""
    if response.status_code not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return None
    return retry_after(response.headers.get("Retry-After", ""), now)


def retry_after(header: str, now: dt.datetime) -> float | None:
    """Return the seconds of a Retry-After header, given as such or as a date; None where it says neither."""
    given = header.strip()
    if given.isascii() and given.isdigit():
        return float(given)
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or dt.UTC) - now).total_seconds())
