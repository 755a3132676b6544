"""Make the next parts of a file on other processor cores while one is written."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

MOST_THREADS = 4
"""Several tasks share a worker."""


def threads() -> int:
    """Return how many threads to use: as many as cores this process may have, but for a few."""
    return min(MOST_THREADS, len(os.sched_getaffinity(0)))


def in_order(make: Callable[[Given], Made], parts: Iterable[Given]) -> Generator[Made, None, None]:
    """Yield what `make` returns for each part, in order; a few parts are in memory at a time.

    Arrow works without Python's global lock, so threads are enough. An error of one part is raised in its turn. Close
    it where not all parts are taken: its threads end then.
    """
    count = threads()
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(count, "data-file") as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(make, part))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
