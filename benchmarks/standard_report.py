"""How long a standard report works: 50,000 rows in, six formats out.

    .venv/bin/python benchmarks/standard_report.py [ROWS]

The steps extract, check and render of a real run, as the DAG calls them: orders of an SQLite database, three datasets
over them, two checks; a document with key figures, a chart, a table in groups and an appendix with every row; as PDF,
workbook, interactive page, mail, CSV and Parquet. Work is the processor's time of all threads, Python's start and
imports among it. That no row is missing in the PDF and in the workbook is checked. A user's first run joins Vega for
the interactive page, 1.4 s more; later ones, as later tasks of a worker, find it in the user's cache.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SPEC = """
title: Orders of a month
description: What was ordered, by whom, and where it went.
owner: owner@northwind.example
sources:
  orders: {type: sql, connection: shop, sql: "SELECT * FROM orders ORDER BY id"}
datasets:
  totals:
    sql: SELECT count(*) AS orders, sum(amount) AS revenue, avg(amount) AS mean, sum(pieces) AS pieces FROM orders
  days: {sql: "SELECT ordered, region, sum(amount) AS revenue FROM orders GROUP BY ALL ORDER BY ALL"}
  products:
    sql: SELECT region, product, count(*) AS orders, sum(amount) AS revenue FROM orders GROUP BY ALL ORDER BY ALL
checks:
  - {type: complete, dataset: orders, columns: [id, amount]}
  - {type: unique, dataset: orders, columns: [id]}
content:
  - type: kpis
    dataset: totals
    items:
      - {label: Orders, value: orders}
      - {label: Revenue, value: revenue, format: "#,##0 €"}
      - {label: Mean order, value: mean, format: "#,##0.00 €"}
      - {label: Pieces, value: pieces}
  - {type: chart, title: Revenue by day, dataset: days, mark: line, x: ordered, y: revenue, color: region}
  - type: table
    title: Products
    dataset: products
    group_by: [region]
    columns: [{name: product}, {name: orders, total: sum}, {name: revenue, format: "#,##0.00", total: sum, bar: true}]
  - type: appendix
    title: All orders
    dataset: orders
    columns: [{name: id, format: "0"}, {name: ordered}, {name: customer}, {name: region}, {name: product},
              {name: pieces}, {name: price, format: "#,##0.00"}, {name: amount, format: "#,##0.00"}]
formats:
  - {type: pdf}
  - {type: xlsx}
  - {type: html}
  - {type: html_email}
  - {type: csv, dataset: orders}
  - {type: parquet, dataset: orders}
deliver:
  - {type: email, connection: mail, to: [ann@northwind.example], body: html_email, attach: xlsx}
schedules:
  - {id: monthly, when: "30 6 1 * *", timezone: Europe/Berlin}
"""


def main() -> None:
    """Print the seconds of each step and each format."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _shop(folder / "shop.db", rows)
        before = _work()
        print(f"{rows:,} rows in, load {os.getloadavg()[0]:.1f}")
        run = _told("start", lambda: _run(folder))
        files = _steps(run)
        whole = _is_whole(files, rows)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    wrong = "" if whole else ", AND ROWS ARE MISSING"
    print(f"together {_work() - before - _CHECKED[0]:5.2f} s of work   peak {peak / 1024:.0f} MB{wrong}")


_CHECKED = [0.0]
"""The work of checking what was made, which is not the report's."""


def _steps(run: Any) -> dict[str, Path]:
    from scheduled_reports.steps.check import check
    from scheduled_reports.steps.extract import extract
    from scheduled_reports.steps.render import all_artifacts, render

    logging.getLogger().setLevel(logging.WARNING)  # Airflow, by now imported, has set another
    logger = logging.getLogger("scheduled_reports.steps.render")
    handler, logger.level = logging.StreamHandler(sys.stdout), logging.INFO
    handler.setFormatter(logging.Formatter("    %(message)s"))
    logger.handlers, logger.propagate = [handler], False
    _told("extract", lambda: extract(run))
    _told("check", lambda: check(run))
    _told("render", lambda: render(run, dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)))
    return {found.format: Path(run.folder.root.path) / found.path for found in all_artifacts(run)}


def _told(step: str, do: Callable[[], Any]) -> Any:
    started, worked = time.perf_counter(), _work()
    result = do()
    print(f"{step:8} {_work() - worked:5.2f} s of work, {time.perf_counter() - started:5.2f} s on the clock")
    return result


def _work() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(entry.ru_utime + entry.ru_stime for entry in used)


def _run(folder: Path) -> Any:
    os.environ["AIRFLOW_CONN_SHOP"] = f'{{"conn_type": "sqlite", "host": "{folder}/shop.db"}}'
    from scheduled_reports.archive import RunFolder
    from scheduled_reports.connections import airflow_connection
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import BrokenReport, load

    path = folder / "report_specs" / "orders.yaml"
    path.parent.mkdir()
    (folder / "include").mkdir()
    path.write_text(SPEC, encoding="utf-8")
    report = load(path, folder / "include")
    if isinstance(report, BrokenReport):
        sys.exit("\n".join(map(str, report.problems)))
    schedule = report.spec.schedules[0]
    period = report.timing(schedule).period_of(dt.date(2026, 10, 1))
    archive = RunFolder.of((folder / "archive").as_uri(), report.id, schedule.id, period.slug, "benchmark")
    return Run(report, schedule, period, "benchmark", archive, airflow_connection, {})


def _shop(path: Path, rows: int) -> None:
    import random

    chance, start = random.Random(7), dt.date(2026, 10, 1)
    kinds, regions = ["Bakery", "Café", "Garage"], ["North", "East", "South", "West"]
    products = ["Fiber 250", "Mobile", "TV", "Service", "Router", "Landline"]
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE orders (id INTEGER, ordered DATE, customer TEXT, region TEXT, product TEXT, "
                         "pieces INTEGER, price REAL, amount REAL)")  # fmt: skip
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (
            (10_000_000 + number, str(start + dt.timedelta(days=number * 31 // rows)),
             f"{chance.choice(kinds)} {chance.randrange(300)}", chance.choice(regions), chance.choice(products),
             pieces := chance.randrange(1, 50), price := round(chance.random() * 100, 2), round(pieces * price, 2))
            for number in range(rows)))  # fmt: skip
    database.close()


def _is_whole(files: dict[str, Path], rows: int) -> bool:
    import pypdfium2 as pdfium
    from openpyxl import load_workbook

    before = _work()
    with pdfium.PdfDocument(files["pdf"]) as document:
        last = [document[number].get_textpage().get_text_range() for number in (-2 % len(document), len(document) - 1)]
        pages = len(document)
    book = load_workbook(files["xlsx"], read_only=True)
    longest = max(sheet.max_row for sheet in book.worksheets)
    book.close()
    _CHECKED[0] = _work() - before
    print(f"{pages:,} pages in the PDF, {longest:,} rows in the longest sheet")
    return str(10_000_000 + rows - 1) in "".join(last) and longest > rows


if __name__ == "__main__":
    main()
