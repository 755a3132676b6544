"""Keep what is being sent ours: a thread renews the claims on it in the ledger."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import Ledger

log = logging.getLogger(__name__)

BEATS = 5
"""How often a claim is renewed while its lease runs: some may fail before another worker takes it over."""


class Heartbeat:
    """Renews claims from a thread of its own, which lives while this is open; use it in a `with` statement.

    Args:
        ledger: Where the claims are.
        lease: How long each holds by itself.
    """

    def __init__(self, ledger: Ledger, lease: dt.timedelta) -> None:
        self._ledger, self._lease = ledger, lease
        self._kept: set[str] = set()
        self._lost: set[str] = set()
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat of deliveries", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def keeping(self, entry_id: str) -> Iterator[None]:
        """Renew the claim on a delivery for the duration of a `with` statement."""
        with self._lock:
            self._kept.add(entry_id)
            self._lost.discard(entry_id)
        try:
            yield
        finally:
            with self._lock:
                self._kept.discard(entry_id)

    def has_lost(self, entry_id: str) -> bool:
        """Return whether another worker has taken a delivery over."""
        with self._lock:
            return entry_id in self._lost

    def _beat(self) -> None:
        while not self._ended.wait(self._lease.total_seconds() / BEATS):
            with self._lock:
                kept = set(self._kept)
            if not kept:
                continue
            try:
                ours = set(self._ledger.renew(kept, lease=self._lease))
            except LedgerError as error:  # the next beat may reach it; the lease outlasts several
                log.warning("The claims could not be renewed: %s", error)
                continue
            with self._lock:
                self._lost |= (kept - ours) & self._kept
