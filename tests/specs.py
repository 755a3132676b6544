"""Specs for tests: a small valid one, and ways to change it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from textwrap import dedent, indent

SALES = dedent("""\
    title: Sales
    owner: owner@northwind.example
    sources:
      orders:
        type: sql
        connection: shop
        sql: |
          SELECT customer, amount FROM orders
          WHERE ordered_at >= :period_start AND ordered_at < :period_end
    datasets:
      totals:
        sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders
    run_when:
      - {type: rows, dataset: orders, at_least: 1}
    content:
      - type: kpis
        dataset: totals
        items:
          - {label: Orders, value: orders}
          - {label: Revenue, value: revenue, format: "#,##0.00"}
      - type: table
        title: Orders
        dataset: orders
    formats:
      - {type: html_email}
      - {type: csv, dataset: orders}
    deliver:
      - type: email
        connection: mail
        to: [ann@northwind.example, ben@northwind.example]
        body: html_email
        attach: csv
    schedules:
      - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}
    """)

TWINNED = SALES.replace(
    "  - {type: html_email}\n  - {type: csv, dataset: orders}\n",
    "  [{type: html_email}, {type: text},\n   {type: csv, dataset: orders}]\n",
).replace("body: html_email", "body: [html_email, text]")
"""The same, line by line, with plain text beside the HTML, so that `reports check` has nothing to warn of."""


def write(folder: Path, text: str = SALES, name: str = "sales") -> Path:
    """Write a spec below `folder`/report_specs and return its path."""
    path = folder / "report_specs" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "include" / "sql").mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def with_block(block: str) -> str:
    """Return the small spec with one more block in its content."""
    return SALES.replace("formats:\n", indent(dedent(block).strip("\n"), "  ") + "\nformats:\n", 1)


def shop(path: Path, rows: int = 3) -> Path:
    """Make a small shop's database: `rows` orders on 1 October 2026, Berlin time, and one on the day before."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (ordered_at TEXT, customer TEXT, amount NUMERIC)")
        connection.execute("INSERT INTO orders VALUES ('2026-09-30 21:59:59', 'Yesterday', 1)")
        days = [(f"2026-09-30 22:00:{number:02d}", f"Customer {number}", 10 + number / 4) for number in range(rows)]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", days)
    connection.close()
    return path
