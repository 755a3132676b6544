"""A whole Airflow: it tells the owner of a run that takes too long, and back-fills over its REST API."""

from __future__ import annotations

import contextlib
import datetime as dt
import email
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import policy
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.mail_server import MailServer
from demo.up import await_health, start
from runs import run_of
from scheduled_reports import airflow_api
from scheduled_reports.errors import SourceError
from scheduled_reports.rendering import ENOUGH, MOST_PROCESSES
from scheduled_reports.tables import Tables
from session import ROOT, free_port
from specs import SALES, shop, write

LIMIT = 60
SLOW = SALES.replace('when: "30 6 * * *",', "when: {type: manual}, deadline: 6s,")

COPIES = "".join(
    f"  - {{type: csv, id: copy_{number}, dataset: orders, file_name: copy_{number}}}\n" for number in range(ENOUGH)
)
MANY = SALES.replace('when: "30 6 * * *",', "when: {type: manual},").replace("deliver:\n", f"{COPIES}deliver:\n")


@dataclass
class Standalone:
    """A running `airflow standalone` with the specs in `folder`."""

    api: httpx.Client
    folder: Path
    inbox: MailServer

    def wait(self, what: str, path: str, done: Callable[[Any], Any]) -> Any:
        """Ask the REST API until its answer is `done`."""
        deadline = time.monotonic() + LIMIT
        while not done(answer := self.api.get(path).json()):
            assert time.monotonic() < deadline, f"{what}: {answer}"
            time.sleep(0.2)
        return answer


@pytest.fixture(scope="module")
def standalone(airflow_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """Run an Airflow with a report that takes as long as its shop is locked, and one to back-fill."""
    folder = tmp_path_factory.mktemp("standalone")
    port = free_port()
    home = folder / "home"
    home.mkdir()
    shutil.copy(airflow_database, home / "airflow.db")
    (home / "simple_auth_manager_passwords.json.generated").write_text('{"admin": "admin"}')
    write(folder, SLOW, "slow")
    write(folder, SALES)
    write(folder, MANY, "many")
    shop(folder / "shop.db")
    with MailServer(folder / "inbox") as inbox:
        log = folder / "standalone.log"
        process = start(log, environment(folder, home, port, inbox))
        try:
            await_health(port, process, log)
            login = httpx.post(f"http://localhost:{port}/auth/token", json={"username": "admin", "password": "admin"})
            headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
            with httpx.Client(base_url=f"http://localhost:{port}/api/v2", headers=headers, timeout=30) as api:
                found = Standalone(api, folder, inbox)
                found.wait("no DAG", "/dags", lambda answer: answer["total_entries"] == 3)
                yield found
        finally:
            end(process)


def end(airflow: subprocess.Popen[bytes]) -> None:
    """End Airflow in order, and what is left of it by force."""
    airflow.send_signal(signal.SIGINT)  # to the parent only: it ends its children in order
    with contextlib.suppress(subprocess.TimeoutExpired):
        airflow.wait(LIMIT)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(airflow.pid, signal.SIGKILL)
    airflow.wait(LIMIT)


def environment(folder: Path, home: Path, port: int, inbox: MailServer) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    mail = {"disable_ssl": True, "disable_tls": True, "from_email": "reports@northwind.example"}
    connections = {
        "shop": {"conn_type": "sqlite", "host": str(folder / "shop.db")},
        "mail": {"conn_type": "smtp", "host": "127.0.0.1", "port": inbox.port, "extra": mail},
        "ledger": {"conn_type": "sqlite", "host": str(folder / "ledger.db")},
    }
    settings = {
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "CORE__PARALLELISM": "4",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(port),
        "API__BASE_URL": f"http://localhost:{port}",
        "API__SECRET_KEY": "a secret of this test",
        "API_AUTH__JWT_SECRET": "another secret of this test, which is long enough for its digest: sixty-four",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "SCHEDULED_REPORTS__SPECS_FOLDER": str(folder / "report_specs"),
        "SCHEDULED_REPORTS__INCLUDE_FOLDER": str(folder / "include"),
        "SCHEDULED_REPORTS__ARCHIVE": (folder / "archive").as_uri(),
        "SCHEDULED_REPORTS__LEDGER_CONN_ID": "ledger",
        "SCHEDULED_REPORTS__OWNER_MAIL_CONN_ID": "mail",
        "SCHEDULED_REPORTS__RETRY_DELAY_SECONDS": "0.1",
        "SCHEDULED_REPORTS__HEALTH_SCHEDULE": "off",
    }
    return {
        **kept,
        "AIRFLOW_HOME": str(home),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", ""))),
        **{f"AIRFLOW__{name}": value for name, value in settings.items()},
        **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in connections.items()},
    }


