"""`reports check --live`."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Lock

from rich.console import Console

from scheduled_reports import settings
from scheduled_reports.cli.airflow_pools import stored_pools
from scheduled_reports.cli.check import spec_paths
from scheduled_reports.connections import Connect, Connection, stored_connection
from scheduled_reports.facts.stored import StoredFacts
from scheduled_reports.live.base import Seen, State
from scheduled_reports.live.kinds import things_in
from scheduled_reports.live.look import look_at_all
from scheduled_reports.live.scope import Scope
from scheduled_reports.spec.load import Report, load

MARKS = {State.OK: "✓", State.FAILED: "✗", State.BLOCKED: "-", State.UNKNOWN: "?"}


def look_live(paths: list[Path], folder: Path, now: dt.datetime, console: Console) -> list[Seen]:
    """Look at all that the healthy specs need, and print what was seen, one line for each thing.

    Args:
        paths: Files, folders, or names of reports.
        folder: The folder with the specs.
        now: What time it is, aware.
        console: Where it is printed; on a terminal it shows meanwhile how far it has come.
    """
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")  # Airflow, once imported, logs to the screen
    reports = tuple(_reports(paths, folder))
    scope = Scope(reports, _one_at_a_time(stored_connection), StoredFacts(), stored_pools(), now, thorough=True)
    things = things_in(scope) if reports else []
    with console.status("Looking") if console.is_terminal else nullcontext() as status:

        def told(place: str, done: int, of: int) -> None:
            if status is not None:
                status.update(f"{done} of {of} looked at, last {place}")

        found = look_at_all(things, told)
    for line in _lines(found):
        console.print(line)
    return found


def usable(found: Iterable[Seen]) -> bool:
    """Return whether nothing was seen that cannot be used; what nobody can tell of counts as usable."""
    return not any(seen.state in {State.FAILED, State.BLOCKED} for seen in found)


def summary(found: Iterable[Seen]) -> str:
    """Return how many things can be used, and how many cannot."""
    states = [seen.state for seen in found]
    bad = sum(state in {State.FAILED, State.BLOCKED} for state in states)
    open_ = states.count(State.UNKNOWN)
    doubt = f", {open_} could not be asked" if open_ else ""
    return f"{len(states) - bad - open_} of {len(states)} can be used{doubt}" + (f", {bad} cannot" if bad else "")


def _reports(paths: list[Path], folder: Path) -> Iterator[Report]:
    files = {file.absolute(): file for path in paths for file in spec_paths(path, folder)}
    for file in sorted(files.values()):
        report = load(file, settings.include_folder(file.parent))
        if isinstance(report, Report):
            yield report


def _one_at_a_time(connect: Connect) -> Connect:
    """Return the same for several threads: it may write into this process's environment."""
    lock = Lock()

    def locked(conn_id: str) -> Connection:
        with lock:
            return connect(conn_id)

    return locked


def _lines(found: list[Seen]) -> Iterator[str]:
    width = max((len(seen.thing.title) for seen in found), default=0)
    for seen in found:
        seconds = f"{seen.seconds:6.2f} s" if seen.seconds is not None else " " * 8
        words = " ".join(seen.words.split())
        yield f"{MARKS[seen.state]} {seen.thing.title:<{width}} {seconds}  {words}"
        if seen.fix:
            yield f"    → {seen.fix}"
        if seen.state is State.FAILED and not seen.thing.report_id:
            yield f"    needed by {', '.join(seen.thing.reports)}"
