"""The owner of a run that is still going after its deadline is told how far it has come."""

from __future__ import annotations

import datetime as dt
import email
import json
import logging
from collections.abc import Callable, Iterator
from email import policy
from pathlib import Path
from typing import Any

import pytest

from approvals import spec
from demo.mail_server import MailServer
from runs import NOW, connect_mail, ledger_of, run_of, use_settings
from scheduled_reports.ledger import RunState
from scheduled_reports.overdue import deadline_alert, tell_owner
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report, load
from scheduled_reports.steps.gate import gate
from specs import SALES, write

RUN = {
    "dag_run_id": "scheduled__2026-10-02T04:30:00+00:00", "run_type": "scheduled", "state": "running", "conf": {},
    "logical_date": "2026-10-02T04:30:00Z", "run_after": "2026-10-02T04:30:00Z", "start_date": "2026-10-02T04:30:04Z",
}  # fmt: skip
ESCALATE = "then: escalate\nescalate_to: [{user: cleo, email: cleo@northwind.example}]\n"
FACTS = {
    "report_id": "sales", "schedule_id": "daily", "title": "Sales", "owner": "owner@northwind.example",
    "timezone": "Europe/Berlin", "deadline": "45m",
}  # fmt: skip


@pytest.fixture
def inbox(tmp_path: Path, connection: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """Run a mail server, and give Airflow its connection and those of our settings."""
    use_settings(monkeypatch, tmp_path)
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        yield server


def under_way(folder: Path, **seconds: float) -> Run:
    """Return a run that has opened, and whose steps so far took this long."""
    run = run_of(folder, run_id=RUN["dag_run_id"])
    gate(run, ledger_of(folder), NOW)
    run.folder.note(seconds=seconds)
    return run


def told(inbox: MailServer, **changes: Any) -> list[tuple[str, str]]:
    """Tell the owner of the run, and return the (subject, text) of what arrived."""
    tell_owner(**FACTS, context={"dag_run": {**RUN, **changes}, "deadline": {}})
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in inbox.messages()]
    assert {mail["To"] for mail in mails} <= {"owner@northwind.example"}
    return [(mail["Subject"], mail.get_content().replace("\r\n", "\n")) for mail in mails]


def test_the_owner_learns_the_period_the_times_the_step_and_what_to_do(tmp_path: Path, inbox: MailServer) -> None:
    run = under_way(tmp_path, gate=0.2)

    [(subject, text)] = told(inbox)

    assert subject == "Still going: Sales, Thursday, 1 October 2026"
    assert text.splitlines()[:6] == [
        "Sales, Thursday, 1 October 2026 is still going, more than 45m after it was due.",
        "",
        "Due: 2026-10-02 06:30:00 CEST",
        "Began: 2026-10-02 06:30:04 CEST",
        "Step: extract",
        "",
    ]
    assert "mark the run there as failed" in text
    assert text.endswith(f"Report sales, schedule daily, run {RUN['dag_run_id']}\nFiles: {run.folder.uri}\n")


def test_the_step_is_the_one_after_those_that_are_over(tmp_path: Path, inbox: MailServer) -> None:
    under_way(tmp_path, gate=0.2, extract=3, check=0.1, render=8)

    [(_, text)] = told(inbox)

    assert "\nStep: deliver\n" in text


def test_the_error_of_a_step_that_is_tried_again_is_told(tmp_path: Path, inbox: MailServer) -> None:
    run = under_way(tmp_path, gate=0.2)
    ledger_of(tmp_path).end(run, RunState.RUNNING, "the shop's database is locked")

    [(_, text)] = told(inbox)

    assert "Step: extract\nIts last error, after which it is tried again: the shop's database is locked\n" in text


def test_a_run_for_another_period_is_told_as_that(tmp_path: Path, inbox: MailServer) -> None:
    write(tmp_path)

    [(subject, text)] = told(
        inbox, run_type="manual", logical_date=None, conf={"period_start": "2026-09-01", "period_end": "2026-10-01"}
    )

    assert subject == "Still going: Sales, September 2026"
    assert "more than 45m after it was asked for." in text
    assert "\nAsked for: 2026-10-02 06:30:00 CEST\n" in text
    assert "\nStep: gate\n" in text


def test_a_run_that_has_not_begun_is_told_as_waiting(tmp_path: Path, inbox: MailServer) -> None:
    write(tmp_path)

    [(_, text)] = told(inbox, state="queued", start_date=None)

    assert "\nBegan: not yet\nStep: none; it waits until fewer runs are under way" in text


@pytest.mark.parametrize(
    "changes",
    [{"state": "success"}, {"state": "failed"}, {"run_type": "backfill"}],
    ids=["success", "failed", "backfill"],
)
def test_nobody_is_told_of_a_run_that_has_ended_or_that_nobody_waits_for(
    tmp_path: Path, inbox: MailServer, changes: dict[str, str]
) -> None:
    under_way(tmp_path, gate=0.2)

    assert told(inbox, **changes) == []


