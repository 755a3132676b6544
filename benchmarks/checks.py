"""How long six checks of 1,000,000 rows take, against one query by hand that counts the same in one go.

    .venv/bin/python benchmarks/checks.py [ROWS]

Both read the same Parquet files with DuckDB, each in a process of its own, imports not counted. Each of the checks is a
query of its own, as each can fail by itself: what that costs is the ratio. Medians of five runs; that both count the
same is checked.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
CHECKS = [
    {"type": "complete", "columns": ["agent_id", "started_at"]},
    {"type": "unique", "columns": "call_id"},
    {"type": "between", "column": "seconds", "at_least": 0, "at_most": 850},
    {"type": "in_set", "column": "outcome", "values": ["none", "sale", "refused"]},
    {"type": "matches", "column": "campaign", "pattern": "Campaign [0-2][0-9]"},
    {"type": "references", "columns": "agent_id", "to": "agents"},
]
BY_HAND = """
    WITH twice AS (SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM calls GROUP BY call_id HAVING count(*) > 1))
    SELECT
        count(*) FILTER (agent_id IS NULL OR started_at IS NULL),
        (SELECT coalesce(n, 0) FROM twice),
        count(*) FILTER (seconds < 0 OR seconds > 850),
        count(*) FILTER (outcome NOT IN ('none', 'sale', 'refused')),
        count(*) FILTER (NOT regexp_full_match(campaign, 'Campaign [0-2][0-9]')),
        count(*) FILTER (agent_id NOT IN (SELECT agent_id FROM agents))
    FROM calls
"""
SPEC = """\
title: Checks
owner: owner@northwind.example
sources:
  calls: {type: sql, connection: none, sql: SELECT 1}
  agents: {type: sql, connection: none, sql: SELECT 1}
content:
  - {type: table, dataset: calls}
formats:
  - {type: csv, dataset: calls}
deliver:
  - {type: email, connection: none, to: a@northwind.example, attach: csv}
schedules:
  - {id: daily, when: "0 6 * * *", timezone: UTC}
"""


def main() -> None:
    """Print the seconds of both, and their ratio."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write_tables(folder, rows)
        measured = {way: [_measured(way, folder) for _ in range(RUNS)] for way in ("checks", "by hand")}
    counts = {way: taken[0][1] for way, taken in measured.items()}
    print(
        f"{rows:,} rows, {len(CHECKS)} checks", "" if len(set(map(tuple, counts.values()))) == 1 else f"DIFFER {counts}"
    )
    medians = {}
    for way, taken in measured.items():
        medians[way] = statistics.median(seconds for seconds, _ in taken)
        print(f"{way:8} {medians[way]:6.3f} s ({', '.join(f'{seconds:.3f}' for seconds, _ in taken)})")
    print(f"the checks take {medians['checks'] / medians['by hand']:.1f} times as long")


def _write_tables(folder: Path, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(5)
    outcomes = pa.array(["none", "sale", "refused", "callback"])
    campaigns = pa.array([f"Campaign {number:02d}" for number in range(40)])
    numbers = np.arange(rows)
    numbers[:: rows // 100] = 1
    calls = pa.table({
        "call_id": numbers,
        "agent_id": pa.array(random.integers(0, 2_010, rows), mask=random.random(rows) < 0.001),
        "started_at": np.datetime64("2026-01-01", "us") + random.integers(0, 90 * 86_400_000_000, rows),
        "seconds": random.integers(0, 900, rows),
        "outcome": outcomes.take(pa.array(random.integers(0, 4, rows))),
        "campaign": campaigns.take(pa.array(random.integers(0, 40, rows))),
        "note": pa.array([f"Note {number:09d}" for number in range(rows)]),
    })  # fmt: skip
    pq.write_table(calls, folder / "calls.parquet", compression="zstd")
    pq.write_table(pa.table({"agent_id": range(2_000)}), folder / "agents.parquet")


def _measured(way: str, folder: Path) -> tuple[float, list[int]]:
    """Return the seconds that a way takes in a process of its own, and what it counts."""
    done = subprocess.run(
        [sys.executable, __file__, "--", way, str(folder)], check=True, capture_output=True, text=True
    )
    seconds, counts = json.loads(done.stdout)
    return seconds, counts


def _one(way: str, folder: Path) -> None:
    count = {"checks": _prepare_checks, "by hand": _prepare_by_hand}[way](folder)
    started = time.perf_counter()
    counts = count()
    print(json.dumps([time.perf_counter() - started, counts]))


def _prepare_checks(folder: Path):
    import datetime as dt

    import duckdb  # noqa: F401
    import pyarrow as pa  # noqa: F401
    from pydantic import TypeAdapter

    from scheduled_reports.archive import RunFolder
    from scheduled_reports.checks import AnyCheck
    from scheduled_reports.checks.base import CheckedData
    from scheduled_reports.connections import airflow_connection
    from scheduled_reports.ledger.past import PastRuns
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import load
    from scheduled_reports.tables import Tables

    spec = folder / "report_specs" / "checks.yaml"
    spec.parent.mkdir(exist_ok=True)
    spec.write_text(SPEC)
    report = load(spec, folder)
    schedule = report.spec.schedules[0]
    period = report.timing(schedule).period_of(dt.date(2026, 12, 31))
    archive = RunFolder.of(folder.as_uri(), report.id, schedule.id, period.slug, "benchmark")
    run = Run(report, schedule, period, "benchmark", archive, airflow_connection, {})
    checks = [TypeAdapter(AnyCheck).validate_python({"dataset": "calls", **given}) for given in CHECKS]

    def count() -> list[int]:
        data = CheckedData(run, Tables(folder), PastRuns(run, None))
        return [result.count for check in checks for result in check.judge(data)]

    return count


def _prepare_by_hand(folder: Path):
    import duckdb

    def count() -> list[int]:
        with duckdb.connect() as connection:
            for name in ("calls", "agents"):
                connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')")
            return [int(number) for number in connection.execute(BY_HAND).fetchone()]

    return count


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _one(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
