"""Delivery sends what is missing, each once, to real servers; one bad recipient spoils nobody's report."""

import datetime as dt
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryState, RunState
from scheduled_reports.steps import RunSkipped, StepSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed, planned
from scheduled_reports.steps.render import render
from specs import SALES


def states(ledger: object, run: object) -> dict[str, str]:
    return {entry.recipient.partition("@")[0]: entry.state for entry in owed(run, ledger)}


def test_each_recipient_gets_one_mail_with_body_and_file(tmp_path: Path, connection: Callable) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)

        assert deliver(run, ledger, "email") == {"delivered": 2, "now": 2}
        assert deliver(run, ledger, "email") == {"delivered": 2, "now": 0}

        mails = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in server.messages()]
    assert [mail["To"] for mail in mails] == ["ann@northwind.example", "ben@northwind.example"]
    assert mails[0]["Subject"] == "Sales · Thursday, 1 October 2026"
    assert [part.get_filename() for part in mails[0].iter_attachments()] == ["sales_2026-10-01.csv"]
    assert close(run, ledger, "mail") == {"delivered": 2}
    assert run.folder.manifest()["state"] == "delivered"


def test_a_mail_says_in_its_subject_what_the_report_says_on_top(tmp_path: Path, connection: Callable) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)
        run.folder.note(notices=[{"word": "STALE", "text": "orders is of yesterday."}])
        render(run, NOW)

        deliver(run, ledger, "email")

        mail = BytesParser(policy=policy.default).parsebytes(server.messages()[0].read_bytes())
    assert mail["Subject"] == "[STALE] Sales · Thursday, 1 October 2026"
    assert "orders is of yesterday." in mail.get_body(("html",)).get_content()


def test_a_refused_recipient_fails_for_good_and_the_other_gets_theirs(tmp_path: Path, connection: Callable) -> None:
    with MailServer(tmp_path / "inbox", refuse=frozenset({"ann@northwind.example"})) as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)

        with pytest.raises(DeliveryError) as caught:
            deliver(run, ledger, "email")

    assert "1 of 2 deliveries failed" in str(caught.value)
    assert "ann@northwind.example" in str(caught.value)
    assert "550" in str(caught.value)
    assert not caught.value.retryable
    assert states(ledger, run) == {"ann": DeliveryState.FAILED, "ben": DeliveryState.DELIVERED}


def test_clearing_after_the_cause_is_mended_sends_only_what_is_missing(tmp_path: Path, connection: Callable) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    with MailServer(tmp_path / "inbox", refuse=frozenset({"ann@northwind.example"})) as server:
        connect_mail(connection, server.port)
        rendered(run, ledger)
        with pytest.raises(DeliveryError):
            deliver(run, ledger, "email")

    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        deliver(run, ledger, "email")

        assert len(server.messages()) == 2
    assert states(ledger, run) == {"ann": DeliveryState.DELIVERED, "ben": DeliveryState.DELIVERED}


def test_a_server_that_is_away_is_worth_a_retry(tmp_path: Path, connection: Callable) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    connect_mail(connection, 9)
    rendered(run, ledger)

    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1:9") as caught:
        deliver(run, ledger, "email")

    assert caught.value.retryable
    assert set(states(ledger, run).values()) == {DeliveryState.RETRYING}


def test_a_delivery_that_a_dead_worker_left_is_not_sent_again(tmp_path: Path, connection: Callable) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)
        ledger.claim(owed(run, ledger)[0].id, lease=dt.timedelta(0))

        with pytest.raises(DeliveryError, match=r"ann@northwind\.example may have it already") as caught:
            deliver(run, ledger, "email")

        assert [path.name.split("_")[1] for path in server.messages()] == ["ben@northwind.example"]
    assert not caught.value.retryable
    assert states(ledger, run)["ann"] == DeliveryState.UNCERTAIN


def test_close_fails_the_run_and_tells_the_owner_once_what_did_not_arrive(tmp_path: Path, connection: Callable) -> None:
    with MailServer(tmp_path / "inbox", refuse=frozenset({"ann@northwind.example"})) as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)
        with pytest.raises(DeliveryError):
            deliver(run, ledger, "email")

        with pytest.raises(DeliveryError, match="1 of 2 deliveries did not arrive") as caught:
            close(run, ledger, "mail")

        to_owner = [path for path in server.messages() if "owner@northwind.example" in path.name]
    assert not caught.value.retryable
    assert len(to_owner) == 1
    told = BytesParser(policy=policy.default).parsebytes(to_owner[0].read_bytes())
    assert told["Subject"] == "Not delivered: Sales, Thursday, 1 October 2026"
    assert "ann@northwind.example" in told.get_content()
    assert "clear the failed tasks" in told.get_content()
    assert ledger.outcome(run)[0] is RunState.FAILED


