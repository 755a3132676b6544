"""A destination that is only for when a table has rows gets its delivery then, and else the reason why it got none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryState, RunState
from scheduled_reports.spec.load import load
from scheduled_reports.steps import RunSkipped, StepSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from specs import SALES, write

STEWARD = """\
  - type: email
    id: steward
    connection: mail
    to: eva@northwind.example
    attach: csv
    only_if: large
schedules:
"""
LARGE = "datasets:\n  large: {sql: SELECT * FROM orders WHERE amount > 100}\n"
SPEC = SALES.replace("schedules:\n", STEWARD).replace("datasets:\n", LARGE)
WITH_ROWS = SPEC.replace("amount > 100", "amount > 10")
STEWARD_ONLY = SPEC.replace(SPEC[SPEC.index("deliver:\n") + 9 : SPEC.index("  - type: email\n    id: steward")], "")


@pytest.fixture
def inbox(tmp_path: Path, connection: Callable) -> MailServer:
    connect_shop(connection, tmp_path)
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        yield server


def states(run: object, ledger: object) -> dict[str, str]:
    return {entry.recipient.partition("@")[0]: entry.state for entry in owed(run, ledger)}


def test_where_the_table_has_rows_it_is_a_destination_like_any_other(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, WITH_ROWS), ledger_of(tmp_path)
    rendered(run, ledger)

    deliver(run, ledger, "email")

    assert deliver(run, ledger, "steward") == {"delivered": 1, "now": 1}
    assert close(run, ledger, "mail") == {"delivered": 3}


def test_where_the_table_has_none_it_is_skipped_and_the_run_is_delivered(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    deliver(run, ledger, "email")

    with pytest.raises(StepSkipped, match="steward: large has no row, so nothing is to be sent"):
        deliver(run, ledger, "steward")

    assert close(run, ledger, "mail") == {"delivered": 2}
    assert states(run, ledger)["eva"] == DeliveryState.NOT_NEEDED
    assert ledger.outcome(run)[0] is RunState.DELIVERED
    [noted] = [entry for entry in run.folder.manifest()["deliveries"] if entry["destination"] == "steward"]
    assert (noted["state"], noted["error"]) == ("not_needed", "large has no row, so nothing is to be sent")
    assert len(inbox.messages()) == 2


def test_a_second_run_is_told_that_all_was_delivered_and_who_needed_nothing(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    deliver(run, ledger, "email")
    with pytest.raises(StepSkipped):
        deliver(run, ledger, "steward")
    close(run, ledger, "mail")

    with pytest.raises(RunSkipped, match=r"was delivered already \(2 of 3; large has no row"):
        gate(run_of(tmp_path, SPEC, run_id="manual__2"), ledger, NOW)


def test_a_run_that_was_to_be_repeated_looks_again(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    with pytest.raises(StepSkipped):
        deliver(run, ledger, "steward")
    with pytest.raises(DeliveryError, match="2 of 3 deliveries did not arrive"):
        close(run, ledger, "mail")

    again = run_of(tmp_path, WITH_ROWS, run_id="manual__2")
    rendered(again, ledger)
    deliver(again, ledger, "email")

    assert deliver(again, ledger, "steward") == {"delivered": 1, "now": 1}
    assert close(again, ledger, "mail") == {"delivered": 3}


def test_a_destination_that_lost_its_condition_is_owed_its_delivery(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    deliver(run, ledger, "email")
    with pytest.raises(StepSkipped):
        deliver(run, ledger, "steward")
    close(run, ledger, "mail")

    always = run_of(tmp_path, SPEC.replace("    only_if: large\n", ""), run_id="manual__2")
    rendered(always, ledger)

    assert deliver(always, ledger, "steward") == {"delivered": 1, "now": 1}


def test_a_forced_run_looks_again_too(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    with pytest.raises(StepSkipped):
        deliver(run, ledger, "steward")

    forced = run_of(tmp_path, WITH_ROWS, run_id="manual__2", force=True)
    rendered(forced, ledger)

    assert deliver(forced, ledger, "steward") == {"delivered": 1, "now": 1}


def test_a_run_of_which_nobody_needed_anything_is_skipped_not_delivered(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, STEWARD_ONLY), ledger_of(tmp_path)
    rendered(run, ledger)
    with pytest.raises(StepSkipped):
        deliver(run, ledger, "steward")

    with pytest.raises(RunSkipped, match="large has no row"):
        close(run, ledger, "mail")

    assert ledger.outcome(run) == (RunState.SKIPPED, "large has no row, so nothing is to be sent")
    assert run.folder.manifest()["state"] == "skipped"
    assert gate(run_of(tmp_path, STEWARD_ONLY, run_id="manual__2"), ledger, NOW)["deliveries"] == 1


def test_a_delivery_in_doubt_stays_in_doubt(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    deliver(run, ledger, "email")
    [entry] = owed(run, ledger, "steward")
    ledger.claim(entry.id)

    with pytest.raises(StepSkipped):
        deliver(run, ledger, "steward")

    assert states(run, ledger)["eva"] == DeliveryState.SENDING
    with pytest.raises(DeliveryError, match="1 of 3 deliveries did not arrive"):
        close(run, ledger, "mail")


def test_a_table_that_the_spec_named_after_the_extraction_is_told(tmp_path: Path, inbox: MailServer) -> None:
    run, ledger = run_of(tmp_path, SPEC), ledger_of(tmp_path)
    rendered(run, ledger)
    changed = SPEC.replace("only_if: large", "only_if: small").replace("  large:", "  small: {sql: SELECT 1}\n  large:")

    with pytest.raises(DeliveryError, match="the run has no table 'small'") as caught:
        deliver(run_of(tmp_path, changed), ledger, "steward")

    assert "clear the task `extract`" in caught.value.fix


def test_a_table_that_there_is_not_is_told_when_the_spec_is_loaded(tmp_path: Path) -> None:
    found = load(write(tmp_path, SPEC.replace("only_if: large", "only_if: lage")), tmp_path / "include")

    assert "there is no source or dataset 'lage'; did you mean 'large'?" in str(found.problems[0])
