"""What conditions and checks look at, for tests: a run of the small spec over tables that a test writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from runs import NOW, run_of
from scheduled_reports.checks import AnyCheck
from scheduled_reports.checks.base import Check, CheckedData, FailingRows, Result
from scheduled_reports.conditions import Evidence
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Kind, Measure, PastRuns, note_measures
from scheduled_reports.parquet import with_bounds
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables

Columns = Mapping[str, Sequence[Any]]


def tables_of(folder: Path, **tables: Columns | pa.Table) -> Tables:
    """Write tables, given as their columns, and return them."""
    (folder / "tables").mkdir(exist_ok=True)
    for name, columns in tables.items():
        table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
        path = folder / "tables" / f"{name}.parquet"
        pq.write_table(table, path, write_statistics=with_bounds(table.schema))
    return Tables(folder / "tables")


def evidence_of(folder: Path, *, now: dt.datetime = NOW, ledger: Ledger | None = None, run: Run | None = None,
                **tables: Columns | pa.Table) -> Evidence:  # fmt: skip
    """Return what a condition looks at: tables, or nothing extracted yet where none is given."""
    run = run or run_of(folder)
    return Evidence(run, now, tables_of(folder, **tables) if tables else None, PastRuns(run, ledger))


def data_of(folder: Path, *, now: dt.datetime = NOW, ledger: Ledger | None = None, run: Run | None = None,
            **tables: Columns | pa.Table) -> CheckedData:  # fmt: skip
    """Return what a check looks at."""
    run = run or run_of(folder)
    return CheckedData(run, tables_of(folder, **tables), PastRuns(run, ledger), now)


def results_of(check: Check, folder: Path, **given: Any) -> list[Result]:
    """Return what a check finds in tables, given as their columns."""
    return list(check.judge(data_of(folder, **given)))


def check_of(kind: str, **given: Any) -> Check:
    """Return a check as a spec declares it."""
    check: Check = TypeAdapter(AnyCheck).validate_python({"type": kind, **given})
    return check


def rows_in(failing: FailingRows | None, folder: Path) -> list[dict[str, Any]]:
    """Return the rows that a check keeps of tables that were written into `folder`."""
    assert failing is not None
    with Tables(folder / "tables").query(failing.sql, failing.values, "failing rows") as reader:
        rows: list[dict[str, Any]] = reader.read_all().to_pylist()
    return rows


def earlier_run(ledger: Ledger, run: Run, days: int, kind: Kind, *measures: Measure,
                state: RunState = RunState.DELIVERED) -> Run:  # fmt: skip
    """Note a run of the period `days` days earlier, with what it measured, in the ledger; return it."""
    span = dt.timedelta(days=days)
    period = run.report.timing(run.schedule).period_between(run.period.start - span, run.period.end - span)
    earlier = replace(run, period=period, run_id=f"scheduled__{days}")
    ledger.begin(earlier, [], NOW - span)
    note_measures(ledger, earlier, kind, measures)
    ledger.end(earlier, state)
    return earlier
