"""Datasets of a model for tests, made of tables that a test writes down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from runs import run_of
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables
from specs import SALES

ORDER = dedent("""\
    description: One order, whatever channel it came by.
    key: [channel, order_id]
    account: customer
    columns:
      order_id: {type: text, required: true}
      ordered_at: {type: timestamptz, required: true}
      customer: {type: text}
      country: {type: text, allowed: [DE, AT, CH]}
      quantity: {type: integer, at_least: 1}
      weight: {type: number, unit: kg}
      total: {type: "decimal(14,2)", currency: EUR}
    """)


NINE = dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC)
ONE = """
    model: order
    channels:
      web: {from: web_orders}
    """
TWO = """
    model: order
    max_rejects: 100%
    channels:
      web: {from: web_orders}
      shop: {from: shop_orders}
    """
FX = pa.table(
    {"date": [dt.date(2026, 9, 30), dt.date(2026, 9, 30)], "currency": ["USD", "CHF"], "rate": [1.25, 0.9312]}
)


@dataclass(frozen=True)
class Made:
    """What a dataset of a model has made: the rows of its three tables, and where."""

    rows: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    rejects: list[dict[str, Any]]
    run: Run
    tables: Tables


def spec_of(dataset: str, names: Iterable[str]) -> str:
    """Return the small spec with the sources `names`, and the dataset `united` that is made of them."""
    sources = "".join(f"  {name}: {{type: sql, connection: shop, sql: SELECT 1}}\n" for name in names)
    united = "datasets:\n  united:\n" + indent(dedent(dataset), "    ")
    return SALES.replace("datasets:\n", f"{sources}{united}", 1)


def write_model(folder: Path, text: str = ORDER, name: str = "order") -> Path:
    """Write a model below `folder`/include and return its path."""
    path = folder / "include" / "models" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def united(folder: Path, dataset: str, model: str = ORDER, **tables: pa.Table) -> Made:
    """Make the dataset `united` of the model `order` out of `tables`, and return what it has made."""
    write_model(folder, model)
    run = run_of(folder, spec_of(dataset, tables))
    found = Tables(folder / "data")
    found.folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, found.folder / f"{name}.parquet")
    entry = run.report.spec.datasets["united"]
    entry.make(run, "united", found, found.folder / "united.parquet")
    rows, rejected, rejects = (found.read(name).to_pylist() for name in entry.tables("united"))
    return Made(rows, rejected, rejects, run, found)


def orders(*ids: str | None, **columns: list[Any]) -> pa.Table:
    """Return a channel's table with one good order for each id, and these columns instead of its own."""
    count = len(ids)
    good: dict[str, Any] = {
        "order_id": [*ids], "ordered_at": [NINE] * count, "customer": ["Ann"] * count, "country": ["DE"] * count,
        "quantity": [1] * count, "weight": [1.5] * count, "total": [Decimal("10.00")] * count,
    }  # fmt: skip
    return pa.table({**good, **columns})


def reasons(made: Made) -> list[str]:
    """Return why rows were rejected."""
    return [row["reason"] for row in made.rejected]


def with_columns(columns: str, *, rates: bool = False) -> str:
    """Return the dataset of one channel with this mapping."""
    before = "    rates: {from: fx, base: EUR, on: ordered_at, days_back: 3}\n" if rates else ""
    return f"""
    model: order
    max_rejects: 100%
{before}    channels:
      web:
        from: web_orders
        columns: {columns}
    """