def ended(runs: list[dict[str, Any]]) -> bool:
    return all(run["state"] in {"success", "failed"} for run in runs)


def test_the_owner_is_told_once_while_a_run_is_still_going_after_its_deadline(standalone: Standalone) -> None:
    lock = sqlite3.connect(standalone.folder / "shop.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")  # whoever reads now waits five seconds, and is tried again
    begun = time.monotonic()
    body = {"logical_date": None, "conf": {"period": "2026-10-01"}}
    run = standalone.api.post("/dags/slow__daily/dagRuns", json=body).json()

    while not standalone.inbox.messages():
        assert time.monotonic() - begun < LIMIT, "no mail"
        time.sleep(0.1)

    path = f"/dags/slow__daily/dagRuns/{run['dag_run_id']}"
    state = standalone.api.get(path).json()["state"]
    lock.close()
    assert state == "running"
    [mail] = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in standalone.inbox.messages()
    ]
    text = mail.get_content()
    assert mail["To"] == "owner@northwind.example"
    assert mail["Subject"] == "Still going: Sales, Thursday, 1 October 2026"
    assert "Sales, Thursday, 1 October 2026 is still going, more than 6s after it was asked for" in text
    assert "Step: extract" in text or "Step: gate" in text
    assert f"Report slow, schedule daily, run {run['dag_run_id']}" in text
    assert standalone.wait("still going", path, lambda answer: ended([answer]))["state"] == "success"
    assert [path.name.split("_")[1] for path in standalone.inbox.messages()] == [
        "owner@northwind.example", "ann@northwind.example", "ben@northwind.example",
    ]  # fmt: skip


def test_a_back_fill_asked_for_over_rest_goes_to_the_archive_only(standalone: Standalone) -> None:
    before = len(standalone.inbox.messages())
    body = {"dag_id": "sales__daily", "from_date": "2026-10-01T00:00:00Z", "to_date": "2026-10-03T00:00:00Z",
            "max_active_runs": 2}  # fmt: skip

    deadline = time.monotonic() + 30
    while (answer := standalone.api.post("/backfills", json=body)).status_code == 503:  # Airflow's SQLite is locked
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.5)
    assert answer.status_code == 200, answer.text
    path = "/dags/sales__daily/dagRuns"
    answer = standalone.wait("back-fill", path, lambda answer: ended(answer["dag_runs"]))

    runs = answer["dag_runs"]
    assert {(run["run_type"], run["state"]) for run in runs} == {("backfill", "success")}
    assert [run["logical_date"] for run in runs] == ["2026-10-01T04:30:00Z", "2026-10-02T04:30:00Z"]
    states = {
        instance["task_id"]: instance["state"]
        for instance in standalone.api.get(f"{path}/{runs[1]['dag_run_id']}/taskInstances").json()["task_instances"]
    }
    assert (states["render"], states["deliver"], states["close"]) == ("success", "skipped", "skipped")
    assert len(standalone.inbox.messages()) == before
    manifests = [json.loads(path.read_text()) for path in (standalone.folder / "archive/sales").rglob("manifest.json")]
    assert {manifest["state"] for manifest in manifests} == {"archived"}


