"""How long files of data take, and how much memory, against the pandas that a user would write.

    .venv/bin/python benchmarks/data_files.py              1,000,000 rows of 10 columns, and 4,000,000 of ours
    .venv/bin/python benchmarks/data_files.py --rows 100000 --runs 1 --formats csv jsonl

Ours renders a format from the run's Parquet file, its reading included, as the task `render` does; theirs writes a
DataFrame that is in memory already, so that only the writing counts. Each runs in a process of its own, in turns; time
is without imports; memory is the process's peak (VmHWM). The last column is ours with four times the rows: flat memory
is the same as with one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

KINDS: dict[str, dict[str, Any]] = {
    "csv": {"type": "csv"},
    "csv.gz": {"type": "csv", "compression": "gzip"},
    "tsv": {"type": "tsv"},
    "jsonl": {"type": "jsonl"},
    "json": {"type": "json"},
    "parquet": {"type": "parquet"},
}
REPEAT = 4


def main() -> None:
    """Print both times, their ratio and all peaks, for each format."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--formats", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--way", choices=["ours", "pandas"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        seconds = {"ours": ours, "pandas": pandas}[asked.way](asked.folder, asked.formats[0])
        peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
        print(json.dumps({"seconds": seconds, "peak": int(peak) / 1000}))
        return
    with tempfile.TemporaryDirectory(prefix="data-files-benchmark-") as temporary:
        one, many = Path(temporary) / "one", Path(temporary) / "many"
        fill(one, asked.rows)
        fill(many, asked.rows * REPEAT)
        print(f"{asked.rows:,} rows x 10 columns, median of {asked.runs} (peak: the highest)")
        print(f"{'':8} {'pandas':>9} {'peak':>8} {'ours':>9} {'peak':>8} {'ratio':>7} {f'{REPEAT} times the rows':>20}")
        for kind in asked.formats:
            pairs = [(child("pandas", one, kind), child("ours", one, kind)) for _ in range(asked.runs)]
            (slow, much), (fast, little) = (summed(each) for each in zip(*pairs, strict=True))
            more = child("ours", many, kind)
            print(f"{kind:8} {slow:7.2f} s {much:5.0f} MB {fast:7.2f} s {little:5.0f} MB {slow / fast:6.1f}x "
                  f"{more['seconds']:9.2f} s {more['peak']:5.0f} MB", flush=True)  # fmt: skip


def summed(runs: Any) -> tuple[float, float]:
    """Return the median time and the highest peak."""
    return statistics.median(run["seconds"] for run in runs), max(run["peak"] for run in runs)


def child(way: str, folder: Path, kind: str) -> dict[str, float]:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, "--way", way, "--folder", str(folder), "--formats", kind]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def fill(folder: Path, rows: int) -> None:
    """Write the table `orders` as an extraction does: batches of 50,000 rows."""
    import duckdb

    from scheduled_reports.parquet import write_batches

    folder.mkdir()
    sql = f"""
        SELECT n AS id, ['North', 'South', 'East', 'West'][1 + n * 7919 % 13 % 4] AS region,
          'Customer ' || n * 7919 % 4999 || ' GmbH & Co. KG' AS customer,
          (n * 7919 % 1000000 / 100)::DOUBLE AS amount, sin(n) * 1000 AS ratio,
          CASE WHEN n % 11 <> 0 THEN (n % 50)::INT END AS quantity, n % 3 = 0 AS paid,
          DATE '2024-01-01' + (n % 700)::INT AS day, TIMESTAMPTZ '2024-01-01' + n * INTERVAL '17 seconds' AS ordered_at,
          CASE WHEN n % 10 = 0 THEN 'said "' || n || '", left' WHEN n % 4 <> 0 THEN 'note on order ' || n END AS note
        FROM range({rows:d}) numbers(n)
    """
    reader = duckdb.sql(sql).to_arrow_reader(50_000)
    write_batches(reader.schema, reader, folder / "orders.parquet", "orders")


def ours(folder: Path, kind: str) -> float:
    """Render a format as the task does; return the seconds."""
    from pydantic import TypeAdapter

    from scheduled_reports.document import Document, Provenance
    from scheduled_reports.formats import AnyFormat
    from scheduled_reports.schedule.period import Period
    from scheduled_reports.tables import Tables

    for name in ("pandas", "pyarrow.compute", "pyarrow.parquet"):
        import_module(name)
    start, day = dt.datetime(2026, 10, 1, tzinfo=ZoneInfo("Europe/Berlin")), dt.timedelta(days=1)
    provenance = Provenance("orders", "daily", "manual__1", "3f9a1c07be52", start + day, "owner@northwind.example")
    period = Period(start, start + day, start - day, start)
    document = Document("Orders", "", period, (), Tables(folder), provenance)
    entry: Any = TypeAdapter(AnyFormat).validate_python({**KINDS[kind], "dataset": "orders"})
    began = time.perf_counter()
    entry.render(document, folder / f"ours.{kind}")
    return time.perf_counter() - began


def pandas(folder: Path, kind: str) -> float:
    """Write a frame as a user would; return the seconds."""
    import pandas as pd

    warnings.simplefilter("ignore")  # pandas on the dates that JSON will have one day
    frame, target = pd.read_parquet(folder / "orders.parquet"), folder / f"pandas.{kind}"
    began = time.perf_counter()
    if kind in {"csv", "csv.gz"}:
        frame.to_csv(target, index=False)
    elif kind == "tsv":
        frame.to_csv(target, index=False, sep="\t")
    elif kind == "jsonl":
        frame.to_json(target, orient="records", lines=True)
    elif kind == "json":
        frame.to_json(target, orient="records")
    else:
        frame.to_parquet(target, index=False, compression="zstd")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
