"""Bring the data: each source to Parquet, then each dataset."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scheduled_reports.datasets.order import in_order
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.spec.marks import marked
from scheduled_reports.steps import RunSkipped
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)

Facts = dict[str, dict[str, Any]]
"""Of each table: its kind, rows, bytes, and the seconds that making it took."""


def extract(run: Run) -> dict[str, int]:
    """Write every source and dataset into the run's folder, all or none; return the rows of each.

    Raises:
        RunSkipped: A dataset could not be made because a source lacks the rows that `run_when` asks for.
        SourceError: One could not be read or made.
        UnknownConnectionError: A source's connection does not exist.
        ArchiveError: The run's folder cannot be written.
    """
    with run.folder.scratch() as folder:
        tables = Tables(folder, spill=folder / ".spill")
        facts = {**_sources(run, tables), **_datasets(run, tables)}
        for name in facts:
            run.folder.put(tables.path(name), f"data/{name}.parquet")
    run.folder.note(tables=facts)
    return {name: fact["rows"] for name, fact in facts.items()}


def _sources(run: Run, tables: Tables) -> Facts:
    facts: Facts = {}
    for name, source in run.report.spec.sources.items():
        facts |= _made(tables, source.tables(name), "source", partial(source.extract, run, name))
    return facts


def _datasets(run: Run, tables: Tables) -> Facts:
    facts: Facts = {}
    try:
        for name, dataset in in_order(run):
            facts |= _made(tables, dataset.tables(name), "dataset", partial(dataset.make, run, name, tables))
    except SourceError:
        _require_sources(run, tables)
        raise
    return facts


def _made(tables: Tables, names: tuple[str, ...], kind: str, make: Callable[[Path], None]) -> Facts:
    """Make the tables of one source or dataset, and return what is known of each."""
    started = time.monotonic()
    target = tables.folder / f"{names[0]}.parquet"
    try:
        make(target)
    except OSError as error:
        raise SourceError(f"{kind} {names[0]!r} cannot be written to {target.parent}", why=str(error),
                          fix="check the free space and the permissions", retryable=True) from error  # fmt: skip
    seconds = round(time.monotonic() - started, 3)
    return {name: _fact(tables, name, kind, seconds) for name in names}


def _fact(tables: Tables, name: str, kind: str, seconds: float) -> dict[str, Any]:
    rows, size = tables.rows(name), tables.path(name).stat().st_size
    log.info("%s %s: %s rows, %s bytes, %.2f s", kind, name, f"{rows:,}", f"{size:,}", seconds)
    return {"kind": kind, "rows": rows, "bytes": size, "seconds": seconds}


def _require_sources(run: Run, tables: Tables) -> None:
    """Raise RunSkipped where a condition on a source is not met: an empty source has no types to make a dataset of."""
    for condition in run.report.spec.run_when:
        named = {text for _, mark, text in marked(condition) if mark.kind == "table"}
        if named <= set(run.report.spec.sources) and not (verdict := condition.judge(run, tables)).met:
            raise RunSkipped(verdict.reason)
