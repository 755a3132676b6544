"""Steer Airflow over its REST API, as people and other programs do."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

LIMIT = 600
"""Seconds that anything may take."""

T = TypeVar("T")


@dataclass(frozen=True)
class DagRun:
    """A run of a DAG: its path in the API, and its id."""

    path: str
    run_id: str


class Airflow:
    """The REST API of the Airflow on `port` of this machine, as the user `demo` uses it."""

    def __init__(self, port: int, password: str) -> None:
        base = f"http://127.0.0.1:{port}"
        login = httpx.post(f"{base}/auth/token", json={"username": "demo", "password": password}, timeout=30)
        token = login.raise_for_status().json()["access_token"]
        self._api = httpx.Client(base_url=f"{base}/api/v2", headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def await_dags(self, dag_ids: list[str]) -> None:
        """Wait until Airflow has read all the specs."""
        self.until("Airflow to read the specs", lambda: set(dag_ids) <= {
            dag["dag_id"] for dag in self._get("/dags")["dags"]
        })  # fmt: skip

    def trigger(self, dag_id: str, day: str) -> DagRun:
        """Start a run for the period that holds `day` (ISO 8601)."""
        run_id = f"tour__{uuid.uuid4().hex[:8]}"
        body = {"dag_run_id": run_id, "logical_date": None, "conf": {"period": day}}
        self.until(f"{dag_id} to start", lambda: self._began(dag_id, body))
        return DagRun(f"/dags/{dag_id}/dagRuns/{run_id}", run_id)

    def _began(self, dag_id: str, body: dict[str, Any]) -> bool:
        """Return whether a run has begun; Airflow on SQLite may say that its database is locked, with 500 or 503."""
        answer = self._api.post(f"/dags/{dag_id}/dagRuns", json=body)
        if answer.status_code in {500, 503}:
            return False
        if answer.status_code != 409:  # it is there from an answer that was lost
            answer.raise_for_status()
        return True

    def ended(self, run: DagRun) -> dict[str, str]:
        """Wait for the end of a run and return the state of each task, and of the run as `run`."""
        state = self.until(f"{run.path} to end", lambda: self._ended(run))
        return {**self.tasks(run), "run": state}

    def tasks(self, run: DagRun) -> dict[str, str]:
        """Return the state of each task of a run; of a mapped one, of its last instance."""
        return {task["task_id"]: task["state"] for task in self._get(f"{run.path}/taskInstances")["task_instances"]}

    def set_variable(self, key: str, value: str) -> None:
        """Set an Airflow Variable."""
        found = self._api.get(f"/variables/{key}").status_code == 200
        method, path = ("PATCH", f"/variables/{key}") if found else ("POST", "/variables")
        self._call(method, path, {"key": key, "value": value})

    def approve(self, run: DagRun, comment: str) -> None:
        """Approve what a run asks for."""
        path = f"{run.path}/taskInstances/approve/-1/hitlDetails"
        self._call("PATCH", path, {"chosen_options": ["Approve"], "params_input": {"comment": comment}})

    def until(self, what: str, found: Callable[[], T]) -> T:
        """Wait until `found` returns something, and return it.

        Raises:
            TimeoutError: It does not in time.
        """
        deadline = time.monotonic() + LIMIT
        while not (value := found()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {LIMIT} s for {what}")
            time.sleep(0.3)
        return value

    def _ended(self, run: DagRun) -> str:
        state = str(self._get(run.path)["state"])
        return state if state in {"success", "failed"} else ""

    def _get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path, None)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        answer = self._api.request(method, path, json=body)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json()
        return found
