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
from typing import Any

import pytest

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, run_of
from scheduled_reports.errors import CheckError, DeliveryError, ReportError, SourceError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.ledger.findings import decisions_of
from scheduled_reports.run import Run
from scheduled_reports.schedule.freshness import Start
from scheduled_reports.steps import RunSkipped, RunWaits
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scripted import ASKED, Scripted, judged_by
from specs import SALES


@pytest.fixture(autouse=True)
def _airflow_has_set_up_logging() -> None:
    """Import before a test what replaces the handlers of whoever listens."""
    importlib.import_module("airflow.sdk").ObjectStoragePath("file:///")


MINUTE = dt.timedelta(minutes=1)
FLAG = "run_when:\n  all: [{type: flag, file: ready.txt}]\n  wait_for: 45m\n  every: 5m\n"


def flagged(more: str = "") -> str:
    """Return the small spec that waits for a flag file."""
    return SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", FLAG + more)


def at(run: Run, ledger: Ledger, minutes: float, conn_id: str = "mail") -> dict[str, object]:
    """Ask the gate of a run that began at NOW, so many minutes later."""
    return gate(run, ledger, NOW, owner_conn_id=conn_id, asked_at=NOW + minutes * MINUTE)


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


REFUSED = "run_when:\n  all: [{type: value, connection: refused, sql: SELECT 1, at_least: 1}]\n  wait_for: 45m\n"


