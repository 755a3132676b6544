"""Runs whose one source is files, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from runs import run_of
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.tables import Tables
from specs import SALES

_BEGIN, _END = SALES.index("  orders:\n"), SALES.index("datasets:")


def spec_of(path: str, **fields: Any) -> str:
    """Return the small spec with files as its source; JSON is YAML."""
    source = json.dumps({"type": "file", "path": path, **fields}, ensure_ascii=False)
    content = SALES[_END:].replace("sum(amount)", "0")
    return f"{SALES[:_BEGIN]}  orders: {source}\n{content}"


def file_run(folder: Path, path: str | Path, **fields: Any) -> Run:
    """Return a run of 1 October 2026 whose source `orders` reads files."""
    return run_of(folder, spec_of(str(path), **fields))


def tables_of(folder: Path, path: str | Path, **fields: Any) -> Tables:
    """Extract the source `orders` and return its tables."""
    run = file_run(folder, path, **fields)
    target = folder / "extracted"
    target.mkdir(exist_ok=True)
    run.report.spec.sources["orders"].extract(run, "orders", target / "orders.parquet")
    assert sorted(entry.suffix for entry in target.iterdir()) == [".parquet"] * len(list(target.iterdir()))
    return Tables(target)


def rows_of(folder: Path, path: str | Path, **fields: Any) -> list[dict[str, Any]]:
    """Return the rows that the source `orders` gives."""
    return list(tables_of(folder, path, **fields).read("orders").to_pylist())


def types_of(folder: Path, path: str | Path, **fields: Any) -> dict[str, str]:
    """Return the columns that the source `orders` gives, and their Arrow types."""
    schema = pq.read_schema(tables_of(folder, path, **fields).path("orders"))
    return {field.name: str(field.type) for field in schema}


def fault(folder: Path, path: str | Path, **fields: Any) -> SourceError:
    """Return the error that reading the files raises; what was extracted before is not there."""
    run = file_run(folder, path, **fields)
    with pytest.raises(SourceError) as caught:
        extract(run)
    assert not list((folder / "archive").rglob("*.parquet")), "nothing is left of what could not be read"
    return caught.value


def told(error: SourceError, folder: Path) -> str:
    """Return what an error says, with the test's folder as `…`."""
    return str(error).replace(str(folder), "…")
