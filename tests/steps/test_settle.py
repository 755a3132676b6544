"""A report that needs an approval is sent when somebody gives it, and never without."""

from __future__ import annotations

import datetime as dt
import logging

import pytest

from approvals import ANSWERED, ESCALATE, Held, answer, ask, decided, mails, manifest, text_of
from demo.mail_server import MailServer
from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.ledger import RunState
from scheduled_reports.steps import RunDropped
from scheduled_reports.steps.approve import require_approved
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.question import about_of


def test_what_is_approved_is_sent_and_who_did_is_noted(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()
    ask(run, ledger)

    made = answer(run, ledger, True, "ben", "known gap")

    assert made == {"decision": "approved", "by": "ben", "comment": "known gap"}
    assert decided(run, ledger) == [("approved", "ben", "known gap")]
    assert manifest(run)["decisions"] == [
        {
            "decision": "approved",
            "by": "ben",
            "comment": "known gap",
            "at": ANSWERED.isoformat(),
            "about": about_of(run),
        }
    ]
    assert deliver(run, ledger, "email") == {"delivered": 2, "now": 2}
    assert close(run, ledger, "mail") == {"delivered": 2}
    assert manifest(run)["state"] == "delivered"


def test_what_is_rejected_is_dropped_and_the_owner_is_told(held: Held, mailbox: MailServer) -> None:
    run, ledger = held()
    ask(run, ledger)

    with pytest.raises(RunDropped, match=r"^rejected by ana: the shop's data is wrong$") as dropped:
        answer(run, ledger, False, comment="the shop's data is wrong")
    ledger.end(run, RunState.DROPPED, str(dropped.value))

    with pytest.raises(RunDropped, match="rejected by ana"):
        close(run, ledger, "mail")
    assert manifest(run)["state"] == "dropped"
    assert {(entry["state"], entry["error"]) for entry in manifest(run)["deliveries"]} == {
        ("skipped", "rejected by ana: the shop's data is wrong")
    }
    [mail] = mails(mailbox, "owner")
    assert mail["Subject"] == "Not sent: Sales, Thursday, 1 October 2026"
    assert "was not sent: rejected by ana: the shop's data is wrong." in text_of(mail)


def test_nobody_answers_and_it_is_dropped_and_the_owner_is_told_who_was_asked(held: Held, mailbox: MailServer) -> None:
    run, ledger = held("within: 4h\n")
    ask(run, ledger)

    with pytest.raises(RunDropped, match=r"^nobody approved it within 4h \(asked: ana, ben\)$"):
        answer(run, ledger, None)

    assert decided(run, ledger) == [("expired", "", "")]
    [mail] = mails(mailbox, "owner")
    assert "nobody approved it within 4h (asked: ana, ben)" in text_of(mail)


def test_nobody_answers_and_it_is_sent_where_the_spec_says_so(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    run, ledger = held('by: "11:30"\nthen: send\n')
    ask(run, ledger)

    with caplog.at_level(logging.INFO):
        assert answer(run, ledger, None)["decision"] == "expired"

    assert "It is sent: nobody approved it by 11:30 (asked: ana, ben)" in caplog.text
    assert deliver(run, ledger, "email")["now"] == 2
    assert ask(run, ledger) is None


def test_nobody_answers_and_the_next_are_asked_and_then_it_is_dropped(held: Held, mailbox: MailServer) -> None:
    run, ledger = held(ESCALATE)
    first = ask(run, ledger)
    assert answer(run, ledger, None)["decision"] == "escalated"
    assert ledger.outcome(run)[0] is RunState.HELD

    second = ask(run, ledger, ANSWERED, escalated=True)

    assert first is not None
    assert second is not None
    assert ([approver.user for approver in second.approvers], second.until) == (
        ["cleo"],
        ANSWERED + dt.timedelta(hours=4),
    )
    assert (first.otherwise, second.otherwise) == ("cleo may decide", "it is not sent")
    assert "nobody approved it within 4h (asked: ana, ben)" in text_of(mails(mailbox, "cleo")[0])
    with pytest.raises(RunDropped, match=r"\(asked: ana, ben\), nor did cleo in as long again$"):
        answer(run, ledger, None, escalated=True)
    assert [word for word, *_ in decided(run, ledger)] == ["escalated", "expired"]


def test_those_who_are_asked_next_may_approve_it(held: Held) -> None:
    run, ledger = held(ESCALATE)
    ask(run, ledger)
    answer(run, ledger, None)
    ask(run, ledger, escalated=True)

    answer(run, ledger, True, "cleo", escalated=True)

    assert deliver(run, ledger, "email")["now"] == 2


def test_who_is_not_named_any_more_cannot_approve_though_airflow_still_lets_them(held: Held) -> None:
    run, ledger = held()
    ask(run, ledger)

    with pytest.raises(ReportError, match="dora may not decide about it: the spec names ana, ben") as refused:
        answer(run, ledger, True, "dora")

    assert not refused.value.retryable
    assert decided(run, ledger) == []
    with pytest.raises(DeliveryError):
        require_approved(run, ledger)


def test_where_airflow_cannot_tell_who_is_who_anybody_may_approve(held: Held) -> None:
    run, ledger = held()
    ask(run, ledger)

    answer(run, ledger, True, "Anonymous", strangers=True)

    assert decided(run, ledger) == [("approved", "Anonymous", "")]
