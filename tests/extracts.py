"""Extractions for tests: the small spec with another query, and what its source gives."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from textwrap import indent
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.databases import Asked, database_of
from scheduled_reports.databases.session import Session
from scheduled_reports.parquet import write_tables
from scheduled_reports.run import Run
from specs import SALES

QUERY = SALES[SALES.index("      SELECT customer") : SALES.index("datasets:")]


def spec_with(query: str, *, zone: str = "UTC", timeout: str = "5m") -> str:
    """Return the small spec with another query."""
    text = SALES.replace(QUERY, indent(query.strip("\n"), " " * 6) + "\n")
    return text.replace("connection: shop", f"connection: shop\n    timezone: {zone}\n    timeout: {timeout}")


def run_with(folder: Path, query: str, *, zone: str = "UTC", timeout: str = "5m", **changes: Any) -> Run:
    """Return a run of the small spec with another query."""
    return run_of(folder, spec_with(query, zone=zone, timeout=timeout), **changes)


def extracted(run: Run, folder: Path) -> pa.Table:
    """Return what the source `orders` gives."""
    run.report.spec.sources["orders"].extract(run, "orders", folder / "orders.parquet")
    assert not list(folder.glob("*.part")), "no parts are left"
    return pq.read_table(folder / "orders.parquet")


def read(way: str, folder: Path, query: str, zone: str = "UTC") -> pa.Table:
    """Return what a query on the connection `shop` gives, by `columns` or by `rows`.

    Raises:
        NotColumnarError: It cannot be read by columns.
    """
    database, path = database_of(airflow_connection, "shop"), folder / f"{way}.parquet"
    asked = Asked(query, {}, zone, "source 'x'")
    session = Session(dt.timedelta(minutes=5))
    made = session.fetched(lambda session: getattr(database, way)(asked, session))
    write_tables((each() if callable(each) else each for each in made), path, "source 'x'")
    return pq.read_table(path)


def answer(folder: Path, query: str) -> Any:
    """Return the only value of a query."""
    [row] = extracted(run_with(folder, query), folder).to_pylist()
    return next(iter(row.values()))
