"""A run waits for its conditions, gives up, or goes on: each said in words, and noted."""

from __future__ import annotations

import datetime as dt
import email
import importlib
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, run_of
from scheduled_reports.errors import CheckError, DeliveryError
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.schedule.freshness import Start
from scheduled_reports.steps import RunSkipped, RunWaits
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scripted import ASKED, Scripted, judged_by
from specs import SALES
from steps.flagged import MINUTE, at, flagged


@pytest.fixture(autouse=True)
def _airflow_has_set_up_logging() -> None:
    """Import before a test what replaces the handlers of whoever listens."""
    importlib.import_module("airflow.sdk").ObjectStoragePath("file:///")


def test_a_run_waits_for_a_flag_and_goes_on_when_it_is_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run, ledger = run_of(tmp_path, flagged()), ledger_of(tmp_path)
    caplog.set_level(logging.INFO)

    with pytest.raises(RunWaits, match=r"ready.txt.*; it waits until 2026-10-02 07:15:00") as waits:
        at(run, ledger, 10)

    assert waits.value.until == NOW + 15 * MINUTE
    assert run.folder.manifest()["state"] == "waiting"
    assert run.folder.manifest()["conditions"][0]["met"] is False
    assert "Not met yet, 0:10:00 after the run began, 0:35:00 before it gives up: " in caplog.text
    assert caplog.text.rstrip().endswith("; asked again at 06:45:00")
    (tmp_path / "include" / "ready.txt").touch()
    assert at(run, ledger, 15)["deliveries"] == 2
    assert (run.folder.manifest()["state"], run.folder.manifest()["notices"]) == ("running", [])


def test_the_last_time_it_is_asked_is_when_it_gives_up(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, flagged()), ledger_of(tmp_path)

    with pytest.raises(RunWaits) as waits:
        at(run, ledger, 43)
    assert waits.value.until == NOW + 45 * MINUTE
    with pytest.raises(RunSkipped, match=r"ready.txt.*, after 45m of waiting$"):
        at(run, ledger, 45)


@pytest.mark.parametrize(("every", "minutes"), [("2s", 10.0), ("5m", 44.99)])
def test_it_never_asks_again_before_airflow_has_handled_the_end_of_the_last_time(
    tmp_path: Path, every: str, minutes: float
) -> None:
    text = flagged().replace("every: 5m", f"every: {every}")

    with pytest.raises(RunWaits) as waits:
        at(run_of(tmp_path, text), ledger_of(tmp_path), minutes)

    assert waits.value.until == NOW + minutes * MINUTE + dt.timedelta(seconds=10)


def test_what_comes_in_the_last_moment_still_counts(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, flagged()), ledger_of(tmp_path)
    with pytest.raises(RunWaits):
        at(run, ledger, 44)
    (tmp_path / "include" / "ready.txt").touch()

    assert at(run, ledger, 46)["deliveries"] == 2


def test_a_run_that_waited_longer_than_its_grace_is_not_too_late_and_one_that_began_too_late_does_not_wait(
    tmp_path: Path,
) -> None:
    text = flagged().replace("wait_for: 45m", "wait_for: 3h")
    run, ledger = run_of(tmp_path, text, due=NOW), ledger_of(tmp_path)
    with pytest.raises(RunWaits):
        at(run, ledger, 1)
    (tmp_path / "include" / "ready.txt").touch()

    assert at(run, ledger, 170)["deliveries"] == 2
    late = run_of(tmp_path, text, due=NOW - 61 * MINUTE, run_id="scheduled__2")
    with pytest.raises(RunSkipped, match="began more than 1h late"):
        at(late, ledger, 0)


def test_a_cleared_run_waits_anew(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, flagged(), due=NOW), ledger_of(tmp_path)
    with pytest.raises(RunSkipped):
        at(run, ledger, 50)

    with pytest.raises(RunWaits, match="until 2026-10-02 11:15:00"):
        gate(run, ledger, NOW + 240 * MINUTE, asked_at=NOW + 241 * MINUTE)


def test_without_a_wait_it_is_skipped_at_once(tmp_path: Path) -> None:
    text = SALES.replace("{type: rows, dataset: orders, at_least: 1}", "{type: flag, file: ready.txt}")

    with pytest.raises(RunSkipped) as skipped:
        at(run_of(tmp_path, text), ledger_of(tmp_path), 0)
    assert "ready.txt" in str(skipped.value)
    assert "waiting" not in str(skipped.value)


def test_stale_goes_on_with_a_banner_and_its_data_still_counts(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_shop(connection, tmp_path)
    text = flagged("  then: send_stale\n").replace(
        "ready.txt}]", "ready.txt}, {type: rows, dataset: orders, at_least: 9}]"
    )
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)

    assert at(run, ledger, 45)["deliveries"] == 2

    [notice] = run.folder.manifest()["notices"]
    assert notice["word"] == "STALE"
    assert notice["text"].endswith("after 45m of waiting.")
    extract(run)
    with pytest.raises(RunSkipped) as skipped:
        check(run, ledger)
    assert str(skipped.value) == "orders has 3 rows for Thursday, 1 October 2026, at least 9 needed"
    (tmp_path / "include" / "ready.txt").touch()
    at(run, ledger, 46)
    assert run.folder.manifest()["notices"] == []
    assert run.folder.manifest()["overridden"] == ""


