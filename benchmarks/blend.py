"""How long a join, a window, a group-by and a pivot over 10,000,000 rows take as datasets, against pandas by hand.

    .venv/bin/python benchmarks/blend.py [ROWS]

Both go from Parquet to Parquet, each in a process of its own: the datasets as the extract step makes them, pandas as a
person would write it, reading only the columns that it needs. Peak is the process's largest resident set, Python and
imports among it. Medians of three runs; that both made the same table is checked.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3
SPEC = """\
title: Blend
owner: owner@northwind.example
sources:
  calls: {type: sql, connection: none, sql: SELECT 1}
  agents: {type: sql, connection: none, sql: SELECT 1}
datasets:
  wide:
    from: daily
    group_by: [campaign, day]
    metrics: {revenue: sum(revenue), repeats: sum(repeats)::BIGINT}
    pivot: {on: site}
  daily:
    sql: |
      WITH told AS (
          SELECT
              site, campaign, date_trunc('day', started_at) AS day, amount,
              started_at - lag(started_at) OVER (PARTITION BY customer_id ORDER BY started_at) < INTERVAL 7 DAY AS again
          FROM calls JOIN agents USING (agent_id)
          WHERE started_at < :period_end
      )
      SELECT
          site, campaign, day, count(*) AS calls, count(amount) AS sales, coalesce(sum(amount), 0) AS revenue,
          count(*) FILTER (again) AS repeats
      FROM told GROUP BY ALL ORDER BY site, campaign, day
content:
  - {type: table, dataset: wide}
formats:
  - {type: csv, dataset: wide}
deliver:
  - {type: email, connection: none, to: a@northwind.example, attach: csv}
schedules:
  - {id: daily, when: "0 6 * * *", timezone: UTC}
"""


def main() -> None:
    """Print seconds and peak memory of both, and their ratios."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write_tables(folder, rows)
        measured = {way: [_measured(way, folder) for _ in range(RUNS)] for way in ("datasets", "pandas")}
        same = _same(folder)
    print(f"{rows:,} rows{'' if same else ', AND THE TABLES DIFFER'}")
    medians = {}
    for way, taken in measured.items():
        medians[way] = tuple(map(statistics.median, zip(*taken, strict=True)))
        every = ", ".join(f"{seconds:.1f}" for seconds, _ in taken)
        print(f"{way:10} {medians[way][0]:6.1f} s ({every})   peak {medians[way][1]:6.0f} MB")
    seconds, peak = (theirs / ours for ours, theirs in zip(medians["datasets"], medians["pandas"], strict=True))
    print(f"the datasets are {seconds:.1f} times as fast, in 1/{peak:.1f} of the memory")


def _write_tables(folder: Path, rows: int) -> None:
    """Write `calls`, as a source writes it, and `agents`."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from scheduled_reports.parquet import write_batches

    random, size = np.random.default_rng(4), 50_000
    campaigns = pa.array([f"Campaign {number:02d}" for number in range(40)])

    def batch(first: int) -> pa.RecordBatch:
        began = np.datetime64("2026-01-01", "us") + random.integers(0, 90 * 86_400_000_000, size)
        return pa.RecordBatch.from_pydict({
            "call_id": np.arange(first, first + size),
            "agent_id": random.integers(0, 2_000, size),
            "customer_id": random.integers(0, rows // 5, size),
            "campaign": campaigns.take(pa.array(random.integers(0, 40, size))),
            "started_at": began,
            "seconds": random.integers(0, 900, size),
            "outcome": pa.array(["none", "sale", "refused", "callback"]).take(pa.array(random.integers(0, 4, size))),
            "amount": pa.array(random.integers(100, 9_000, size) / 4, mask=random.random(size) < 0.75),
        })  # fmt: skip

    batches = (batch(first) for first in range(0, rows, size))
    first = next(batches)
    write_batches(first.schema, (entry for part in ([first], batches) for entry in part), folder / "calls.parquet", "-")
    numbers = range(2_000)
    agents = {"agent_id": list(numbers), "site": [f"Site {number % 5}" for number in numbers],
              "agent": [f"Agent {number}" for number in numbers]}  # fmt: skip
    pq.write_table(pa.table(agents), folder / "agents.parquet")


def _measured(way: str, folder: Path) -> tuple[float, float]:
    """Return the seconds that a way takes in a process of its own, and that process's peak in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--", way, str(folder)], check=True, capture_output=True, text=True
    )
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _one(way: str, folder: Path) -> None:
    prepare = {"datasets": _prepare_datasets, "pandas": _prepare_pandas}[way]
    make = prepare(folder)
    started = time.perf_counter()
    make()
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1000
    print(json.dumps([seconds, peak]))


def _prepare_datasets(folder: Path):
    from scheduled_reports.archive import RunFolder
    from scheduled_reports.connections import airflow_connection
    from scheduled_reports.datasets.order import in_order
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import load
    from scheduled_reports.tables import Tables

    spec = folder / "report_specs" / "blend.yaml"
    spec.parent.mkdir(exist_ok=True)
    spec.write_text(SPEC)
    report = load(spec, folder)
    schedule = report.spec.schedules[0]
    period = report.timing(schedule).period_of(dt.date(2026, 12, 31))
    archive = RunFolder.of(folder.as_uri(), report.id, schedule.id, period.slug, "benchmark")
    run = Run(report, schedule, period, "benchmark", archive, airflow_connection, {})
    tables = Tables(folder, folder / ".spill")

    def make() -> None:
        for name, dataset in in_order(run):
            dataset.make(run, name, tables, folder / f"{name}.parquet")

    return make


def _prepare_pandas(folder: Path):
    import pandas as pd

    def make() -> None:
        columns = ["agent_id", "customer_id", "campaign", "started_at", "amount"]
        calls = pd.read_parquet(folder / "calls.parquet", columns=columns)
        agents = pd.read_parquet(folder / "agents.parquet", columns=["agent_id", "site"])
        calls = calls[calls["started_at"] < pd.Timestamp("2027-01-01")].merge(agents, on="agent_id")
        calls = calls.sort_values(["customer_id", "started_at"])
        gap = calls["started_at"] - calls.groupby("customer_id")["started_at"].shift()
        calls["again"] = gap < pd.Timedelta(days=7)
        calls["day"] = calls["started_at"].dt.floor("D")
        daily = calls.groupby(["site", "campaign", "day"], as_index=False).agg(
            calls=("agent_id", "size"), sales=("amount", "count"), revenue=("amount", "sum"), repeats=("again", "sum")
        )
        daily.to_parquet(folder / "pandas_daily.parquet", compression="zstd")
        wide = daily.pivot_table(
            index=["campaign", "day"], columns="site", values=["revenue", "repeats"], aggfunc="sum"
        )
        wide.columns = [f"{site}_{metric}" for metric, site in wide.columns]
        wide.reset_index().to_parquet(folder / "pandas_wide.parquet", compression="zstd")

    return make


def _same(folder: Path) -> bool:
    import pandas as pd

    for name, keys in {"daily": ["site", "campaign", "day"], "wide": ["campaign", "day"]}.items():
        ours, theirs = (pd.read_parquet(folder / f"{way}{name}.parquet") for way in ("", "pandas_"))
        ours, theirs = (table.sort_values(keys, ignore_index=True)[sorted(table)] for table in (ours, theirs))
        try:
            pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
        except AssertionError as error:
            print(error)
            return False
    return True


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _one(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
