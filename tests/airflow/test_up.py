"""`make up`: a whole Airflow with scheduler and pages, asked over its REST API, and gone after Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from scheduled_reports.spec.load import load_all
from session import ROOT, free_port

LIMIT = 120


@dataclass
class Up:
    """A running `make up`."""

    process: subprocess.Popen[str]
    api: httpx.Client
    folder: Path

    def run(self, dag_id: str, **conf: Any) -> dict[str, Any]:
        """Trigger a DAG, wait for its end, and return the run with its task instances."""
        started = self.api.post(f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf})
        assert started.status_code == 200, started.text
        return self.ended(f"/dags/{dag_id}/dagRuns/{started.json()['dag_run_id']}")

    def ended(self, path: str) -> dict[str, Any]:
        """Wait for the end of a run and return it with its task instances."""
        deadline = time.monotonic() + LIMIT
        while (run := self.api.get(path).json())["state"] not in {"success", "failed"}:
            assert time.monotonic() < deadline, f"{path} is still {run['state']}"
            time.sleep(0.2)
        return {**run, "tasks": self.api.get(f"{path}/taskInstances").json()["task_instances"]}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Run `make up`'s command in a folder of its own, until the module's tests are done."""
    folder = tmp_path_factory.mktemp("up")
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    environment |= {"PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT / 'include'}", "DEMO_FOLDER": str(folder)}
    command = [sys.executable, "-m", "demo.up", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        printed = []
        for line in process.stdout or ():
            printed.append(line)
            if "Ctrl-C ends it" in line:
                break
        else:
            pytest.fail("".join(printed))
        login = httpx.post(f"http://localhost:{port}/auth/token", json={"username": "demo", "password": "demo"})
        token = login.json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"http://localhost:{port}/api/v2", headers=headers, timeout=30) as api:
            yield Up(process, api, folder)
        process.send_signal(signal.SIGINT)  # a parent that is killed leaves Airflow behind
        process.wait(LIMIT)


def wait_for_dags(up: Up) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    first_of_each_file = {"morning_brief__daily", "reports_health"}
    while not first_of_each_file <= (dags := {dag["dag_id"]: dag for dag in up.api.get("/dags").json()["dags"]}).keys():
        assert time.monotonic() < deadline, f"Airflow shows only {sorted(dags)}"
        time.sleep(0.5)
    return dags


def test_every_sample_report_is_scheduled_and_nothing_fails_to_import(up: Up) -> None:
    dags = wait_for_dags(up)

    samples, broken = load_all(ROOT / "report_specs", ROOT / "include")
    assert broken == []
    of_reports = [f"{report.id}__{schedule.id}" for report in samples for schedule in report.spec.schedules]
    assert sorted(dags) == sorted([*of_reports, "reports_health"])
    assert dags["morning_brief__daily"]["timetable_summary"] == "06:30 on Monday to Saturday, Europe/Berlin"
    assert dags["morning_brief__daily"]["next_dagrun_run_after"] is not None
    assert not any(dag["is_paused"] for dag in dags.values())
    assert up.api.get("/importErrors").json()["import_errors"] == []


def test_a_triggered_report_is_delivered_by_the_scheduler(up: Up) -> None:
    wait_for_dags(up)

    run = up.run("morning_brief__daily", period="2026-10-01")

    assert run["state"] == "success", run["tasks"]
    assert {task["state"] for task in run["tasks"]} == {"success"}
    assert {task["rendered_map_index"] for task in run["tasks"] if task["task_id"] == "deliver"} == {"email", "sftp"}
    assert len(list((up.folder / "out/demo/inbox").glob("*.eml"))) == 2
    assert len(list((up.folder / "out/demo/sftp").rglob("morning_brief_2026-10-01.*"))) == 2