def test_a_database_that_is_away_counts_as_not_yet_and_at_the_end_fails(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("refused", conn_type="postgres", host="127.0.0.1", port=9, schema="x", login="x", password="x")
    run = run_of(tmp_path, flagged().replace(FLAG, REFUSED))
    ledger = ledger_of(tmp_path)

    with pytest.raises(RunWaits, match=r"refused.*; it waits until"):
        at(run, ledger, 5)
    with pytest.raises(ReportError, match="refused") as caught:
        at(run, ledger, 45)
    assert caught.value.retryable


def test_a_database_that_comes_back_while_it_waits_loses_nothing(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("refused", conn_type="postgres", host="127.0.0.1", port=9, schema="x", login="x", password="x")
    run, ledger = run_of(tmp_path, flagged().replace(FLAG, REFUSED)), ledger_of(tmp_path)
    with pytest.raises(RunWaits):
        at(run, ledger, 5)
    connection("refused", conn_type="sqlite", host=str(tmp_path / "shop.db"))

    assert at(run, ledger, 6)["deliveries"] == 2


GONE = SourceError("the warehouse is away", why="connection refused", retryable=True)
WRONG = SourceError("the query was refused", why="no such column")


@pytest.mark.parametrize(
    ("group", "answers", "told"),
    [
        ("all", (True, GONE), RunWaits),
        ("all", (False, GONE), RunWaits),
        ("any", (False, GONE), RunWaits),
        ("any", (True, GONE), None),
        ("not_", (GONE,), RunWaits),
        ("any", (True, WRONG), SourceError),
        ("all", (False, WRONG), SourceError),
    ],
)
def test_what_cannot_be_asked_is_waited_for_where_it_decides(
    tmp_path: Path, group: str, answers: tuple[Any, ...], told: type[Exception] | None
) -> None:
    conditions = [Scripted(name=f"thing {number}", says=(answer,)) for number, answer in enumerate(answers)]
    run = judged_by(run_of(tmp_path), *conditions, group=group, wait_for=45 * MINUTE)
    if told is None:
        assert at(run, ledger_of(tmp_path), 1)["deliveries"] == 2
        return
    with pytest.raises(told):
        at(run, ledger_of(tmp_path), 1)


def test_without_a_wait_what_cannot_be_asked_fails_to_be_tried_again(tmp_path: Path) -> None:
    run = judged_by(run_of(tmp_path), Scripted(says=(GONE,)))

    with pytest.raises(SourceError, match="the warehouse is away") as caught:
        at(run, ledger_of(tmp_path), 0)
    assert caught.value.retryable


def test_what_is_not_met_after_the_wait_skips_also_where_another_cannot_be_asked(tmp_path: Path) -> None:
    conditions = Scripted(name="flag", says=(False,)), Scripted(name="other", says=(GONE,))
    run = judged_by(run_of(tmp_path), *conditions, wait_for=45 * MINUTE)

    with pytest.raises(RunSkipped, match=r"^flag is not there, after 45m of waiting$"):
        at(run, ledger_of(tmp_path), 45)


@pytest.mark.parametrize(("error", "retryable"), [(KeyError("rows"), False), (ConnectionError("reset"), True)])
def test_a_condition_that_breaks_is_no_pass(tmp_path: Path, error: Exception, retryable: bool) -> None:
    run = judged_by(run_of(tmp_path), Scripted(says=(error,)))

    with pytest.raises(
        CheckError, match=rf"the condition all\[1\] \(scripted\) .*: {type(error).__name__}: "
    ) as caught:
        at(run, ledger_of(tmp_path), 0)
    assert caught.value.retryable is retryable


def test_conditions_on_data_are_left_open_at_the_gate_and_decide_afterwards(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    flag, rows = Scripted(name="flag", says=(False,)), Scripted(name="rows", data=True, says=(False,))
    run, ledger = judged_by(run_of(tmp_path), flag, rows, group="any", wait_for=45 * MINUTE), ledger_of(tmp_path)

    at(run, ledger, 0)
    extract(run)
    with pytest.raises(RunSkipped, match=r"^flag is not there; rows is not there$"):
        check(run, ledger)

    assert ASKED == {"flag": 1, "rows": 1}


def test_a_condition_that_neither_holds_nor_fails_stops_the_run(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    run, ledger = judged_by(run_of(tmp_path), Scripted(name="flag", says=(None,))), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)

    with pytest.raises(CheckError, match=r"neither hold nor fail: all\[1\]: flag may come"):
        check(run, ledger)


def test_what_the_gate_could_not_ask_is_asked_afterwards_only_where_it_decides(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    conditions = Scripted(name="flag"), Scripted(name="other", says=(GONE, False))
    run, ledger = judged_by(run_of(tmp_path), *conditions, group="any"), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)

    check(run, ledger)

    assert ASKED == {"flag": 1, "other": 1}


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


def test_whoever_ignores_the_conditions_is_recorded_once(
    tmp_path: Path, connection: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    connect_shop(connection, tmp_path)
    run = run_of(tmp_path, flagged("  then: alert\n"), ignore_conditions=True, asked_by="ann")
    ledger = ledger_of(tmp_path)

    assert at(run, ledger, 0)["deliveries"] == 2
    at(run, ledger, 1)
    extract(run)
    check(run, ledger)

    [made] = decisions_of(ledger, run)
    assert (made.kind, made.decision, made.decided_by) == ("conditions", "ignored", "ann")
    manifest = run.folder.manifest()
    assert (manifest["overridden"], manifest["run"]["asked_by"]) == ("ignored, as ann asked", "ann")
    assert [entry["met"] for entry in manifest["conditions"]] == [False]
    assert "Its conditions are ignored, as ann asked" in caplog.text


def test_what_is_ignored_is_asked_for_the_record_before_anything_is_extracted(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    run = replace(run_of(tmp_path), ignore_conditions=True)
    run, ledger = judged_by(run, Scripted(says=(False, True), value="seen")), ledger_of(tmp_path)

    at(run, ledger, 0)
    assert ASKED == {"it": 1}
    extract(run)

    assert check(run, ledger)["all[1]"] == "it is not there"


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


def test_what_breaks_does_not_matter_where_it_is_ignored(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_shop(connection, tmp_path)
    conditions = (
        Scripted(name="a", says=(WRONG,)),
        Scripted(name="b", says=(KeyError("x"),)),
        Scripted(name="c", value=3),
    )
    run, ledger = judged_by(replace(run_of(tmp_path), ignore_conditions=True), *conditions), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)

    assert check(run, ledger)["all[3]"] == "c is there"
    assert ledger.outcome(run)[0] is RunState.RUNNING


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
