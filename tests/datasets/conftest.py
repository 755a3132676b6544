"""Datasets made of tables that stand in the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runs import run_of
from scheduled_reports.datasets.order import in_order
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables
from specs import SALES

Columns = Mapping[str, Any]
Rows = list[dict[str, Any]]


def spec(datasets: str, sources: list[str], parameters: str = "") -> str:
    """Return the small spec with other sources and datasets; its content shows the first source."""
    head, tail = SALES.partition("sources:")[0], SALES.partition("run_when:")[2]
    tail = "content:\n  - {type: table, dataset: NAME}\nformats:\n  - {type: csv, dataset: NAME}\n" + (
        "deliver:" + tail.partition("deliver:")[2]
    ).replace("    body: html_email\n", "")
    named = "".join(f"  {name}: {{type: sql, connection: shop, sql: SELECT 1}}\n" for name in sources)
    made = indent(dedent(datasets).strip("\n"), "  ")
    return f"{head}{parameters}sources:\n{named}datasets:\n{made}\n{tail.replace('NAME', sources[0])}"


@pytest.fixture
def given(tmp_path: Path) -> Callable[..., tuple[Run, Tables]]:
    """Return a function that gives a run of datasets, and tables to make them of."""

    def write(datasets: str, tables: Mapping[str, Columns | pa.Table], parameters: str = "") -> tuple[Run, Tables]:
        run = run_of(tmp_path, spec(datasets, list(tables), parameters))
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for name, columns in tables.items():
            table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
            pq.write_table(table, folder / f"{name}.parquet")
        return run, Tables(folder, tmp_path / ".spill")

    return write


@pytest.fixture
def made(given: Callable[..., tuple[Run, Tables]]) -> Callable[..., dict[str, Rows]]:
    """Return a function that makes datasets of tables, and returns the rows of each."""

    def make(datasets: str, tables: Mapping[str, Columns | pa.Table], parameters: str = "") -> dict[str, Rows]:
        run, written = given(datasets, tables, parameters)
        for name, dataset in in_order(run):
            dataset.make(run, name, written, written.folder / f"{name}.parquet")
        return {name: written.read(name).to_pylist() for name in run.report.spec.datasets}

    return make
