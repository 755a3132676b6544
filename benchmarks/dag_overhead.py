"""How long the morning brief takes on a real scheduler, against a DAG of six tasks that do nothing.

    .venv/bin/python benchmarks/dag_overhead.py

Both run on one `airflow standalone` of this machine, each DAG once to warm up and then five times, one after the other;
seconds from the trigger over REST to the run's end, medians.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

RUNS = 5
EMPTY = """
from airflow.sdk import dag, task
import datetime as dt

@dag(schedule=None, start_date=dt.datetime(2025, 1, 1))
def empty():
    last = None
    for number in range(6):
        @task(task_id=f"task_{number}")
        def nothing(): ...
        now = nothing()
        if last is not None:
            last >> now
        last = now

empty()
"""


def main() -> None:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["DEMO_FOLDER"] = temporary
        from demo import home, up  # they read DEMO_FOLDER when imported

        dags = Path(temporary) / "dags"
        dags.mkdir()
        (dags / "empty.py").write_text(EMPTY)
        (dags / "reports.py").symlink_to(home.ROOT / "dags" / "reports.py")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        home.HOME.mkdir()
        home.build_warehouse()
        with home.servers():
            home.configure(port)
            home.migrate()
            airflow = up.start(home.HOME / "log", home.environment() | {"AIRFLOW__CORE__DAGS_FOLDER": str(dags)})
            try:
                up.await_health(port, airflow, home.HOME / "log")
                _measure(port)
            finally:
                up.end(airflow)


def _measure(port: int) -> None:
    login = httpx.post(f"http://localhost:{port}/auth/token", json={"username": "demo", "password": "demo"})
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    with httpx.Client(base_url=f"http://localhost:{port}/api/v2", headers=headers, timeout=30) as api:
        while {dag["dag_id"] for dag in api.get("/dags").json()["dags"]} < {"empty", "morning_brief__daily"}:
            time.sleep(0.5)
        empty = [_seconds(api, "empty", {}) for _ in range(RUNS + 1)][1:]
        conf = {"period": "2026-10-01", "force": True}
        brief = [_seconds(api, "morning_brief__daily", conf) for _ in range(RUNS + 1)][1:]
    ours, bare = statistics.median(brief), statistics.median(empty)
    print(f"morning brief: {ours:.1f} s; six empty tasks: {bare:.1f} s; ratio {ours / bare:.2f}")


def _seconds(api: httpx.Client, dag_id: str, conf: dict[str, object]) -> float:
    started = time.perf_counter()
    run_id = api.post(f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf}).json()["dag_run_id"]
    while (state := api.get(f"/dags/{dag_id}/dagRuns/{run_id}").json()["state"]) not in {"success", "failed"}:
        time.sleep(0.05)
    if state == "failed":
        sys.exit(f"{dag_id} failed")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
