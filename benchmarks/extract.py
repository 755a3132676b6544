"""How long a query's rows take to Parquet, and how much memory, against the pandas that a user would write.

    .venv/bin/python benchmarks/extract.py              1,000,000 rows of 10 columns, PostgreSQL and SQLite
    .venv/bin/python benchmarks/extract.py --rows 10000000 --runs 1

Ours is a report's source of type `sql`, extracted as a task does; theirs is `pd.read_sql(chunksize=50_000)` over
Airflow's hook, with a server-side cursor on PostgreSQL, and with sqlite3 on SQLite, the faster of pandas' two ways.
Each runs in a process of its own; time is that of the extraction, without imports; memory is the process's peak
(VmHWM). PostgreSQL is a throw-away cluster in a temporary folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

SPEC = """\
title: Calls
owner: owner@northwind.example
sources:
  calls: {type: sql, connection: calls, sql: SELECT * FROM calls, timeout: 1h}
datasets:
  totals: {sql: SELECT count(*) AS calls FROM calls}
content:
  - {type: table, dataset: totals}
formats:
  - {type: csv, dataset: totals}
deliver:
  - {type: email, connection: mail, to: [ann@northwind.example], attach: csv}
schedules:
  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}
"""
MAKE = """
    CREATE TABLE calls AS SELECT
      n AS id, (n % 977)::int AS customer, CASE WHEN n % 11 <> 0 THEN (n % 50)::int END AS quantity,
      (n * 7919 % 1000000 / 100.0)::numeric(12, 2) AS amount, sin(n) * 1000 AS ratio, n % 3 = 0 AS paid,
      date '2024-01-01' + (n % 700)::int AS day, timestamptz '2024-01-01' + n * interval '17 seconds' AS started_at,
      'Customer ' || n % 5000 AS name, CASE WHEN n % 4 = 0 THEN 'note on call ' || n || ': ' || md5(n::text) END AS note
    FROM generate_series(1::bigint, {rows}) n
"""
COPY = """
    SELECT id, customer, quantity, amount::float8, ratio, paid::int, day::text,
           to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), name, note FROM calls
"""


def main() -> None:
    """Print both times, their ratio and both peaks, for each database."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way", choices=["ours", "pandas"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        seconds = {"ours": ours, "pandas": pandas}[asked.way](asked.folder)
        peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
        print(json.dumps({"seconds": seconds, "peak": int(peak) / 1000}))
        return
    with tempfile.TemporaryDirectory(prefix="extract-benchmark-") as temporary, postgres(Path(temporary)) as port:
        connections = {
            "PostgreSQL": {"conn_type": "postgres", "host": "127.0.0.1", "port": port, "login": "bench",
                           "schema": "postgres"},
            "SQLite": {"conn_type": "sqlite", "host": f"{temporary}/calls.db"},
        }  # fmt: skip
        fill(port, Path(temporary) / "calls.db", asked.rows)
        print(f"{asked.rows:,} rows x 10 columns to Parquet, median of {asked.runs} (peak: the highest)")
        print(f"{'':12} {'pandas':>9} {'peak':>8} {'ours':>9} {'peak':>8} {'ratio':>7}")
        for name, connection in connections.items():
            pairs = [(child("pandas", connection), child("ours", connection)) for _ in range(asked.runs)]
            (slow, much), (fast, little) = (summed(each) for each in zip(*pairs, strict=True))
            print(f"{name:12} {slow:7.2f} s {much:5.0f} MB {fast:7.2f} s {little:5.0f} MB {slow / fast:6.1f}x")


def summed(runs: Any) -> tuple[float, float]:
    """Return the median time and the highest peak."""
    return statistics.median(run["seconds"] for run in runs), max(run["peak"] for run in runs)


def child(way: str, connection: dict[str, Any]) -> dict[str, float]:
    """Run one way in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="extract-benchmark-") as home:
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_CALLS": json.dumps(connection),
        }
        command = [sys.executable, __file__, "--way", way, "--folder", home]
        done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


@contextmanager
def postgres(folder: Path) -> Iterator[int]:
    """Give the port of a PostgreSQL server that ends with the block."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        sys.exit("postgresql is not installed: apt-get install postgresql")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    place = folder / "postgres"
    place.mkdir()
    as_user: dict[str, Any] = {"cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        folder.chmod(0o755)
        shutil.chown(place, "postgres", "postgres")
        as_user |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = place / "data"
    subprocess.run([found[-1], "-D", data, "-U", "bench", "--auth=trust", "--no-sync", "-E", "UTF8"], check=True,
                   **as_user)  # fmt: skip
    options = ["-p", str(port), "-k", str(place), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    server = subprocess.Popen([found[-1].with_name("postgres"), "-D", data, *options], **as_user)
    try:
        yield port
    finally:
        server.terminate()
        server.wait()


def fill(port: int, shop: Path, rows: int) -> None:
    """Make the table in both databases."""
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            connection = psycopg.connect(f"host=127.0.0.1 port={port} user=bench dbname=postgres")
            break
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    with connection, sqlite3.connect(shop) as copy:
        connection.execute(MAKE.format(rows=int(rows)))
        connection.commit()
        copy.execute(
            "CREATE TABLE calls (id INTEGER, customer INTEGER, quantity INTEGER, amount NUMERIC, ratio REAL, "
            "paid BOOLEAN, day TEXT, started_at TEXT, name TEXT, note TEXT)"
        )
        with connection.cursor("copy") as cursor:
            cursor.execute(COPY)
            while batch := cursor.fetchmany(50_000):
                copy.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", batch)
    copy.close()


def ours(folder: Path) -> float:
    """Extract the source of a report; return the seconds."""
    from scheduled_reports.archive import RunFolder
    from scheduled_reports.connections import airflow_connection
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import load

    path = folder / "report_specs" / "calls.yaml"
    path.parent.mkdir()
    path.write_text(SPEC)
    report = load(path, folder / "include")
    schedule = report.spec.schedules[0]
    period = report.timing(schedule).period_of(dt.date(2026, 10, 1))
    archive = RunFolder.of((folder / "archive").as_uri(), report.id, schedule.id, period.slug, "manual__1")
    airflow_connection("calls").get_hook().get_sqlalchemy_engine().connect().close()  # imports what the hook needs
    for name in ("adbc_driver_postgresql", "adbc_driver_sqlite", "pyarrow.compute", "pyarrow.parquet"):
        import_module(name)
    run = Run(report, schedule, period, "manual__1", archive, airflow_connection, {})
    began = time.perf_counter()
    report.spec.sources["calls"].extract(run, "calls", folder / "calls.parquet")
    return time.perf_counter() - began


def pandas(folder: Path) -> float:
    """Do what a user would do in a task; return the seconds."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from airflow.sdk import BaseHook

    hook: Any = BaseHook.get_connection("calls").get_hook()
    hook.get_sqlalchemy_engine().connect().close()
    began, writer = time.perf_counter(), None
    if hook.conn_type == "postgres":
        connection = hook.get_sqlalchemy_engine().connect().execution_options(stream_results=True)
    else:
        connection = hook.get_conn()
    for frame in pd.read_sql("SELECT * FROM calls", connection, chunksize=50_000):
        table = pa.Table.from_pandas(frame, preserve_index=False)
        writer = writer or pq.ParquetWriter(folder / "calls.parquet", table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
    writer.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
