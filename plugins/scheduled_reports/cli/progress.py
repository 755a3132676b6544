"""Show on a terminal how far long work has come."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status


@contextmanager
def told_on(console: Console) -> Iterator[None]:
    """Show the last of what the package logs in the last line of a terminal, while it lasts; nothing in a pipe."""
    if not console.is_terminal:
        yield
        return
    log = logging.getLogger("scheduled_reports")
    with console.status("Extracting") as status:
        handler, level, propagate = _InStatus(status), log.level, log.propagate
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False  # Airflow's own handler would write every line
        try:
            yield
        finally:
            log.removeHandler(handler)
            log.setLevel(level)
            log.propagate = propagate


class _InStatus(logging.Handler):
    """Writes each record in place of the one before."""

    def __init__(self, status: Status) -> None:
        super().__init__(logging.INFO)
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        self._status.update(escape(record.getMessage()))
