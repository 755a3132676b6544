"""Say in the task's log how far long work has come."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two lines of the log."""


class Progress:
    """Counts rows and bytes, and logs them every five seconds.

    Args:
        what: What is made, as messages call it: `source 'orders' (sales.yaml:7)`.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._rows = self._bytes = 0
        self._started = self._told = time.monotonic()

    def add(self, rows: int, size: int) -> None:
        """Count `rows` more rows that take `size` bytes in memory."""
        self._rows += rows
        self._bytes += size
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            seconds = now - self._started
            log.info(
                "%s: %s rows, %s MB after %.0f s", self._what, f"{self._rows:,}", f"{self._bytes / 1e6:,.1f}", seconds
            )
