"""Reports that wait for their conditions, are skipped for them, or alarm: on a real Airflow."""

from __future__ import annotations

import email
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from demo.mail_server import MailServer
from live_airflow import client, running, wait_for
from scheduled_reports.archive import folder_name
from session import free_port
from specs import SALES, shop, write

RunDag = Callable[..., tuple[str, dict[str, Any]]]
ROWS = "run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n"


def flagged(wait: str) -> str:
    """Return the small spec that waits for a flag file."""
    return SALES.replace(ROWS, f"run_when:\n  all: [{{type: flag, file: ready.txt}}]\n  {wait}\n")


def manifest(project: Path) -> dict[str, Any]:
    paths = sorted((project / "archive").rglob("manifest.json"), key=lambda path: path.stat().st_mtime)
    return json.loads(paths[-1].read_text())


def ledger(project: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(project / "ledger.db")) as connection:
        return connection.execute(sql).fetchall()


def outcome(project: Path) -> tuple[str, str]:
    """Return the state and the reason of the newest run, on which ledger and manifest must agree."""
    state, reason = ledger(project, "SELECT state, reason FROM scheduled_reports_run ORDER BY started_at")[-1]
    noted = manifest(project)
    assert (noted["state"], noted["reason"]) == (state, reason)
    return state, reason


def mails(server: MailServer) -> dict[str, EmailMessage]:
    found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in server.messages()]
    return {mail["To"]: mail for mail in found}


def states(instances: dict[str, Any]) -> dict[str, str]:
    return {name: str(instance.state) for name, instance in instances.items()}


def test_a_run_whose_conditions_are_not_met_is_skipped_with_the_reason_everywhere(
    project: Path, inbox: MailServer, run_dag: RunDag, capfd: pytest.CaptureFixture[str]
) -> None:
    write(project, flagged("wait_for: 2s\n  every: 1s"))

    state, instances = run_dag("sales__daily")

    assert (state, inbox.messages()) == ("success", [])
    assert set(states(instances).values()) == {"skipped"}
    found, reason = outcome(project)
    assert found == "skipped"
    assert reason.endswith("after 2s of waiting")
    assert "ready.txt" in reason
    assert f"Skipped: {reason}" in capfd.readouterr().out


def test_a_flag_that_is_set_while_it_waits_sends_the_report(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, flagged("wait_for: 5m\n  every: 1s"))
    seen: list[tuple[Any, ...]] = []

    def set_flag_once_it_waits() -> None:
        deadline = time.monotonic() + 120
        while not seen and time.monotonic() < deadline:
            time.sleep(0.2)
            if (project / "ledger.db").exists():
                seen.extend(_waiting(project))
        (project / "include" / "ready.txt").touch()

    setter = threading.Thread(target=set_flag_once_it_waits)
    setter.start()
    state, instances = run_dag("sales__daily")
    setter.join()

    assert (state, len(inbox.messages())) == ("success", 2)
    assert set(states(instances).values()) == {"success"}
    assert instances["gate"].try_number == 1
    [(waiting, reason)] = seen
    assert waiting == "waiting"
    assert "ready.txt" in reason
    assert "; it waits until " in reason
    assert outcome(project) == ("delivered", "")


def _waiting(project: Path) -> list[tuple[Any, ...]]:
    try:
        return ledger(project, "SELECT state, reason FROM scheduled_reports_run WHERE state = 'waiting'")
    except sqlite3.OperationalError:  # its tables are not made yet
        return []


def test_a_report_that_waited_in_vain_goes_out_stale(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, flagged("wait_for: 1s\n  every: 1s\n  then: send_stale"))

    assert run_dag("sales__daily")[0] == "success"

    assert outcome(project) == ("delivered", "")
    [notice] = manifest(project)["notices"]
    assert notice["word"] == "STALE"
    mail = mails(inbox)["ann@northwind.example"]
    assert mail["Subject"].startswith("[STALE] ")
    body = mail.get_body(("html",))
    assert body is not None
    assert "after 1s of waiting" in body.get_content()


def test_a_report_that_waited_in_vain_tells_its_owner(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, flagged("wait_for: 1s\n  every: 1s\n  then: alert"))

    assert run_dag("sales__daily")[0] == "success"

    state, reason = outcome(project)
    assert (state, list(mails(inbox))) == ("skipped", ["owner@northwind.example"])
    assert reason.endswith("after 1s of waiting; owner@northwind.example was told")


def test_a_database_that_stays_away_while_it_waits_fails_the_run_and_its_owner_is_told(
    project: Path, inbox: MailServer, run_dag: RunDag, connection: Callable[..., None]
) -> None:
    connection("away", conn_type="postgres", host="127.0.0.1", port=9, schema="x", login="x", password="x")
    text = flagged("wait_for: 1s\n  every: 1s").replace("owner:", "retries: 1\nowner:")
    write(
        project,
        text.replace("{type: flag, file: ready.txt}", "{type: value, connection: away, sql: SELECT 1, above: 0}"),
    )

    state, instances = run_dag("sales__daily")

    assert (state, states(instances)["gate"], list(mails(inbox))) == ("failed", "failed", ["owner@northwind.example"])
    assert instances["gate"].try_number == 2
    assert "Connection refused" in outcome(project)[1]


