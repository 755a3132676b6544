"""A failure that nobody mends is told to others, after a while; the owner and the recipients hear of it once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from approvals import mails, text_of
from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report, load
from scheduled_reports.steps import StepSkipped, StepWaits
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.escalate import escalate
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.late import tell_late
from specs import SALES, write

ESCALATE = "escalate: {to: [ops@northwind.example, leads], after: 30m}\n"
GROUPS = "people: {eva: {address: eva@northwind.example}}\ngroups: {leads: eva}\n"
FAILING = SALES.replace("ann@", "nobody@")
Made = Callable[..., tuple[Run, Ledger]]


@pytest.fixture
def made(tmp_path: Path, connection: Callable[..., None], mailbox: MailServer) -> Made:
    """Make a run that can be delivered, and its ledger."""

    def make(text: str, *, again: bool = False) -> tuple[Run, Ledger]:
        (tmp_path / "include" / "recipients").mkdir(parents=True, exist_ok=True)
        (tmp_path / "include" / "recipients" / "groups.yaml").write_text(GROUPS)
        run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, mailbox.port)
        return (run if again else rendered(run, ledger)), ledger

    return make


def fail(run: Run, ledger: Ledger) -> None:
    """Deliver and close a run of which something does not arrive."""
    with pytest.raises(DeliveryError):
        deliver(run, ledger, "email")
    with pytest.raises(DeliveryError):
        close(run, ledger, "mail")


def after(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)


def step(run: Run, ledger: Ledger, minutes: int = 0, *, closed: bool = False) -> dict[str, int]:
    """Do the step so many minutes from now."""
    escalation = run.report.spec.escalate
    assert escalation is not None
    return escalate(run, ledger, escalation, "mail", after(minutes), closed=closed)


def test_those_named_are_told_after_a_while_what_is_missing_and_what_mends_it(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(FAILING + ESCALATE)
    fail(run, ledger)

    with pytest.raises(StepWaits) as waits:
        step(run, ledger)
    with pytest.raises(DeliveryError, match="1 of 2 deliveries did not arrive"):
        step(run, ledger, 31)
    with pytest.raises(DeliveryError):
        step(run, ledger, 40)

    assert after(28) < waits.value.until < after(31)
    [mail] = mails(mailbox, "ops@")
    assert len(mails(mailbox, "eva@")) == 1
    assert mail["Subject"] == "Still not delivered: Sales, Thursday, 1 October 2026"
    text = text_of(mail)
    assert "and that was not mended in 30m. Its owner, owner@northwind.example, was told." in text
    assert "nobody@northwind.example: " in text
    assert "`reports resend sales manual__1 --only-failed`" in text


def test_what_was_mended_meanwhile_is_told_to_nobody(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(FAILING + ESCALATE)
    fail(run, ledger)
    mended, _ = made(SALES.replace("ann@", "cai@") + ESCALATE, again=True)
    deliver(mended, ledger, "email")

    assert step(mended, ledger, 31) == {"missing": 0}
    assert mails(mailbox, "ops@") == []


def test_a_run_that_is_well_escalates_nothing(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(SALES + ESCALATE)
    deliver(run, ledger, "email")
    close(run, ledger, "mail")

    with pytest.raises(StepSkipped, match="nothing has failed"):
        step(run, ledger, closed=True)
    with pytest.raises(DeliveryError, match="it failed"):  # the task `close` did, after all had arrived
        step(run, ledger, 31)


def test_a_run_that_a_check_stopped_is_escalated_with_the_reason(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(SALES + ESCALATE)
    ledger.end(run, RunState.STOPPED, "orders are incomplete")

    with pytest.raises(DeliveryError, match=r"orders are incomplete\n\(so nothing was sent to ann@"):
        step(run, ledger, 31)


def test_the_owner_is_told_the_same_once_and_of_what_is_new_again(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(FAILING)
    fail(run, ledger)
    fail(run, ledger)
    assert len(mails(mailbox, "owner@")) == 1
    more, _ = made(FAILING.replace("to: [", "to: [cai@northwind.example, "), again=True)

    with pytest.raises(DeliveryError):
        close(more, ledger, "mail")

    assert len(mails(mailbox, "owner@")) == 2
    assert "cai@northwind.example" in text_of(mails(mailbox, "owner@")[1])


def test_an_owner_who_could_not_be_told_is_told_the_next_time(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(FAILING)
    with pytest.raises(DeliveryError):
        deliver(run, ledger, "email")
    for conn_id in ("no_such_connection", "mail", "mail"):
        with pytest.raises(DeliveryError):
            close(run, ledger, conn_id)

    assert len(mails(mailbox, "owner@")) == 1


def test_who_waits_is_told_once_that_it_is_late_in_the_reports_language(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(FAILING + "tell_late: true\nlanguage: de\n")
    ledger.end(run, RunState.STOPPED, "orders are incomplete")
    for _ in range(2):
        with pytest.raises(DeliveryError):
            close(run, ledger, "mail")

    [mail] = mails(mailbox, "ben@")
    assert mail["Subject"] == "Verspätet: Sales, Donnerstag, 1. Oktober 2026"
    assert text_of(mail) == (
        "Sales für Donnerstag, 1. Oktober 2026 verspätet sich. Wir kümmern uns darum; Sie erhalten den Bericht, sobald "
        "er fertig ist.\n"
    )
    assert mail["Reply-To"] == "owner@northwind.example"
    assert [str(mail["Subject"]).partition(":")[0] for mail in mails(mailbox, "owner@")] == ["Stopped"]


def test_who_has_it_is_not_told_that_it_is_late(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(FAILING + "tell_late: true\n")

    fail(run, ledger)

    assert [str(mail["Subject"]) for mail in mails(mailbox, "ben@")] == ["Sales · Thursday, 1 October 2026"]


def test_a_second_run_of_the_period_does_not_tell_them_again(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(SALES + "tell_late: true\n")

    assert tell_late(run, ledger) == 2
    second = replace(run, run_id="manual__2")
    gate(second, ledger, NOW)
    assert tell_late(second, ledger) == 0
    assert tell_late(replace(run, send=False), ledger) == 0


def test_without_tell_late_nobody_is_told(made: Made, mailbox: MailServer) -> None:
    run, ledger = made(SALES)

    assert tell_late(run, ledger) == 0
    assert mailbox.messages() == []


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("escalate: {to: []}\n", "escalate.to"),
        ("escalate: {to: ops@northwind.example, after: soon}\n", "'soon' is not a length of time"),
        ("escalate: {to: nowhere}\n", "nowhere"),
    ],
)
def test_an_escalation_that_cannot_be_is_told(tmp_path: Path, field: str, told: str) -> None:
    broken = load(write(tmp_path, SALES + field), tmp_path / "include")

    assert not isinstance(broken, Report)
    assert told in str(broken.problems[0])
