"""What of a server's answer proves that it has a report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from scheduled_reports.http.refusals import looks_html, status_text
from scheduled_reports.http.secrets import Secrets

LONGEST = 200
"""Letters of an answer that are kept."""

_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")

_IDS = ("id", "message_id", "request_id", "execution_id", "name")
"""Where APIs put the name that they have given to what they took, the best first."""


def receipt_text(status: int, headers: Mapping[str, str], content: bytes, secrets: Secrets) -> str:
    """Return on one line a status, where the server has put it, and what it calls or says of it, without secrets."""
    told = (status_text(status), headers.get("Location", ""), _name_in(content.decode(errors="replace")))
    shown = (_CONTROLS.sub(" ", secrets.mask(text)).strip()[:LONGEST] for text in told)
    return ", ".join(filter(None, shown))


def _name_in(text: str) -> str:
    """Return the id in a JSON answer, or a text's beginning; a page for people says nothing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "" if looks_html(text) else text
    if isinstance(found, dict):
        named = next((found[key] for key in _IDS if isinstance(found.get(key), str | int)), None)
        return text if named is None else f"id {named}"
    return text