def test_close_still_fails_the_run_when_the_owner_cannot_be_told(tmp_path: Path, connection: Callable) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    rendered(run, ledger)

    with pytest.raises(DeliveryError, match="2 of 2 deliveries did not arrive"):
        close(run, ledger, "no_such_connection")


def test_close_repeats_why_a_run_was_skipped(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    ledger.begin(run, planned(run), NOW)
    ledger.end(run, RunState.SKIPPED, "too few rows")

    with pytest.raises(RunSkipped, match="too few rows"):
        close(run, ledger, "mail")

    assert run.folder.manifest()["reason"] == "too few rows"


def test_a_run_whose_gate_never_reached_the_ledger_is_not_called_delivered(
    tmp_path: Path, connection: Callable
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)

        with pytest.raises(DeliveryError, match="2 of 2 deliveries did not arrive: an earlier step failed"):
            close(run_of(tmp_path), ledger_of(tmp_path), "mail")

        assert [path.name.split("_")[1] for path in server.messages()] == ["owner@northwind.example"]


def test_a_recipient_added_while_the_run_went_on_gets_theirs_when_deliver_is_cleared(
    tmp_path: Path, connection: Callable
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)
        deliver(run, ledger, "email")
        grown = run_of(tmp_path, SALES.replace("to: [", "to: [cai@northwind.example, "))

        with pytest.raises(DeliveryError, match="1 of 3 deliveries did not arrive"):
            close(grown, ledger, "mail")
        assert deliver(grown, ledger, "email") == {"delivered": 3, "now": 1}
        assert close(grown, ledger, "mail") == {"delivered": 3}


def test_a_format_that_the_run_did_not_render_is_told_and_nothing_becomes_uncertain(
    tmp_path: Path, connection: Callable
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)
        spec = SALES.replace("- {type: html_email}", "- {type: html_email}\n  - {type: text}").replace(
            "attach: csv", "attach: text"
        )

        with pytest.raises(DeliveryError, match="the run has no file of format 'text'") as caught:
            deliver(run_of(tmp_path, spec), ledger, "email")

        assert "clear the task `render`" in str(caught.value)
        assert server.messages() == []
    assert set(states(ledger, run).values()) == {DeliveryState.FAILED}


def test_one_cause_that_kept_it_from_everybody_is_told_once(tmp_path: Path, connection: Callable) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    ledger.begin(run, planned(run), NOW)
    ledger.end(run, RunState.RUNNING, "source 'orders' failed: no such table")

    with pytest.raises(DeliveryError) as caught:
        close(run, ledger, "mail")

    assert str(caught.value).count("no such table") == 1
    assert "nothing was sent to ann@northwind.example, ben@northwind.example" in str(caught.value)


def test_a_destination_that_the_spec_lost_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="the spec has no destination 'sftp' any more"):
        deliver(run_of(tmp_path), ledger_of(tmp_path), "sftp")


def test_a_run_for_the_archive_only_keeps_its_files_and_sends_nothing(tmp_path: Path, connection: Callable) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path, send=False), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, server.port)
        rendered(run, ledger)

        with pytest.raises(StepSkipped, match="keeps its files in the archive and sends nothing"):
            deliver(run, ledger, "email")

        with pytest.raises(StepSkipped, match="2 files are in the archive, nothing was sent"):
            close(run, ledger, "mail")
        assert (run.folder.manifest()["state"], server.messages()) == ("archived", [])
    assert ledger.outcome(run)[0] is RunState.ARCHIVED
    assert ledger.of_period(run.report.id, run.schedule.id, run.period.start, run.period.end) == []


def test_a_run_for_the_archive_only_that_has_no_files_fails_and_tells_the_owner(
    tmp_path: Path, connection: Callable
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        run, ledger = run_of(tmp_path, send=False), ledger_of(tmp_path)
        connect_mail(connection, server.port)
        gate(run, ledger, NOW)

        with pytest.raises(DeliveryError, match="its files could not be made"):
            close(run, ledger, "mail")

        assert "its files could not be made" in server.messages()[0].read_text()
    assert ledger.outcome(run)[0] is RunState.FAILED
