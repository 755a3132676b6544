"""Reports that wait for people, on a real Airflow: its own page asks, its REST API takes the answers."""

from __future__ import annotations

import email
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from approvals import held_spec
from demo.mail_server import MailServer
from live_airflow import client, running, wait_for
from runs import ledger_of
from scheduled_reports.archive import folder_name
from session import free_port
from specs import shop, write

pytestmark = pytest.mark.timeout(600)
USERS = "demo:admin,ana:user,ben:user,cleo:user,dora:user,vic:viewer"
ESCALATE = "within: 40s\nthen: escalate\nescalate_to: [{user: cleo, email: cleo@northwind.example}]\n"
SPECS = {
    "held": held_spec("within: 1h\n"),
    "escalating": held_spec(ESCALATE),
    "unknown": held_spec().replace("user: ben", "user: benn"),
}


HASTE = 10
"""Seconds: Airflow loses an answer that comes before its scheduler has noticed that the task waits."""


@dataclass
class Up:
    """A running Airflow, its users, and a run of each DAG."""

    folder: Path
    users: dict[str, httpx.Client]
    runs: dict[str, str]

    def ended(self, dag_id: str) -> dict[str, str]:
        """Wait until the run has ended, and return the state of it and of its tasks."""
        path = f"/dags/{dag_id}/dagRuns/{self.runs[dag_id]}"
        demo = self.users["demo"]

        def state() -> str | None:
            found: str = demo.get(path).json()["state"]
            return found if found in {"success", "failed"} else None

        ended = wait_for(state, f"end of {dag_id}")
        tasks = demo.get(f"{path}/taskInstances").json()["task_instances"]
        return {"run": ended, **{entry["task_id"]: entry["state"] for entry in tasks}}

    def question(self, dag_id: str, task: str = "approve", at: int = 1) -> dict[str, Any]:
        """Wait until the task of its `at`th try waits for an answer, and return what it asks."""
        path = f"/dags/{dag_id}/dagRuns/{self.runs[dag_id]}/taskInstances/{task}"

        def waiting() -> Any:
            found = self.users["demo"].get(path).json()
            if (found["state"], found["try_number"]) != ("awaiting_input", at):
                return None
            return self.users["demo"].get(f"{path}/-1/hitlDetails").json()

        found: dict[str, Any] = wait_for(waiting, f"question of {dag_id}")
        time.sleep(HASTE)
        return found

    def answer(self, dag_id: str, user: str, option: str, comment: str = "", task: str = "approve") -> int:
        """Answer as a user; return the HTTP status."""
        path = f"/dags/{dag_id}/dagRuns/{self.runs[dag_id]}/taskInstances/{task}/-1/hitlDetails"
        body = {"chosen_options": [option], "params_input": {"comment": comment or None}}
        return self.users[user].patch(path, json=body).status_code

    def clear(self, dag_id: str, *tasks: str) -> None:
        """Clear tasks and those after them."""
        body = {"dry_run": False, "dag_run_id": self.runs[dag_id], "task_ids": list(tasks), "include_downstream": True,
                "only_failed": False, "reset_dag_runs": True}  # fmt: skip
        cleared = self.users["demo"].post(f"/dags/{dag_id}/clearTaskInstances", json=body)
        assert cleared.status_code == 200, cleared.text

    def ledger(self, dag_id: str) -> tuple[str, str, list[tuple[str, str, str]]]:
        """Return what the ledger says of the run: its state, the reason, and who decided what."""
        from scheduled_reports.ledger.runs import runs_of

        ledger = ledger_of(self.folder)
        try:
            [record] = runs_of(ledger, dag_id.partition("__")[0], run_id=self.runs[dag_id])
        finally:
            ledger.close()
        decisions = [(entry.decision, entry.decided_by, entry.comment) for entry in record.decisions]
        return record.state, record.reason, decisions

    def manifest(self, dag_id: str) -> dict[str, Any]:
        """Return what the run noted."""
        report, _, schedule = dag_id.partition("__")
        [path] = (self.folder / "archive" / report / schedule).glob(f"*/{folder_name(self.runs[dag_id])}/manifest.json")
        return json.loads(path.read_text())

    def mails(self, about: str, to: str = "") -> list[EmailMessage]:
        """Return the mails about a report that somebody got."""
        paths = sorted((self.folder / "inbox").glob("*.eml"))
        found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [mail for mail in found if about in mail["Subject"] and to in str(mail["To"])]


