"""Those who may approve a report are asked where that is needed, and told once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from approvals import ESCALATE, LINK, Held, ask, held_spec, mails, manifest, spec, text_of
from demo.mail_server import MailServer
from runs import NOW
from scheduled_reports.errors import DeliveryError, SettingError
from scheduled_reports.ledger import DeliveryState, RunState
from scheduled_reports.steps.approve import approve
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.question import Question
from specs import SALES


def test_a_failed_check_holds_the_report_and_the_approvers_are_asked(held: Held, mailbox: MailServer) -> None:
    run, ledger = held("within: 4h\n")

    question = ask(run, ledger)

    assert question is not None
    assert [approver.user for approver in question.approvers] == ["ana", "ben"]
    assert question.subject == "May this be sent? Sales, Thursday, 1 October 2026"
    state, reason = ledger.outcome(run)
    assert state is RunState.HELD
    assert reason.startswith("orders: customer is empty in 1 of 3 rows, none allowed; ana, ben may approve it until ")
    assert "2026-10-02 10:30:00 CEST" in reason
    assert manifest(run)["state"] == "held"
    assert [str(mail["To"]) for mail in mails(mailbox)] == ["ana@northwind.example", "ben@northwind.example"]


def test_the_mail_has_the_link_the_reason_the_checks_and_the_files(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()

    ask(run, ledger)

    [mail] = mails(mailbox, "ana")
    text = text_of(mail)
    assert mail["Subject"] == "May this be sent? Sales, Thursday, 1 October 2026"
    assert f"Approve or reject it here, as ana:\n{LINK}\n" in text
    assert "complete_orders, failed, holds the report, orders: customer is empty in 1 of 3 rows" in text
    assert "email: ann@northwind.example, ben@northwind.example" in text
    assert f"complete_orders, 1 row, {run.folder.uri}/failing/complete_orders.csv" in text
    assert "Answer until 2026-10-03 06:30:00 CEST; else it is not sent." in text
    assert f"{run.folder.uri}/files/sales_2026-10-01.csv" in text
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "sales_2026-10-01_mail.html",
        "sales_2026-10-01.csv",
    ]
    assert mail["Reply-To"] == "owner@northwind.example"


@pytest.mark.parametrize(
    ("text", "changes", "told"),
    [
        (spec(), {}, "no check holds the report"),
        (SALES, {}, "the spec has no 'approval'"),
        (held_spec(), {"send": False}, "this run sends nothing"),
        (spec(ESCALATE + "when: always\n"), {"escalated": True}, "those who were asked first have answered"),
    ],
    ids=["no check fails", "no approval", "sends nothing", "nobody was asked first"],
)
def test_where_no_approval_is_needed_nobody_is_asked(
    held: Held, mailbox: MailServer, caplog: pytest.LogCaptureFixture, text: str, changes: dict[str, Any], told: str
) -> None:
    run, ledger = held(text=text)
    options = {"escalated": True} if changes.pop("escalated", False) else {}

    with caplog.at_level(logging.INFO):
        assert ask(replace(run, **changes), ledger, **options) is None

    assert f"Nobody is asked: {told}" in caplog.text
    assert (mails(mailbox), ledger.outcome(run)[0]) == ([], RunState.RUNNING)


def test_a_report_that_everybody_has_already_needs_no_approval(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    run, ledger = held(text=spec("when: always\n"))
    for entry in owed(run, ledger):
        ledger.claim(entry.id)
        ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="250 OK")

    with caplog.at_level(logging.INFO):
        assert ask(run, ledger) is None

    assert "everybody has it already" in caplog.text


def test_always_asks_also_where_every_check_passes(held: Held) -> None:
    run, ledger = held(text=spec("when: always\n"))

    assert ask(run, ledger) is not None

    assert ledger.outcome(run)[1].startswith("it is sent only when somebody approves it; ana, ben may approve it")


def test_an_approver_who_cannot_be_told_does_not_keep_the_other_from_it(
    held: Held, mailbox: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    run, ledger = held(text=held_spec().replace("ana@", "nobody@"))

    assert ask(run, ledger) is not None

    assert "ana could not be told" in caplog.text
    assert [str(mail["To"]) for mail in mails(mailbox)] == ["ben@northwind.example"]


def test_where_no_approver_can_be_told_it_fails_for_good(held: Held, mailbox: MailServer) -> None:
    run, ledger = held(
        text=held_spec().replace("  - {user: ben, email: ben@northwind.example}\n", "").replace("ana@", "nobody@")
    )

    with pytest.raises(DeliveryError, match=r"nobody who may approve it could be told: .*550") as failed:
        ask(run, ledger)

    assert not failed.value.retryable


def test_a_mail_server_that_is_away_is_tried_again_and_then_each_is_told_once(
    held: Held, mailbox: MailServer, connection: Callable[..., None]
) -> None:
    run, ledger = held()
    port = mailbox.port
    mailbox.stop()

    with pytest.raises(DeliveryError) as away:
        ask(run, ledger)

    assert away.value.retryable
    mailbox.port = port
    mailbox.start()
    ask(run, ledger)
    assert len(mails(mailbox)) == 2


def test_who_cannot_be_asked_is_not_told(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()

    def refuse(_: Question) -> str:
        raise SettingError("nobody is asked for approval", why="Airflow knows no user 'ana'")

    with pytest.raises(SettingError):
        approve(run, ledger, NOW, "mail", refuse)

    assert mails(mailbox) == []


def test_values_of_the_data_cannot_become_markup_of_the_page(held: Held) -> None:
    text = held_spec().replace("severity: hold", 'severity: hold, description: "a | b <img src=x> [c](http://d)"')
    run, ledger = held(text=text)

    question = ask(run, ledger)

    assert question is not None
    assert r"a \| b \<img src=x\> \[c\](http://d)" in question.markdown
    assert "| complete\\_orders | failed, holds the report |" in question.markdown
    assert "else it is not sent.\n\n*Asked 2026-10-02 06:30:00 CEST. " in question.markdown