def test_stale_data_that_is_enough_is_sent(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_shop(connection, tmp_path)
    text = flagged("  then: send_stale\n").replace(
        "ready.txt}]", "ready.txt}, {type: rows, dataset: orders, at_least: 1}]"
    )
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    at(run, ledger, 45)
    extract(run)

    assert check(run, ledger)["all[2]"] == "orders has 3 rows"


def test_alert_tells_the_owner_once_and_skips(tmp_path: Path, connection: Callable[..., None]) -> None:
    run, ledger = run_of(tmp_path, flagged("  then: alert\n")), ledger_of(tmp_path)
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        with pytest.raises(RunWaits):
            at(run, ledger, 44)
        with pytest.raises(RunSkipped, match=r"after 45m of waiting; owner@northwind.example was told"):
            at(run, ledger, 45)
        [path] = server.messages()

    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("owner@northwind.example", "Not sent: Sales, Thursday, 1 October 2026")
    assert "ready.txt" in mail.get_content()
    assert "sales__daily by hand for this period and set 'Ignore conditions'" in mail.get_content()


def test_an_owner_who_cannot_be_told_is_no_silent_skip(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_mail(connection, 9)

    with pytest.raises(DeliveryError) as caught:
        at(run_of(tmp_path, flagged("  then: alert\n")), ledger_of(tmp_path), 45)
    assert caught.value.retryable


def test_the_ledger_keeps_what_was_measured_at_the_gate_too(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_shop(connection, tmp_path)
    gate_value, data_value = Scripted(name="a", value=7.5), Scripted(name="b", data=True, value="x")
    run, ledger = judged_by(run_of(tmp_path), gate_value, data_value), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)
    check(run, ledger)

    rows = sqlite3.connect(tmp_path / "ledger.db").execute(
        "SELECT name, value, text FROM scheduled_reports_measure WHERE kind = 'condition' ORDER BY value"
    )
    assert set(rows) == {(gate_value.key, 7.5, None), (data_value.key, None, "x")}


def test_another_run_that_delivers_meanwhile_ends_the_wait(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, flagged()), ledger_of(tmp_path)
    with pytest.raises(RunWaits):
        at(run, ledger, 1)
    other = replace(run, run_id="manual__2", ignore_conditions=True, asked_by="ann")
    at(other, ledger, 2)
    for entry in owed(other, ledger):
        ledger.claim(entry.id)
        ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>")

    with pytest.raises(RunSkipped, match="was delivered already"):
        at(run, ledger, 3)


def test_what_the_gate_found_is_no_answer_to_what_the_spec_asks_by_now(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    ledger, known = ledger_of(tmp_path), Scripted(says=(True,), name="a")
    run = judged_by(run_of(tmp_path), known)
    at(run, ledger, 0)
    extract(run)

    changed = judged_by(run, Scripted(says=(False,), name="b"))

    assert check(judged_by(run, known), ledger)["all[1]"] == "a is there"
    assert ASKED == {}
    with pytest.raises(RunSkipped, match="b is not there"):
        check(changed, ledger)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("", "it waits up to 45m for that, and then is skipped"),
        ("  then: send_stale\n", "it waits up to 45m for that, and then goes on with a STALE banner"),
        ("  then: alert\n", "it waits up to 45m for that, and then is skipped, and the owner is told"),
    ],
)
def test_a_preview_says_what_the_dag_would_do(
    tmp_path: Path, connection: Callable[..., None], then: str, told: str
) -> None:
    connect_shop(connection, tmp_path)
    run = run_of(tmp_path, flagged(then))
    extract(run)

    with pytest.raises(RunSkipped) as skipped:
        check(run)
    assert str(skipped.value).endswith(f"; {told}")


def test_a_run_that_goes_on_without_its_assets_keeps_saying_so_while_it_waits_for_its_conditions(
    tmp_path: Path,
) -> None:
    when = '{type: assets, all_of: [orders, fx], deadline: {type: daily, at: "06:30"}, otherwise: stale}'
    text = flagged("  then: send_stale\n").replace('"30 6 * * *"', when)
    run, ledger = run_of(tmp_path, text, due=NOW), ledger_of(tmp_path)
    start = Start(NOW, at_deadline=True, updates={"orders": NOW, "fx": None})

    with pytest.raises(RunWaits):
        gate(run, ledger, NOW, start, asked_at=NOW + 5 * MINUTE)
    gate(run, ledger, NOW, start, asked_at=NOW + 45 * MINUTE)

    first, second = run.folder.manifest()["notices"]
    assert first == {"word": "STALE", "text": "fx was never updated; orders is up to date."}
    assert second["text"].endswith("after 45m of waiting.")


def test_a_crashed_ask_is_repeated_as_if_nothing_had_been(tmp_path: Path) -> None:
    run = judged_by(run_of(tmp_path), Scripted(says=(False, KeyError("x"), True)), wait_for=45 * MINUTE)
    ledger = ledger_of(tmp_path)
    with pytest.raises(RunWaits):
        at(run, ledger, 1)
    with pytest.raises(CheckError):
        at(run, ledger, 2)

    assert at(run, ledger, 3)["deliveries"] == 2
    assert len(owed(run, ledger)) == 2