@pytest.fixture(scope="module")
def up(airflow_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Run Airflow over reports that wait for people, and trigger each of their DAGs."""
    folder, port = tmp_path_factory.mktemp("approval"), free_port()
    for name, text in SPECS.items():
        write(folder, text.replace("title: Sales", f"title: {name}"), name)
    shop(folder / "shop.db")
    shutil.copy(airflow_database, folder / "airflow.db")
    with MailServer(folder / "inbox") as mail, ExitStack() as stack:
        sweep = {"SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": 1}
        stack.enter_context(running(folder, port, mail, USERS, **sweep))
        users = {
            name: stack.enter_context(client(port, name)) for name in ("demo", "ana", "ben", "cleo", "dora", "vic")
        }
        yield Up(
            folder,
            users,
            {dag_id: _triggered(users["demo"], dag_id) for dag_id in (f"{name}__daily" for name in SPECS)},
        )


def _triggered(api: httpx.Client, dag_id: str) -> str:
    """Trigger a DAG as soon as Airflow has it; return the run's id."""
    body = {"logical_date": None, "conf": {"period": "2026-10-01"}}

    def post() -> Any:
        answer = api.post(f"/dags/{dag_id}/dagRuns", json=body)
        return answer.json()["dag_run_id"] if answer.status_code == 200 else None

    found: str = wait_for(post, f"DAG {dag_id}")
    return found


def test_where_nobody_answers_the_next_are_asked_and_only_they_may_answer(up: Up) -> None:
    asked = up.question("escalating__daily", "escalate")
    assert [user["id"] for user in asked["assigned_users"]] == ["cleo"]
    assert up.answer("escalating__daily", "ana", "Approve", task="escalate") == 403
    assert up.answer("escalating__daily", "cleo", "Approve", task="escalate") == 200

    tasks = up.ended("escalating__daily")

    assert (tasks["approve"], tasks["escalate"], tasks["deliver"]) == ("success",) * 3
    assert up.ledger("escalating__daily") == ("delivered", "", [("escalated", "", ""), ("approved", "cleo", "")])
    assert [len(up.mails("May this be sent? escalating", name)) for name in ("ana", "ben", "cleo")] == [1, 1, 1]


def test_a_rejected_report_is_dropped_and_made_anew_it_is_asked_about_anew_approved_and_sent(up: Up) -> None:
    asked = up.question("held__daily")
    assert asked["subject"] == "May this be sent? held, Thursday, 1 October 2026"
    assert r"| complete\_orders | failed, holds the report |" in asked["body"]
    assert [user["id"] for user in asked["assigned_users"]] == ["ana", "ben"]
    assert up.ledger("held__daily")[0] == "held"
    [told] = up.mails("May this be sent? held", "ben")
    assert f"/dags/held__daily/runs/{quote(up.runs['held__daily'])}/tasks/approve/required_actions\n" in _text(told)
    assert up.answer("held__daily", "dora", "Approve") == 403
    assert up.answer("held__daily", "vic", "Approve") == 403
    assert up.answer("held__daily", "ana", "Reject", "wait for the shop") == 200

    tasks = up.ended("held__daily")

    assert (tasks["run"], tasks["approve"], tasks["deliver"], tasks["close"]) == ("success", *("skipped",) * 3)
    reason = "rejected by ana: wait for the shop"
    assert up.ledger("held__daily")[:2] == ("dropped", reason)
    assert up.manifest("held__daily")["state"] == "dropped"
    assert reason in _text(up.mails("Not sent: held", "owner")[0])
    assert up.mails("held · ") == []

    up.clear("held__daily", "render")
    up.question("held__daily", at=2)
    assert up.answer("held__daily", "ben", "Approve", "a known gap") == 200

    tasks = up.ended("held__daily")

    assert (tasks["run"], tasks["approve"], tasks["deliver"], tasks["close"]) == ("success",) * 4
    decisions = [("rejected", "ana", "wait for the shop"), ("approved", "ben", "a known gap")]
    assert up.ledger("held__daily") == ("delivered", "", decisions)
    assert [entry["decision"] for entry in up.manifest("held__daily")["decisions"]] == ["rejected", "approved"]
    assert len(up.mails("held · ")) == 2
    assert len(up.mails("May this be sent? held", "ana")) == 2


def test_an_approver_whom_airflow_does_not_know_fails_the_run_at_once(up: Up) -> None:
    tasks = up.ended("unknown__daily")

    assert (tasks["run"], tasks["approve"], tasks["deliver"]) == ("failed", "failed", "upstream_failed")
    state, reason, _ = up.ledger("unknown__daily")
    assert state == "failed"
    assert "Airflow knows no user 'benn'" in reason
    assert "did you mean 'ben'?" in reason
    [mail] = up.mails("unknown", "owner")
    assert "did you mean 'ben'?" in _text(mail)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
