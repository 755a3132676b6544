"""Steer Airflow over its REST API, as people and other programs do."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

LIMIT = 600
"""Seconds that anything may take."""

PAUSE = 1.0
"""Seconds between two looks at the same thing."""

READING = 15.0
"""Seconds that an approver looks at the report before they answer."""

T = TypeVar("T")


@dataclass(frozen=True)
class DagRun:
    """A run of a DAG: its path in the API, and its id."""

    path: str
    run_id: str


class GivenUp(Exception):  # noqa: N818 - a request, not an error
    """Whoever waited for it does no longer."""


class Airflow:
    """The REST API of the Airflow on `port` of this machine, as the user `demo` uses it.

    Many threads may share one. What they change is changed one after the other: where SQLite is locked, each such
    request stops the whole api-server for five seconds, and ten at once would make the scheduler give up.
    """

    def __init__(self, port: int, password: str) -> None:
        base = f"http://127.0.0.1:{port}"
        login = httpx.post(f"{base}/auth/token", json={"username": "demo", "password": password}, timeout=30)
        token = login.raise_for_status().json()["access_token"]
        self._api = httpx.Client(base_url=f"{base}/api/v2", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self._writing, self._given_up = threading.Lock(), threading.Event()

    def give_up(self) -> None:
        """End every wait, of whatever thread."""
        self._given_up.set()

    def await_dags(self, dag_ids: list[str]) -> None:
        """Wait until Airflow has read all the specs."""
        self.until("Airflow to read the specs", lambda: set(dag_ids) <= {
            dag["dag_id"] for dag in self._get("/dags")["dags"]
        })  # fmt: skip

    def trigger(self, dag_id: str, day: str) -> DagRun:
        """Start a run for the period that holds `day` (ISO 8601)."""
        run_id = f"tour__{uuid.uuid4().hex[:8]}"
        body = {"dag_run_id": run_id, "logical_date": None, "conf": {"period": day}}
        self._change("POST", f"/dags/{dag_id}/dagRuns", body)
        return DagRun(f"/dags/{dag_id}/dagRuns/{run_id}", run_id)

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
        self._change(method, path, {"key": key, "value": value})

    def approve(self, run: DagRun, comment: str) -> None:
        """Approve what a run asks for, not within the first seconds.

        Where a task is answered before the scheduler has handled the end of the process that asked, it is killed and
        asks again.
        """
        self._given_up.wait(READING)
        path = f"{run.path}/taskInstances/approve/-1/hitlDetails"
        self._change("PATCH", path, {"chosen_options": ["Approve"], "params_input": {"comment": comment}})

    def until(self, what: str, found: Callable[[], T]) -> T:
        """Wait until `found` returns something, and return it.

        Raises:
            TimeoutError: It does not in time.
            GivenUp: Nobody waits for it any longer.
        """
        deadline = time.monotonic() + LIMIT
        while not (value := found()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {LIMIT} s for {what}")
            if self._given_up.wait(PAUSE):
                raise GivenUp(what)
        return value

    def _ended(self, run: DagRun) -> str:
        state = str(self._get(run.path)["state"])
        return state if state in {"success", "failed"} else ""

    def _change(self, method: str, path: str, body: dict[str, Any]) -> None:
        """Change something; Airflow on SQLite may say for a while that its database is locked, with 500 or 503."""

        def changed() -> bool:
            with self._writing:
                answer = self._api.request(method, path, json=body)
            if answer.is_error and answer.status_code not in {409, 500, 503}:
                raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
            return answer.status_code not in {500, 503}  # 409: it is so from an answer that was lost

        self.until(f"Airflow to take {method} {path}", changed)

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._api.get(path)
        if answer.is_error:
            raise RuntimeError(f"GET {path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json()
        return found