@pytest.mark.parametrize(
    ("state", "reason", "step"),
    [
        (RunState.WAITING, "calls has 12 rows, at least 500 needed; it waits until 2026-10-02 07:30:00", "gate"),
        (RunState.HELD, "customer is empty in 1 of 3 rows; ana may approve it until 2026-10-03 06:30:00", "approve"),
    ],
)
def test_a_run_that_waits_is_told_with_what_it_waits_for(
    tmp_path: Path, inbox: MailServer, state: RunState, reason: str, step: str
) -> None:
    ledger_of(tmp_path).end(under_way(tmp_path, gate=0.2, approve=0.1), state, reason)

    [(_, text)] = told(inbox)

    assert f"\nStep: {step}\nIt waits: {reason}\n" in text


@pytest.mark.parametrize(
    ("fields", "done", "step"),
    [("", "render", "approve"), ("", "approve", "deliver"), (ESCALATE, "approve", "escalate")],
    ids=["to be approved", "approved", "to be escalated"],
)
def test_a_report_that_somebody_approves_has_that_step(
    tmp_path: Path, inbox: MailServer, fields: str, done: str, step: str
) -> None:
    run = run_of(tmp_path, spec(fields), run_id=RUN["dag_run_id"])
    gate(run, ledger_of(tmp_path), NOW)
    run.folder.note(seconds={done: 1})

    [(_, text)] = told(inbox)

    assert f"\nStep: {step}\n" in text


@pytest.mark.parametrize("state", [RunState.DELIVERED, RunState.FAILED, RunState.SKIPPED, RunState.DROPPED])
def test_nobody_is_told_of_a_run_that_has_been_settled_meanwhile(
    tmp_path: Path, inbox: MailServer, state: RunState
) -> None:
    ledger_of(tmp_path).end(under_way(tmp_path, gate=0.2), state)

    assert told(inbox) == []


def test_a_broken_or_missing_spec_or_archive_does_not_keep_the_owner_from_being_told(
    tmp_path: Path, inbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, SALES.replace("type: csv", "type: cvs"))
    told(inbox)
    (tmp_path / "report_specs" / "sales.yaml").unlink()
    told(inbox)
    write(tmp_path, SALES.replace("id: daily", "id: weekly"))
    told(inbox)
    write(tmp_path)
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ARCHIVE", "nope://x")

    found = told(inbox)

    assert [subject for subject, _ in found] == ["Still going: Sales"] * 4
    assert all("Step:" not in text and "Files:" not in text for _, text in found)


def test_those_who_wait_for_it_are_told_too_where_the_spec_says_so(tmp_path: Path, inbox: MailServer) -> None:
    text = f"{SALES}tell_late: true\n".replace("body: html_email", 'body: html_email\n    deliver_at: "00:00"')
    copy = "  - {type: email, id: copy, connection: mail, to: cai@northwind.example, attach: csv, only_if: orders}\n"
    run = run_of(tmp_path, text.replace("schedules:\n", f"{copy}schedules:\n"), run_id=RUN["dag_run_id"])
    gate(run, ledger_of(tmp_path), NOW)

    for _ in range(2):
        tell_owner(**FACTS, context={"dag_run": RUN, "deadline": {}})

    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in inbox.messages()]
    assert [(str(mail["To"]).partition("@")[0], mail["Subject"].partition(":")[0]) for mail in mails] == [
        ("ann", "Late"), ("ben", "Late"), ("owner", "Still going"), ("owner", "Still going"),
    ]  # fmt: skip


def test_who_is_to_get_it_later_is_not_told_that_it_is_late(tmp_path: Path, inbox: MailServer) -> None:
    text = f"{SALES}tell_late: true\n".replace("body: html_email", 'body: html_email\n    deliver_at: "12:00"')
    run = run_of(tmp_path, text, run_id=RUN["dag_run_id"])
    gate(run, ledger_of(tmp_path), NOW)
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    run.folder.note(run={**run.folder.manifest()["run"], "started_at": tomorrow.isoformat()})

    assert [subject for subject, _ in told(inbox)] == ["Still going: Sales, Thursday, 1 October 2026"]


def test_a_mail_server_that_is_away_is_logged(
    tmp_path: Path, inbox: MailServer, connection: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    connect_mail(connection, 9)

    with caplog.at_level(logging.ERROR):
        assert told(inbox) == []

    assert "The owner owner@northwind.example could not be told" in caplog.text


def test_only_a_schedule_with_a_deadline_has_an_alert(tmp_path: Path) -> None:
    report = load(write(tmp_path), tmp_path / "include")
    assert isinstance(report, Report)

    assert deadline_alert(report, report.spec.schedules[0]) is None


def test_the_alert_is_small_enough_to_be_stored_and_its_function_never_moves(tmp_path: Path) -> None:
    text = SALES.replace("{id: daily,", "{id: daily, deadline: 45m,")
    report = load(write(tmp_path, text), tmp_path / "include")
    assert isinstance(report, Report)

    alert = deadline_alert(report, report.spec.schedules[0])

    assert alert is not None
    assert alert.interval == dt.timedelta(minutes=45)
    assert alert.callback.path == "scheduled_reports.overdue.tell_owner"
    assert json.loads(json.dumps(alert.callback.kwargs)) == FACTS
