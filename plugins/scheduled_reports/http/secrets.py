"""Keep what opens a server out of messages and logs."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

HIDDEN = "***"

SHORTEST = 4
"""Hiding a shorter text would hide half of every message, too."""

_NAMED = re.compile(
    r"(?i)((?:^|[?&\s\"'])[\w.-]*(?:token|secret|passw|api_?-?key|signature|credential|auth)[\w.-]*=)[^&\s\"'<>]+"
)
"""Values of a query's parameters whose names say that they are secret, whoever put them there."""

_SCHEME = re.compile(r"(?i)^(bearer|basic|token|api-?key|key)\s+")
"""What stands before the secret in a header."""

_USER = re.compile(r"(?<=://)[^/@\s]+@")

_LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.poolmanager")
"""They write URLs with their query, and each logger asks its own filters only."""


class Secrets(logging.Filter):
    """The secrets of one connection.

    Args:
        values: Passwords, tokens and whatever else must not be seen.
        login: The name that goes with `password` in basic authentication.
        password: Its password.
    """

    def __init__(self, values: Iterable[str], login: str = "", password: str = "") -> None:
        super().__init__()
        basic = [base64.b64encode(f"{login}:{password}".encode()).decode()] if login and password else []
        words = {word for value in values for word in (value, _SCHEME.sub("", value))}
        forms = {form for word in (*words, *basic) for form in _forms(word) if len(word) >= SHORTEST}
        self._forms = sorted(forms, key=len, reverse=True)

    def mask(self, text: str) -> str:
        """Return `text` with every secret in it hidden."""
        text = _USER.sub("", _NAMED.sub(rf"\1{HIDDEN}", text))
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask a line of a log."""
        record.msg, record.args = self.mask(record.getMessage()), ()
        return True

    @contextmanager
    def kept_from_logs(self) -> Iterator[None]:
        """Mask what the HTTP library logs meanwhile; in a task, Airflow masks them in every log from now on."""
        from airflow.sdk.log import mask_secret

        for form in self._forms:
            mask_secret(form)
        loggers = [logging.getLogger(name) for name in _LOGGERS]
        for logger in loggers:
            logger.addFilter(self)
        try:
            yield
        finally:
            for logger in loggers:
                logger.removeFilter(self)


def _forms(secret: str) -> set[str]:
    """Return the ways in which a secret may be written in URLs and JSON."""
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
