"""Make many files: beside each other, in processes of their own, where there are enough of them to pay for that."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import current_process, get_context
from pathlib import Path
from types import ModuleType

from scheduled_reports.document import Document
from scheduled_reports.errors import RenderError
from scheduled_reports.formats import Format

log = logging.getLogger(__name__)

ENOUGH = 12
"""From so many files on, processes are worth the second or two that each takes to begin."""

MOST_PROCESSES = 4
"""Each takes about 320 MB; several tasks share a worker."""

AHEAD = 4
"""So many jobs for each process are handed out before the first file is taken."""

OBJECTS = 50_000
"""So many new objects begin a collection of garbage; Python's usual 700 come 100 times within one page."""


@dataclass(frozen=True)
class Job:
    """A file to make.

    Attributes:
        format: What makes it.
        document: What it shows.
        target: Where it goes.
    """

    format: Format
    document: Document
    target: Path


@dataclass(frozen=True)
class Made:
    """A file that was made.

    Attributes:
        size: Bytes.
        sha256: Hex digest of its bytes.
        is_blank: Whether it shows nothing.
        seconds: How long it took.
    """

    size: int
    sha256: str
    is_blank: bool
    seconds: float


def make_all(jobs: Iterable[Job], processes: int | None = None) -> Iterator[Made]:
    """Make files and yield what each is, in their order; the first that cannot be made ends it.

    Jobs are taken as they are needed, so that documents may be bound meanwhile and few of them are in memory.

    Args:
        jobs: The files.
        processes: How many may be made at the same time; as many as there are processors, at most 4, unless given.

    Raises:
        RenderError: A format could not make its file, or the process that made it died.
        DocumentError: A block does not fit its data.
    """
    count = min(processes or len(os.sched_getaffinity(0)), MOST_PROCESSES)
    following = iter(jobs)
    first = list(islice(following, ENOUGH))
    everything = chain(first, following)
    if len(first) < ENOUGH or count < 2 or not _may_begin():
        yield from map(make, everything)
        return
    log.info("%s processes make the files", count)
    with _pool(count) as pool:
        waiting = deque(_handed(pool, job) for job in islice(everything, AHEAD * count))
        while waiting:
            made = waiting.popleft().result()
            waiting.extend(_handed(pool, job) for job in islice(everything, 1))
            yield made


def _handed(pool: ProcessPoolExecutor, job: Job) -> Future[Made]:
    """Hand a job to a pool; a process that it begins for it does not run this one's main script first, as it would.

    Within a task that is the command `airflow`, which cannot begin there: tasks have no way to Airflow's database.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        return pool.submit(make, job)
    finally:
        sys.modules["__main__"] = main


def _may_begin() -> bool:
    """Return whether this process may begin others: Python forbids that to the daemons of `multiprocessing`."""
    if not current_process().daemon:
        return True
    log.warning("Files are made one after the other: this worker runs tasks in daemons, which may begin no processes")
    return False


def make(job: Job) -> Made:
    """Make one file.

    Raises:
        RenderError: The format could not make it, or it cannot be written.
        DocumentError: A block does not fit its data.
    """
    started = time.monotonic()
    try:
        with job.document.tables.at_hand(), _few_collections():
            job.format.render(job.document, job.target)
            size = job.target.stat().st_size
            is_blank = not size or job.format.is_blank(job.target, job.document)
    except OSError as error:
        raise RenderError(f"format {job.format.key!r} cannot be written to {job.target.parent}", why=str(error),
                          fix="check the free space and the permissions", retryable=True) from error  # fmt: skip
    with job.target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Made(size, digest, is_blank, time.monotonic() - started)


@contextmanager
def _pool(count: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of processes that begin anew: a fork of one with threads, as Arrow and DuckDB have, may hang."""
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield pool
    except BrokenProcessPool as error:
        fix = "give the worker more memory: each process takes about 320 MB"
        raise RenderError("a process that makes files was killed", why=str(error), fix=fix, retryable=True) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Spare a document's objects the collections of garbage that find none: they are a third of a page's time."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