def test_a_delivered_run_that_is_cleared_as_a_whole_sends_nothing_again(up: Up) -> None:
    wait_for_dags(up)
    run = up.run("morning_brief__daily", period="2026-10-05")
    mails = len(list((up.folder / "out/demo/inbox").glob("*.eml")))

    body = {"dry_run": False, "dag_run_id": run["dag_run_id"], "only_failed": False}
    cleared = up.api.post("/dags/morning_brief__daily/clearTaskInstances", json=body)
    assert cleared.status_code == 200, cleared.text
    again = up.ended(f"/dags/morning_brief__daily/dagRuns/{run['dag_run_id']}")

    states = {task["task_id"]: task["state"] for task in again["tasks"]}
    assert (again["state"], states["gate"], states["close"]) == ("success", "skipped", "success")
    assert len(list((up.folder / "out/demo/inbox").glob("*.eml"))) == mails


def test_clearing_only_the_deliveries_sends_nothing_again_either(up: Up) -> None:
    wait_for_dags(up)
    run = up.run("morning_brief__daily", period="2026-10-06")
    mails = len(list((up.folder / "out/demo/inbox").glob("*.eml")))

    body = {"dry_run": False, "dag_run_id": run["dag_run_id"], "task_ids": ["deliver", "close"], "only_failed": False}
    assert up.api.post("/dags/morning_brief__daily/clearTaskInstances", json=body).status_code == 200
    again = up.ended(f"/dags/morning_brief__daily/dagRuns/{run['dag_run_id']}")

    assert (again["state"], {task["state"] for task in again["tasks"]}) == ("success", {"success"})
    assert {task["try_number"] for task in again["tasks"] if task["task_id"] == "deliver"} == {2}
    assert len(list((up.folder / "out/demo/inbox").glob("*.eml"))) == mails


def test_a_week_of_holidays_is_skipped_with_the_reason_in_the_log(up: Up) -> None:
    wait_for_dags(up)

    run = up.run("weekly_scorecard__weekly", period="2025-12-25")

    states = {task["task_id"]: task["state"] for task in run["tasks"]}
    assert (run["state"], states["check"], states["close"]) == ("success", "skipped", "skipped")
    path = f"/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances/close/logs/1"
    assert "working_days has 4 rows for 22 – 28 December 2025, at least 5 needed" in up.api.get(path).text


def test_the_report_about_the_reports_reads_airflows_api_and_the_ledger(up: Up) -> None:
    wait_for_dags(up)

    run = up.run("weekly_report_runs__weekly")

    assert run["state"] == "success", run["tasks"]
    assert len(list((up.folder / "out/demo/inbox").glob("*data.team@northwind.example_report-runs*.eml"))) == 1


def test_the_hourly_look_finds_that_all_that_the_samples_need_can_be_used(up: Up) -> None:
    wait_for_dags(up)
    mails = len(list((up.folder / "out/demo/inbox").glob("*.eml")))

    run = up.run("reports_health")

    assert run["state"] == "success", run["tasks"]
    looked_at = {task["rendered_map_index"] for task in run["tasks"] if task["task_id"] == "probe"}
    assert looked_at >= {"demo_warehouse", "demo_mail", "demo_sftp", "demo_airflow", "the archive"}
    assert len(list((up.folder / "out/demo/inbox").glob("*.eml"))) == mails


def test_a_date_that_is_none_is_refused_by_the_trigger_form(up: Up) -> None:
    wait_for_dags(up)
    body = {"logical_date": None, "conf": {"period": "tomorrow"}}

    answer = up.api.post("/dags/morning_brief__daily/dagRuns", json=body)

    assert answer.status_code == 400
    assert "period" in answer.text


def test_a_second_one_in_the_same_folder_says_that_the_first_is_running(up: Up) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT / 'include'}", "DEMO_FOLDER": str(up.folder)}

    second = subprocess.run(
        [sys.executable, "-m", "demo.run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert second.returncode == 1
    assert "is running in this clone already; stop it first" in second.stderr


def test_ctrl_c_ends_it_and_leaves_no_process_behind(up: Up) -> None:
    below = psutil.Process(up.process.pid).children(recursive=True)
    assert len(below) > 4

    up.process.send_signal(signal.SIGINT)

    assert up.process.wait(60) == 0
    left = [process for process in below if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert left == []