def test_whoever_triggers_it_may_ignore_its_conditions_and_is_recorded(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(
        project,
        flagged("wait_for: 5m").replace(
            "content:\n", "alert: {when: [{type: rows, dataset: orders, at_least: 99}]}\ncontent:\n", 1
        ),
    )

    assert run_dag("sales__daily", ignore_conditions=True)[0] == "success"

    assert outcome(project) == ("delivered", "")
    assert len(inbox.messages()) == 2
    assert ledger(project, "SELECT kind, decision, decided_by FROM scheduled_reports_decision") == [
        ("conditions", "ignored", "dag_test")
    ]
    assert manifest(project)["overridden"] == "ignored, as dag_test asked"


ALERT = """\
alert:
  keys: {dataset: low, columns: [sku]}
  rearm_after: 1
content:
  - {type: table, dataset: low}
"""


def test_an_alert_is_sent_for_each_new_thing_and_armed_again_when_it_is_gone(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    text = SALES.replace(ROWS, "")
    text = text.replace("sources:\n", "sources:\n  stock: {type: sql, connection: shop, sql: SELECT * FROM stock}\n")
    text = text.replace("datasets:\n", "datasets:\n  low: {sql: SELECT sku FROM stock WHERE pieces < 100}\n")
    write(project, text.replace("content:\n", ALERT))

    found = []
    for day, pieces in enumerate([(200, 200), (80, 200), (80, 90), (80, 90), (200, 90), (80, 90)], start=1):
        with closing(sqlite3.connect(project / "shop.db")) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, pieces INT)")
            connection.executemany("REPLACE INTO stock VALUES (?, ?)", zip(("S1", "S2"), pieces, strict=True))
        before = len(inbox.messages())
        assert run_dag("sales__daily", period=f"2026-10-0{day}")[0] == "success"
        found.append((*outcome(project), len(inbox.messages()) - before))

    assert found == [
        ("skipped", "not alarming: low has no row for Thursday, 1 October 2026", 0),
        ("delivered", "", 2),
        ("delivered", "", 2),
        ("skipped", "nothing is new; S1, S2: still alarming, and was sent for 2026-10-03", 0),
        ("skipped", "nothing is new; S2: still alarming, and was sent for 2026-10-03", 0),
        ("delivered", "", 2),
    ]
    subject, body = mails(inbox)["ann@northwind.example"]["Subject"], mails(inbox)["ann@northwind.example"].get_body()
    assert subject.startswith("[ALERT] ")
    assert body is not None
    assert "New: S1; 2 in all." in body.get_content()


def test_a_run_waits_without_a_workers_slot_and_goes_on_when_its_flag_is_set(
    airflow_database: Path, tmp_path: Path
) -> None:
    write(tmp_path, flagged("wait_for: 10m\n  every: 1s").replace('"30 6 * * *"', "{type: manual}"))
    shop(tmp_path / "shop.db")
    shutil.copy(airflow_database, tmp_path / "airflow.db")
    port = free_port()
    with (
        MailServer(tmp_path / "inbox") as mail,
        running(tmp_path, port, mail, "demo:admin"),
        client(port, "demo") as api,
    ):
        wait_for(lambda: api.get("/dags/sales__daily").status_code == 200 or None, "DAG")

        def trigger(**conf: object) -> str:
            body = {"logical_date": None, "conf": {"period": "2026-10-01", **conf}}
            return str(api.post("/dags/sales__daily/dagRuns", json=body).json()["dag_run_id"])

        def state(run_id: str) -> Any:
            return api.get(f"/dags/sales__daily/dagRuns/{run_id}").json()["state"]

        def gate(run_id: str) -> Any:
            return api.get(f"/dags/sales__daily/dagRuns/{run_id}/taskInstances/gate").json()

        waits = trigger()
        wait_for(lambda: _waiting(tmp_path) or None, "waiting run")
        deferred = wait_for(lambda: found if (found := gate(waits))["state"] == "deferred" else None, "deferred gate")
        assert deferred["trigger"]["classpath"].endswith("temporal.DateTimeTrigger")
        assert (mail.messages(), state(waits)) == ([], "running")

        (tmp_path / "include" / "ready.txt").touch()
        wait_for(lambda: True if state(waits) in {"success", "failed"} else None, "end of the run")

        assert (state(waits), gate(waits)["try_number"], len(mail.messages())) == ("success", 1, 2)
        [path] = (tmp_path / "archive").glob(f"**/{folder_name(waits)}/manifest.json")
        assert json.loads(path.read_text())["state"] == "delivered"

        (tmp_path / "include" / "ready.txt").unlink()
        asked = trigger(period="2026-09-30", ignore_conditions=True)
        wait_for(lambda: True if state(asked) in {"success", "failed"} else None, "end of the run that ignores them")

        assert (state(asked), len(mail.messages())) == ("success", 4)
        assert ledger(tmp_path, "SELECT run_id, decided_by FROM scheduled_reports_decision") == [(asked, "demo")]
