"""Assets, deadlines and files start reports on a real scheduler, with its triggerer."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from demo import up as demo_up
from demo.mail_server import MailServer
from scheduled_reports.archive import folder_name
from session import ROOT, free_port
from specs import SALES, shop, write

LIMIT = 100
PRODUCERS = """
from airflow.sdk import DAG, Asset, task

for name in ("orders", "fx_ecb"):
    with DAG(name, schedule=None):
        @task(outlets=[Asset(name, uri=f"x-shop://{name}")])
        def update():
            pass

        update()
"""
SCHEDULES = """\
schedules:
  - id: ready
    timezone: ZONE
    when:
      type: assets
      all_of: [orders, {any_of: ["x-shop://fx_ecb", fx_fed]}]
      deadline: {type: daily, at: "23:59"}
      otherwise: stale
  - id: late
    timezone: ZONE
    when: {type: assets, all_of: [fx_fed], deadline: {type: daily, at: "SOON"}, otherwise: stale}
  - id: told
    timezone: ZONE
    when: {type: assets, all_of: [fx_fed], deadline: {type: daily, at: "SOON"}}
  - id: after
    when: {type: assets, all_of: ["report:sales:ready"]}
  - id: file
    when: {type: file, path: "FOLDER/in/*.csv", every: 1s}
"""


@dataclass
class Up:
    """A running Airflow."""

    api: httpx.Client
    folder: Path

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return the runs of a DAG that have ended, oldest first."""
        found = self.api.get(f"/dags/{dag_id}/dagRuns", params={"order_by": "run_after"}).json()["dag_runs"]
        return [run for run in found if run["state"] in {"success", "failed"}]

    def wait_for_runs(self, dag_id: str, count: int) -> list[dict[str, Any]]:
        """Wait until a DAG has `count` runs that have ended, and return them."""
        return wait_for(lambda: runs if len(runs := self.runs(dag_id)) >= count else None, f"{count} runs of {dag_id}")

    def update(self, asset: str) -> None:
        """Run the DAG that updates an asset."""
        count = len(self.runs(asset))
        assert self.api.post(f"/dags/{asset}/dagRuns", json={"logical_date": None}).status_code == 200
        self.wait_for_runs(asset, count + 1)

    def manifest(self, schedule: str, run: dict[str, Any]) -> dict[str, Any]:
        """Return what a run of the report noted."""
        archive = self.folder / "archive" / "sales" / schedule
        [path] = archive.glob(f"*/{folder_name(run['dag_run_id'])}/manifest.json")
        return json.loads(path.read_text())

    def mails(self, to: str) -> list[Any]:
        """Return the mails that somebody got."""
        paths = (self.folder / "inbox").glob(f"*{to}*.eml")
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(paths)]


