"""Bring the data: each source to Parquet, then each dataset."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.spec.marks import marked
from scheduled_reports.spec.report import Dataset
from scheduled_reports.steps import RunSkipped
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)


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
        facts: dict[str, Any] = {}
        for name, source in run.report.spec.sources.items():
            facts[name] = _made(tables, name, "source", partial(source.extract, run, name))
        try:
            for name, dataset in run.report.spec.datasets.items():
                facts[name] = _made(tables, name, "dataset", partial(_derive, run, tables, name, dataset))
        except SourceError:
            _require_sources(run, tables)
            raise
        for name in facts:
            run.folder.put(tables.path(name), f"data/{name}.parquet")
    run.folder.note(tables=facts)
    return {name: fact["rows"] for name, fact in facts.items()}


def _made(tables: Tables, name: str, kind: str, make: Callable[[Path], None]) -> dict[str, Any]:
    """Make one table and return its rows, bytes and seconds."""
    started = time.monotonic()
    target = tables.folder / f"{name}.parquet"
    try:
        make(target)
    except OSError as error:
        raise SourceError(f"{kind} {name!r} cannot be written to {target.parent}", why=str(error),
                          fix="check the free space and the permissions", retryable=True) from error  # fmt: skip
    rows, size, seconds = tables.rows(name), target.stat().st_size, round(time.monotonic() - started, 3)
    log.info("%s %s: %s rows, %s bytes, %.2f s", kind, name, f"{rows:,}", f"{size:,}", seconds)
    return {"kind": kind, "rows": rows, "bytes": size, "seconds": seconds}


def _require_sources(run: Run, tables: Tables) -> None:
    """Raise RunSkipped where a condition on a source is not met: an empty source has no types to make a dataset of."""
    for condition in run.report.spec.run_when:
        named = {text for _, mark, text in marked(condition) if mark.kind == "table"}
        if named <= set(run.report.spec.sources) and not (verdict := condition.judge(run, tables)).met:
            raise RunSkipped(verdict.reason)


def _derive(run: Run, tables: Tables, name: str, dataset: Dataset, target: Path) -> None:
    import pyarrow.parquet as pq

    place = run.report.query_place("datasets", name)
    with (
        tables.query(dataset.text(run.include), run.binds(), f"dataset {name!r} ({place})") as reader,
        pq.ParquetWriter(target, reader.schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
