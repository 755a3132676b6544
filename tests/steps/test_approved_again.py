"""An approval holds for the files that were approved, whichever tasks somebody clears or marks."""

from __future__ import annotations

import datetime as dt
import logging

import pytest

from approvals import ANSWERED, Held, answer, ask, mails
from demo.mail_server import MailServer
from runs import NOW
from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.steps import RunDropped
from scheduled_reports.steps.approve import Answer, require_approved, settle
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.render import render


def test_a_rejected_report_is_not_sent_though_somebody_clears_deliver_alone(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()
    ask(run, ledger)
    with pytest.raises(RunDropped):
        answer(run, ledger, False)
    before = len(mails(mailbox))

    with pytest.raises(DeliveryError, match=r"may not be sent: rejected by ana\n.*clear the task `approve`") as refused:
        deliver(run, ledger, "email")

    assert not refused.value.retryable
    assert len(mails(mailbox)) == before


def test_a_held_report_is_not_sent_though_somebody_marks_approve_as_done(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()

    with pytest.raises(DeliveryError, match="nobody has approved these files"):
        deliver(run, ledger, "email")

    assert mails(mailbox) == []


def test_a_repeated_task_tells_nobody_twice(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()

    for _ in range(3):
        ask(run, ledger)

    assert len(mails(mailbox)) == 2


def test_an_approval_holds_for_the_same_files(
    held: Held, mailbox: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    run, ledger = held()
    ask(run, ledger)
    answer(run, ledger, True)

    with caplog.at_level(logging.INFO):
        assert ask(run, ledger) is None

    assert "approved by ana, 2026-10-02 07:30:00 CEST, and that holds for the same files" in caplog.text
    require_approved(run, ledger)


def test_other_files_are_asked_about_again_and_not_sent_before(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()
    ask(run, ledger)
    answer(run, ledger, True)
    render(run, NOW + dt.timedelta(minutes=5))

    with pytest.raises(DeliveryError, match="nobody has approved these files"):
        deliver(run, ledger, "email")
    assert ask(run, ledger) is not None

    assert len(mails(mailbox, "ana")) == 2


def test_after_a_rejection_the_cleared_task_asks_again_and_tells_again(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()
    ask(run, ledger)
    with pytest.raises(RunDropped):
        answer(run, ledger, False)

    assert ask(run, ledger) is not None

    assert len(mails(mailbox, "ana")) == 2
    answer(run, ledger, True)
    assert deliver(run, ledger, "email")["now"] == 2


def test_an_answer_about_files_that_were_made_again_meanwhile_sends_nothing(held: Held) -> None:
    run, ledger = held()
    question = ask(run, ledger)
    assert question is not None
    render(run, NOW + dt.timedelta(minutes=5))

    with pytest.raises(ReportError, match="not about the files that would be sent") as asked_again:
        settle(run, ledger, question.about, Answer(True, "ana", "", ANSWERED), "mail")

    assert asked_again.value.retryable
    with pytest.raises(DeliveryError):
        require_approved(run, ledger)
