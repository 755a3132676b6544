"""Earlier runs for tests: days of the small shop that were sent, and the source `run` that reads them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runs import NOW, ledger_of, run_of
from scheduled_reports.archive import RunFolder
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.run import Run
from scheduled_reports.steps.close import close
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scheduled_reports.tables import Tables
from specs import SALES

DAY_BEFORE = """
  day_before:
    type: run
    table: totals
"""
DAILY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'
THURSDAY = dt.date(2026, 10, 1)


def spec(*lines: str, text: str = SALES) -> str:
    """Return the small spec with the source `day_before` and more lines in it."""
    more = "".join(f"    {line}\n" for line in lines)
    return text.replace("datasets:\n", f"{DAY_BEFORE.lstrip(chr(10))}{more}datasets:\n", 1)


def a_run(
    folder: Path, archive: str, day: dt.date = THURSDAY, run_id: str = "manual__1", text: str = SALES, **changes: Any
) -> Run:
    """Return a run for the period that contains `day`, whose folder is in `archive`."""
    run = run_of(folder, text, run_id=run_id, **changes)
    period = run.report.timing(run.schedule).period_of(day)
    place = RunFolder.of(archive, run.report.id, run.schedule.id, period.slug, run_id)
    return replace(run, period=period, folder=place)


def sent(run: Run, folder: Path, *, but: int = 0, began: dt.datetime = NOW) -> Run:
    """Bring a run to its end: everybody has got theirs, but the last few."""
    ledger = ledger_of(folder)
    gate(run, ledger, max(began, run.period.end))
    extract(run)
    entries = owed(run, ledger)
    for number, entry in enumerate(entries):
        if number < len(entries) - but:
            assert ledger.claim(entry.id) is not None
            ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>", size=1, seconds=0.1)
    if but:
        with pytest.raises(DeliveryError):
            close(run, ledger, "mail")
    else:
        close(run, ledger, "mail")
    return run


def orders(folder: Path, count: int) -> None:
    """Let every day of the shop have `count` orders more than its number in the month."""
    import sqlite3

    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("DELETE FROM orders")
        for day in range(-400, 10):
            at = dt.date(2026, 10, 1) + dt.timedelta(days=day)
            shop.executemany("INSERT INTO orders VALUES (?, 'x', 1)", [(f"{at} 10:00:00",)] * (at.day + count))
    shop.close()


def read(run: Run, folder: Path) -> list[dict[str, Any]]:
    """Extract the source `day_before` and return its rows."""
    target = folder / "out" / "day_before.parquet"
    target.parent.mkdir(exist_ok=True)
    run.report.spec.sources["day_before"].extract(run, "day_before", target)
    return list(Tables(target.parent).read("day_before").to_pylist())


def number(run: Run, folder: Path) -> int:
    [row] = read(run, folder)
    return int(row["orders"])
