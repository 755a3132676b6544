"""Airflow's REST API for tests: what a real HTTP server answers in its place, and what the source makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from runs import run_of
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables
from specs import SALES

SECRET = "open sesame"
PERIOD_START, PERIOD_END = "2026-09-30T22:00:00", "2026-10-01T22:00:00"


@dataclass
class Api:
    """What the server answers, and what it was asked."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    page: int = 2
    told: int | None = None
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answer: Callable[[Api, BaseHTTPRequestHandler], bool] = lambda _api, _request: False


def dag_run(number: int, **changes: Any) -> dict[str, Any]:
    """Return a DAG run as Airflow 3.3 gives it, due in minute `number` of the period."""
    due = f"2026-10-01T04:{number:02d}:00Z"
    return {
        "dag_run_id": f"scheduled__{number}", "dag_id": "sales__daily", "logical_date": due, "queued_at": due,
        "start_date": due, "end_date": None, "duration": None, "run_after": due, "run_type": "scheduled",
        "state": "running", "triggered_by": "timetable", "triggering_user_name": None, "conf": {"force": False},
        "note": None, "dag_versions": [], **changes,
    }  # fmt: skip


def task(number: int, **changes: Any) -> dict[str, Any]:
    """Return a task instance as Airflow 3.3 gives it."""
    return {
        "id": f"0199-{number}", "task_id": "deliver", "dag_id": "sales__daily", "dag_run_id": "scheduled__1",
        "map_index": number, "rendered_map_index": "email", "state": "success", "try_number": 1, "max_tries": 3,
        "operator": "_PythonDecoratedOperator", "pool": "default_pool", "queue": "default", "hostname": "worker-1",
        "run_after": "2026-10-01T04:30:00Z", "scheduled_when": "2026-10-01T04:30:01Z",
        "queued_when": "2026-10-01T04:30:02.5Z", "start_date": "2026-10-01T04:30:03Z",
        "end_date": "2026-10-01T04:30:05.250Z", "duration": 2.25, **changes,
    }  # fmt: skip


def answer(request: BaseHTTPRequestHandler, status: int, body: Any, kind: str = "application/json") -> bool:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)
    return True


def page(api: Api, request: BaseHTTPRequestHandler) -> None:
    """Answer as Airflow does, with as many rows at once as the test says."""
    asked = urlsplit(request.path)
    params = {name: values[0] for name, values in parse_qs(asked.query, keep_blank_values=True).items()}
    key = {"dagRuns": "dag_runs", "taskInstances": "task_instances", "importErrors": "import_errors"}.get(
        asked.path.rpartition("/")[2], "dags"
    )
    first = int(params.get("cursor") or params.get("offset") or 0)
    rows, after = api.rows[first : first + api.page], first + api.page
    body: dict[str, Any] = {key: rows, "total_entries": len(api.rows) if api.told is None else api.told}
    if "cursor" in params:
        body["next_cursor"] = str(after) if after < len(api.rows) else None
    answer(request, 200, body)


def spec(source: str) -> str:
    """Return the small spec with the source `health`."""
    return SALES.replace("datasets:\n", f"  health: {{type: airflow, {source}}}\ndatasets:\n", 1)


def rows(folder: Path, source: str) -> list[dict[str, Any]]:
    """Extract the source `health` and return its rows."""
    run = run_of(folder, spec(source))
    return extracted(run, folder)


def extracted(run: Run, folder: Path) -> list[dict[str, Any]]:
    (folder / "out").mkdir(exist_ok=True)
    run.report.spec.sources["health"].extract(run, "health", folder / "out" / "health.parquet")
    return list(Tables(folder / "out").read("health").to_pylist())


DAG_RUNS = "table: dag_runs, connection: airflow_api"
