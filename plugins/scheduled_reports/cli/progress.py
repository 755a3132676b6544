"""Show on a terminal how far long work has come, and everywhere what the work warns of."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status


@contextmanager
def told_on(console: Console, what: str = "Extracting") -> Iterator[None]:
    """Print what the package warns of while it lasts; on a terminal, show the last of all it logs in the last line."""
    log = logging.getLogger("scheduled_reports")
    level, propagate = log.level, log.propagate
    handlers: list[logging.Handler] = [_Warnings(console)]
    with ExitStack() as stack:
        if console.is_terminal:
            handlers.append(_InStatus(stack.enter_context(console.status(what))))
        for handler in handlers:
            log.addHandler(handler)
            stack.callback(log.removeHandler, handler)
        log.setLevel(logging.INFO)
        log.propagate = False  # Airflow's own handler would write every line
        try:
            yield
        finally:
            log.setLevel(level)
            log.propagate = propagate


class _Warnings(logging.Handler):
    """Prints warnings, and leaves them standing."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(f"  warning: {record.getMessage()}", style="yellow", markup=False)


class _InStatus(logging.Handler):
    """Writes each record in place of the one before."""

    def __init__(self, status: Status) -> None:
        super().__init__(logging.INFO)
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        self._status.update(escape(record.getMessage()))
