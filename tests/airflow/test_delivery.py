"""Deliveries on a real Airflow: parked until they are due, repeated, cleared, and taken over from a killed worker."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from demo.mail_server import MailServer
from hanging_mail import HangingMail
from live_airflow import client, running, wait_for
from runs import connect_mail, ledger_of
from scheduled_reports.ledger.tables import delivery
from session import free_port
from specs import SALES, shop, write

pytestmark = pytest.mark.timeout(900)
RunDag = Callable[..., tuple[str, dict[str, Any]]]
PERIOD = {"period": "2026-10-01"}


def spec(prefix: str, *fields: str) -> str:
    """Return the small spec, mailed to two people of its own, with more fields of its destination."""
    text = SALES.replace("ann@", f"{prefix}_ann@").replace("ben@", f"{prefix}_ben@")
    return text.replace("body: html_email", "\n    ".join(("body: html_email", *fields)))


LATER = spec("later").replace("schedules:\n", "  - {type: email, id: copy, connection: mail, "
                              "to: later_cai@northwind.example, attach: csv}\nschedules:\n")  # fmt: skip


@dataclass
class Up:
    """A running Airflow, its REST API, and the mail server that its reports go to."""

    folder: Path
    api: httpx.Client
    mail: HangingMail

    def trigger(self, dag_id: str) -> str:
        """Begin a run; return where the API has it."""

        def begun() -> str | None:
            answer = self.api.post(f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": PERIOD})
            return str(answer.json()["dag_run_id"]) if answer.status_code == 200 else None

        return f"/dags/{dag_id}/dagRuns/{wait_for(begun, f'run of {dag_id}')}"

    def deliveries(self, run: str) -> list[dict[str, Any]]:
        """Return the instances of the task `deliver`."""
        found = self.api.get(f"{run}/taskInstances").json()["task_instances"]
        return [entry for entry in found if entry["task_id"] == "deliver" and entry["map_index"] >= 0]

    def until(self, run: str, *states: str) -> list[dict[str, Any]]:
        """Wait until the deliveries have these states, and return them."""

        def reached() -> list[dict[str, Any]] | None:
            found = self.deliveries(run)
            return found if [entry["state"] for entry in found] == list(states) else None

        found: list[dict[str, Any]] = wait_for(reached, f"{states} of {run}")
        return found

    def ended(self, run: str) -> str:
        """Wait until a run has ended; return its state."""

        def state() -> str | None:
            found = str(self.api.get(run).json()["state"])
            return found if found in {"success", "failed"} else None

        return str(wait_for(state, f"end of {run}"))

    def states(self, report_id: str) -> dict[str, tuple[str, str]]:
        """Return what the ledger says of a report's deliveries: state and error, by name."""

        ledger = ledger_of(self.folder)
        rows = ledger.read(select(delivery).where(delivery.c.report_id == report_id).order_by(delivery.c.recipient))
        return {row.recipient.partition("@")[0].partition("_")[2]: (row.state, row.error) for row in rows}

    def got(self, prefix: str) -> list[str]:
        """Return who of a report's people got mail, in order."""
        names = [address.partition("@")[0] for address in self.mail.taken]
        return [name.partition("_")[2] for name in names if name.startswith(f"{prefix}_")]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Run Airflow over reports whose mail server hangs after it has taken a message to ann."""
    folder, port = tmp_path_factory.mktemp("delivery"), free_port()
    write(folder, spec("held"), "held")
    write(folder, spec("resent", "on_uncertain: resend"), "resent")
    write(folder, LATER, "later")
    shop(folder / "shop.db")
    hangs = frozenset({"held_ann@northwind.example", "resent_ann@northwind.example"})
    haste = {"SCHEDULED_REPORTS__LEASE_SECONDS": 6, "SCHEDULED_REPORTS__RETRY_DELAY_SECONDS": 1}
    with (
        HangingMail(hangs) as mail,
        running(folder, port, mail, "demo:admin", **haste),
        client(port, "demo") as api,
    ):
        yield Up(folder, api, mail)


def killed(up: Up, dag_id: str) -> str:
    """Begin a run and kill the task that delivers, at the moment when the server has the first message."""
    up.mail.hold()
    run = up.trigger(dag_id)
    assert up.mail.hanging.wait(300)
    [task] = up.deliveries(run)
    os.kill(task["pid"], signal.SIGKILL)
    up.mail.release()
    return run


def test_what_a_killed_worker_had_handed_over_is_held_and_the_others_get_theirs(up: Up) -> None:
    run = killed(up, "held__daily")

    assert up.ended(run) == "failed"
    assert up.got("held") == ["ann", "ben"]
    states = up.states("held")
    assert {name: state for name, (state, _) in states.items()} == {"ann": "uncertain", "ben": "delivered"}
    assert "the worker ended between sending and its receipt" in states["ann"][1]
    assert up.mail.taken.count("owner@northwind.example") == 1


def test_what_a_killed_worker_had_handed_over_is_sent_again_where_the_spec_says_so(up: Up) -> None:
    run = killed(up, "resent__daily")

    assert up.ended(run) == "success"
    assert sorted(up.got("resent")) == ["ann", "ann", "ben"]
    assert {state for state, _ in up.states("resent").values()} == {"delivered"}


def test_a_mapped_delivery_is_parked_until_it_is_due_and_keeps_its_name(up: Up) -> None:
    due = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=100)
    field = f'deliver_at: "{due:%H:%M} UTC"'
    write(up.folder, LATER.replace("body: html_email", f"body: html_email\n    {field}"), "later")
    run = up.trigger("later__daily")

    parked, sent = up.until(run, "deferred", "success")

    assert (parked["rendered_map_index"], sent["rendered_map_index"]) == ("email", "copy")
    here = due.astimezone(dt.timezone(dt.timedelta(hours=1)))
    assert up.states("later")["ann"] == ("planned", f"due at {due:%H:%M} UTC ({here:%H:%M} here)")
    assert up.got("later") == ["cai"]
    assert up.ended(run) == "success"
    assert dt.datetime.now(dt.UTC) >= due.replace(second=0, microsecond=0)
    assert up.got("later") == ["cai", "ann", "ben"]
    assert [(task["rendered_map_index"], task["try_number"]) for task in up.deliveries(run)] == [
        ("email", 1),
        ("copy", 1),
    ]


def test_one_refused_of_three_is_not_repeated_and_the_others_have_theirs(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, SALES.replace("to: [", "to: [nobody@northwind.example, "))

    state, instances = run_dag("sales__daily")

    assert (state, instances["deliver[0]"].try_number) == ("failed", 1)
    assert [path.name.split("_")[1].partition("@")[0] for path in inbox.messages()] == ["ann", "ben", "owner"]


def test_airflow_repeats_only_what_failed_for_now(
    project: Path, inbox: MailServer, run_dag: RunDag, connection: Callable[..., None]
) -> None:
    says = {"ann@northwind.example": ["451 4.3.0 later"] * 2, "ben@northwind.example": ["550 5.1.1 no such mailbox"]}
    with HangingMail(says=says) as server:
        connect_mail(connection, server.port)
        write(project, SALES.replace("to: [", "to: [cai@northwind.example, "))

        state, instances = run_dag("sales__daily")

    assert (state, instances["deliver[0]"].try_number) == ("failed", 3)
    assert server.taken == ["cai@northwind.example", "ann@northwind.example", "owner@northwind.example"]


def test_the_task_failover_delivers_another_way_and_the_run_is_green(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    standby = "  - {type: email, id: desk, standby: true, connection: mail, to: desk@northwind.example, attach: csv}\n"
    text = SALES.replace("ann@", "nobody@").replace("body: html_email", "body: html_email\n    failover: desk")
    write(project, text.replace("schedules:\n", f"{standby}schedules:\n"))

    state, instances = run_dag("sales__daily")

    found = {name: str(instance.state) for name, instance in instances.items()}
    assert (found["deliver[0]"], found["failover"], found["close"], state) == (
        "failed",
        "success",
        "success",
        "success",
    )
    assert "deliver[1]" not in found
    assert [path.name.split("_")[1].partition("@")[0] for path in inbox.messages()] == ["ben", "desk", "owner"]


def test_a_failure_that_is_not_mended_is_escalated_and_the_run_is_red(
    project: Path, inbox: MailServer, run_dag: RunDag
) -> None:
    write(project, SALES.replace("ann@", "nobody@") + "escalate: {to: ops@northwind.example, after: 1s}\n")

    state, instances = run_dag("sales__daily")

    assert (state, str(instances["close"].state), str(instances["escalate_failure"].state)) == ("failed",) * 3
    assert [path.name.split("_")[1].partition("@")[0] for path in inbox.messages()] == ["ben", "owner", "ops"]


def test_a_run_that_is_well_has_nothing_to_escalate(project: Path, inbox: MailServer, run_dag: RunDag) -> None:
    write(project, f"{SALES}escalate: {{to: ops@northwind.example, after: 30m}}\n")

    state, instances = run_dag("sales__daily")

    assert (state, str(instances["escalate_failure"].state), len(inbox.messages())) == ("success", "skipped", 2)
