"""How long a run with 10,000 recipients takes to deliver, how much memory, and how soon it is resumed.

    PYTHONPATH=plugins:include:tests .venv/bin/python benchmarks/deliveries.py [RECIPIENTS]

The step `deliver` of a real run, with its claims, receipts and audit trail in a ledger on SQLite, to an aiosmtpd in a
process of its own, without TLS. Told are the clock's time and the processor's of the sender, and by how much its memory
grew after the first tenth was there, which another run sends before. Then the step is called again, as after *Clear*.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from mail import _most_memory, _server
from runs import ledger_of, rendered, run_of
from scheduled_reports.steps.deliver import deliver

SPEC = """\
title: Sales
owner: owner@northwind.example
sources:
  sales: {type: sql, connection: shop, sql: SELECT * FROM orders}
  readers: {type: file, path: "READERS"}
content:
  - {type: table, dataset: sales}
formats:
  - {type: csv, dataset: sales}
deliver:
  - {type: email, connection: smtp_default, to: [{table: readers, address: address}], attach: csv}
schedules:
  - {id: daily, when: "30 6 * * *", timezone: UTC}
"""


def main() -> None:
    """Print the seconds and the memory."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name, _server(Path(name), plain=True):
        folder = Path(name)
        _delivered(folder / "first", count // 10)
        before = _most_memory()
        sent, again = _delivered(folder / "whole", count)
        grown = (_most_memory() - before) / 2**20
    print(f"{count:,} deliveries: {sent[0]:.1f} s, {sent[1]:.1f} s of processor, memory grew by {grown:.1f} MB")
    print(f"again, when all have theirs: {again[0]:.2f} s, {again[1]:.2f} s of processor")


def _delivered(folder: Path, count: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the seconds, by the clock and of the processor, of sending to all and of finding that all have theirs."""
    folder.mkdir()
    os.environ["AIRFLOW_CONN_SHOP"] = json.dumps({"conn_type": "sqlite", "host": str(folder / "shop.db")})
    readers = folder / "readers.csv"
    readers.write_text("address\n" + "".join(f"reader{number}@example.org\n" for number in range(count)))
    run, ledger = run_of(folder, SPEC.replace("READERS", str(readers))), ledger_of(folder)
    rendered(run, ledger)
    found = []
    for sent in (count, 0):
        clock, processor = time.perf_counter(), time.process_time()
        assert deliver(run, ledger, "email") == {"delivered": count, "now": sent}
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    ledger.close()
    return found[0], found[1]


if __name__ == "__main__":
    main()
