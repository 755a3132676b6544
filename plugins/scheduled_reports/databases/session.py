"""Fetch in one thread what another writes, and leave behind a database that hangs."""

from __future__ import annotations

import datetime as dt
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from typing import TypeVar

T = TypeVar("T")

CONNECT_SECONDS = 30.0
"""How long a connection may take; the drivers' own limits, where they have any, are minutes or none."""

GRACE_SECONDS = 2.0
"""How much later than the database this side ends a query, and how long it then waits for the driver to give in."""

AHEAD = 2
"""How much that is fetched may wait to be written."""


class NoAnswerError(Exception):
    """The database did not complete a connection in time."""


class TooLongError(Exception):
    """The database did not give the last row in time."""


class Session:
    """One query's time, and what its two threads tell each other.

    Args:
        timeout: How long it may take, from connecting to the last row.
    """

    def __init__(self, timeout: dt.timedelta) -> None:
        self.timeout = timeout
        self._began = time.monotonic()
        self._connected = threading.Event()
        self._cancel: Callable[[], object] | None = None

    @property
    def seconds_left(self) -> float:
        """How long the query may still take; never less than a tick, as 0 means for ever to databases."""
        return max(self._ends - time.monotonic(), 0.001)

    @property
    def over(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() >= self._ends

    @property
    def _ends(self) -> float:
        return self._began + self.timeout.total_seconds()

    def connected(self, cancel: Callable[[], object] | None) -> None:
        """Tell that the database has let us in, and how a query that runs there is cancelled from another thread."""
        self._cancel = cancel
        self._connected.set()

    def fetched(self, produce: Callable[[Session], Iterator[T]]) -> Generator[T]:
        """Yield what `produce` yields in a thread of its own, a little ahead.

        Raises:
            NoAnswerError: It could not connect in time.
            TooLongError: It was not done in time.
            Exception: What `produce` raised.
        """
        self._connected.clear()
        self._cancel = None
        line: queue.Queue[T | Exception | None] = queue.Queue(AHEAD)
        given_up = threading.Event()
        fetching = threading.Thread(target=_fetch, args=(produce, self, line, given_up), daemon=True)
        fetching.start()
        try:
            while (item := self._next(line)) is not None:
                if isinstance(item, Exception):
                    self._cancel = None  # nothing runs any more
                    raise item
                yield item
            self._cancel = None
        finally:
            given_up.set()
            self._end(fetching)

    def _next(self, line: queue.Queue[T | Exception | None]) -> T | Exception | None:
        if not self._connected.is_set():
            with suppress(queue.Empty):
                return line.get(timeout=min(CONNECT_SECONDS, self.seconds_left))
            if not self._connected.is_set():
                raise NoAnswerError
        try:
            return line.get(timeout=self.seconds_left + GRACE_SECONDS)
        except queue.Empty:
            raise TooLongError from None

    def _end(self, fetching: threading.Thread) -> None:
        """Have the fetching thread end; one that the driver keeps is left to end with the process."""
        if fetching.is_alive() and self._cancel is not None:
            threading.Thread(target=_quietly, args=(self._cancel,), daemon=True).start()
        fetching.join(GRACE_SECONDS if self._connected.is_set() else 0)


def _fetch(
    produce: Callable[[Session], Iterator[T]],
    session: Session,
    line: queue.Queue[T | Exception | None],
    given_up: threading.Event,
) -> None:
    try:
        with closing(produce(session)) as items:  # type: ignore[type-var]
            for item in items:
                if not _put(line, item, given_up):
                    return
        end: Exception | None = None
    except Exception as error:  # the thread that writes raises it
        end = error
    _put(line, end, given_up)


def _put(line: queue.Queue[T | Exception | None], item: T | Exception | None, given_up: threading.Event) -> bool:
    while not given_up.is_set():
        with suppress(queue.Full):
            line.put(item, timeout=0.1)
            return True
    return False


def _quietly(cancel: Callable[[], object]) -> None:
    with suppress(Exception):  # drivers differ in what they say when there is nothing to cancel
        cancel()