@pytest.fixture
def reading(
    standalone: Standalone, tmp_path: Path, connection: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], list[dict[str, Any]]]:
    """Return a function that extracts a source of type `airflow` for the last hour, three rows at a time."""
    port = standalone.api.base_url.port
    connection("airflow_api", conn_type="http", host="localhost", port=port, login="admin", password="admin")
    connection("stranger", conn_type="http", host="localhost", port=port, login="admin", password="guessed")
    monkeypatch.setattr(airflow_api, "PAGE", 3)
    (tmp_path / "data").mkdir()

    def read(source: str) -> list[dict[str, Any]]:
        text = SALES.replace("datasets:\n", f"  health: {{type: airflow, {source}}}\ndatasets:\n", 1)
        run, now = run_of(tmp_path, text), dt.datetime.now(dt.UTC)
        period = run.report.timing(run.schedule).period_between(now - dt.timedelta(hours=1), now)
        run = replace(run, period=period)
        run.report.spec.sources["health"].extract(run, "health", tmp_path / "data" / "health.parquet")
        return list(Tables(tmp_path / "data").read("health").to_pylist())

    return read


def test_a_report_reads_airflows_own_runs_and_tasks(standalone: Standalone, reading: Callable) -> None:
    body = {"logical_date": None, "conf": {"period": "2026-10-01"}}
    for dag_id in ("sales__daily", "slow__daily"):
        run = standalone.api.post(f"/dags/{dag_id}/dagRuns", json=body).json()
        standalone.wait("run", f"/dags/{dag_id}/dagRuns/{run['dag_run_id']}", lambda answer: ended([answer]))
    known = [
        entry for entry in standalone.api.get("/dags/~/dagRuns").json()["dag_runs"] if entry["run_type"] == "manual"
    ]
    tasks = standalone.api.get("/dags/sales__daily/dagRuns/~/taskInstances", params={"limit": 100}).json()

    runs = reading("table: dag_runs, connection: airflow_api")
    steps = reading("table: task_instances, connection: airflow_api, dag_ids: sales__daily")

    assert {(run["dag_id"], run["run_id"], run["state"], run["duration_seconds"]) for run in runs} == {
        (entry["dag_id"], entry["dag_run_id"], entry["state"], entry["duration"]) for entry in known
    }
    assert [run["run_after"] for run in runs] == sorted(run["run_after"] for run in runs)
    ours = {entry["dag_run_id"] for entry in known}
    assert sorted((step["task_id"], step["map_index"], step["duration_seconds"] or 0) for step in steps) == sorted(
        (entry["task_id"], entry["map_index"], entry["duration"] or 0)
        for entry in tasks["task_instances"] if entry["dag_run_id"] in ours
    )  # fmt: skip
    assert len(steps) > 3
    assert {step["map_label"] for step in steps if step["task_id"] == "deliver"} == {"email"}
    assert {run["dag_id"] for run in reading("table: dag_runs, connection: airflow_api, tags: report")} == {
        "sales__daily", "slow__daily",
    }  # fmt: skip
    assert reading("table: dag_runs, connection: airflow_api, states: failed") == []
    assert reading("table: import_errors, connection: airflow_api") == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("connection: stranger", r"Airflow does not know this user: 401 Invalid credentials"),
        ("connection: airflow_api, dag_ids: slaes__daily", r"there is no /api/v2/dags/slaes__daily/.*404 The Dag with"),
    ],
)
def test_airflows_own_refusals_are_told(reading: Callable, source: str, told: str) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        reading(f"table: dag_runs, {source}")

    assert not caught.value.retryable


def test_a_task_of_the_local_executor_makes_many_files_in_processes(standalone: Standalone) -> None:
    body = {"logical_date": None, "conf": {"period": "2026-10-01"}}
    run = standalone.api.post("/dags/many__daily/dagRuns", json=body).json()["dag_run_id"]
    path = f"/dags/many__daily/dagRuns/{run}/taskInstances/render"
    states = {"success", "failed", "up_for_retry"}
    done = standalone.wait("not rendered", path, lambda task: task["state"] in states)

    log = standalone.api.get(f"{path}/logs/{done['try_number']}").text
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    assert done["state"] == "success", log
    assert (f"{processes} processes make the files" in log) == (processes > 1), log
    assert log.count("copy_") >= ENOUGH, log