def wait_for(look: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + LIMIT
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"no {what} within {LIMIT} s"
        time.sleep(0.3)
    return found


def environment(folder: Path, port: int, mail: MailServer) -> dict[str, str]:
    settings = {
        "CORE__DAGS_FOLDER": folder / "dags", "CORE__PLUGINS_FOLDER": ROOT / "plugins", "CORE__LOAD_EXAMPLES": False,
        "CORE__PARALLELISM": 4, "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "demo:admin",
        "CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "API__HOST": "127.0.0.1", "API__PORT": port, "API__BASE_URL": f"http://localhost:{port}",
        "API__SECRET_KEY": "tests", "API_AUTH__JWT_SECRET": "only for tests, and long enough for them",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.2, "LOGGING__BASE_LOG_FOLDER": folder / "logs",
        "SCHEDULED_REPORTS__SPECS_FOLDER": folder / "report_specs",
        "SCHEDULED_REPORTS__INCLUDE_FOLDER": folder / "include",
        "SCHEDULED_REPORTS__ARCHIVE": (folder / "archive").as_uri(), "SCHEDULED_REPORTS__OWNER_MAIL_CONN_ID": "mail",
    }  # fmt: skip
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": "reports@northwind.example"}
    connections = {
        "MAIL": {"conn_type": "smtp", "host": "127.0.0.1", "port": mail.port, "extra": extra},
        "SHOP": {"conn_type": "sqlite", "host": str(folder / "shop.db")},
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    return {
        **kept,
        "AIRFLOW_HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "plugins"),
        **{f"AIRFLOW__{name}": str(value) for name, value in settings.items()},
        **{f"AIRFLOW_CONN_{name}": json.dumps(value) for name, value in connections.items()},
    }


def zone_at_noon() -> ZoneInfo:
    """Return a zone whose clock stands between 12 and 13, so that no deadline of a day passes while tests run."""
    ahead = 12 - dt.datetime.now(dt.UTC).hour
    return ZoneInfo(f"Etc/GMT{-ahead:+d}")  # its sign is that of POSIX: west is positive


def write_project(folder: Path, database: Path) -> None:
    zone = zone_at_noon()
    soon = f"{dt.datetime.now(zone) + dt.timedelta(minutes=1):%H:%M}"
    schedules = SCHEDULES.replace("ZONE", zone.key).replace("SOON", soon).replace("FOLDER", str(folder))
    query = "      WHERE ordered_at >= :period_start AND ordered_at < :period_end\n"
    write(folder, SALES[: SALES.index("schedules:")].replace(query, "") + schedules)
    shop(folder / "shop.db")
    shutil.copy(database, folder / "airflow.db")
    (folder / "in").mkdir()
    (folder / "in" / "old.csv").write_text("there before anybody looked")
    (folder / "dags").mkdir()
    (folder / "dags" / "reports.py").write_text((ROOT / "dags" / "reports.py").read_text())
    (folder / "dags" / "producers.py").write_text(PRODUCERS)
    (folder / "simple_auth_manager_passwords.json.generated").write_text('{"demo": "demo"}')


@contextmanager
def client(port: int) -> Iterator[httpx.Client]:
    login = httpx.post(f"http://localhost:{port}/auth/token", json={"username": "demo", "password": "demo"})
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    with httpx.Client(base_url=f"http://localhost:{port}/api/v2", headers=headers, timeout=30) as api:
        yield api


@pytest.fixture(scope="module")
def up(airflow_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Run Airflow over a report with five schedules, and two DAGs that update assets."""
    folder = tmp_path_factory.mktemp("triggers")
    port = free_port()
    write_project(folder, airflow_database)
    with MailServer(folder / "inbox") as mail:
        settings = environment(folder, port, mail)
        log = folder / "standalone.log"
        airflow = demo_up.start(log, settings)
        try:
            demo_up.await_health(port, airflow, log)
            with client(port) as api:
                yield Up(api, folder)
        finally:
            demo_up.end(airflow)
            airflow.wait(5)


def test_every_trigger_says_in_words_when_it_runs(up: Up) -> None:
    dags = wait_for(
        lambda: found if (found := _dags(up)).keys() >= {"sales__file", "orders", "fx_ecb"} else None, "DAGs"
    )

    assert dags["sales__ready"]["timetable_summary"].startswith("Asset or ")
    assert dags["sales__ready"]["description"].startswith("when orders and (x-shop://fx_ecb or fx_fed) are updated; at")
    assert dags["sales__file"]["description"].startswith(f"when the file {up.folder}/in/*.csv is updated;")
    assert dags["sales__after"]["timetable_summary"] == "Asset"
    assert up.api.get("/importErrors").json()["import_errors"] == []


def _dags(up: Up) -> dict[str, Any]:
    return {dag["dag_id"]: dag for dag in up.api.get("/dags").json()["dags"]}


def test_an_update_that_is_not_all_waits_and_the_one_that_completes_it_delivers(up: Up) -> None:
    up.update("orders")
    [first] = up.wait_for_runs("sales__ready", 1)
    assert up.manifest("ready", first)["state"] == "skipped"
    reason = up.manifest("ready", first)["reason"]
    assert reason == "waits for x-shop://fx_ecb (never updated) or fx_fed (never updated) until 23:59"

    up.update("fx_ecb")
    _, second = up.wait_for_runs("sales__ready", 2)

    noted = up.manifest("ready", second)
    assert (noted["state"], noted["notices"], len(noted["deliveries"])) == ("delivered", [], 2)
    assert noted["updates"]["fx_fed"] is None
    assert noted["updates"]["orders"] < noted["updates"]["x-shop://fx_ecb"]


def test_a_report_may_wait_for_another_report(up: Up) -> None:
    [run] = up.wait_for_runs("sales__after", 1)

    assert up.manifest("after", run)["state"] == "delivered"


def test_a_file_that_arrives_starts_a_run_and_one_that_was_there_does_not(up: Up) -> None:
    assert up.runs("sales__file") == []

    (up.folder / "in" / "new.csv").write_text("has arrived")
    [run] = up.wait_for_runs("sales__file", 1)

    assert up.manifest("file", run)["state"] == "delivered"
    assert (up.folder / "in" / "new.csv").read_text() == "has arrived"


def test_at_the_deadline_a_report_whose_data_is_late_goes_out_marked(up: Up) -> None:
    [run] = up.wait_for_runs("sales__late", 1)

    noted = up.manifest("late", run)
    assert noted["state"] == "delivered"
    assert noted["notices"] == [{"word": "STALE", "text": "fx_fed was never updated."}]
    marked = [mail for mail in up.mails("ann") if "STALE" in mail["subject"]]
    assert len(marked) == 1
    assert "fx_fed was never updated" in marked[0].get_body(("plain",)).get_content()


def test_at_the_deadline_the_owner_is_told_what_the_report_waits_for(up: Up) -> None:
    [run] = up.wait_for_runs("sales__told", 1)

    noted = up.manifest("told", run)
    assert noted["state"] == "skipped"
    assert noted["reason"].startswith("waits for fx_fed (never updated) at the deadline ")
    [mail] = up.mails("owner")
    assert mail["subject"].startswith("Waiting: Sales, ")
    assert "waits for fx_fed (never updated)" in mail.get_content()
