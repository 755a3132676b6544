"""What cannot be delivered one way is delivered another: to those who stand by, in order, and the owner is told."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from approvals import mails, text_of
from demo.mail_server import MailServer
from runs import connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.run import Run
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps import StepSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.failover import failover
from scheduled_reports.steps.late import tell_late
from scheduled_reports.steps.plan import owed, planned, replaced
from specs import SALES, write

ANN = "ann@northwind.example"
Made = Callable[..., tuple[Run, Ledger]]


def spec(*standbys: str, failover: str = "second", to: str = "nobody") -> str:
    """Return the small spec to `to` and ben, with destinations that stand by: `name: address`."""
    text = SALES.replace("ann@", f"{to}@").replace("type: email\n", f"type: email\n    failover: {failover}\n")
    lines = [
        f"  - {{type: email, id: {name}, standby: true, connection: mail, to: {address}, attach: csv}}"
        for name, _, address in (entry.partition(": ") for entry in standbys)
    ]
    return text.replace("schedules:\n", "\n".join((*lines, "schedules:\n")))


@pytest.fixture
def tried(tmp_path: Path, connection: Callable[..., None], mailbox: MailServer) -> Made:
    """Make a run whose first destination could not be delivered to in full, and its ledger."""

    def make(text: str) -> tuple[Run, Ledger]:
        run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, mailbox.port)
        rendered(run, ledger)
        with pytest.raises(DeliveryError):
            deliver(run, ledger, "email")
        return run, ledger

    return make


def got(mailbox: MailServer) -> list[str]:
    """Return who got mail, but the owner, in order."""
    names = [path.name.split("_")[1].partition("@")[0] for path in mailbox.messages()]
    return [name for name in names if name != "owner"]


def test_a_stand_in_gets_what_was_given_up_and_the_run_is_well_and_the_owner_knows(
    tried: Made, mailbox: MailServer
) -> None:
    run, ledger = tried(spec("second: cai@northwind.example"))

    assert failover(run, ledger) == {"email": "second"}
    assert close(run, ledger, "mail") == {"delivered": 2}
    close(run, ledger, "mail")

    assert got(mailbox) == ["ben", "cai"]
    assert [(entry.recipient.partition("@")[0], str(entry.state)) for entry in owed(run, ledger)] == [
        ("nobody", "dead"), ("ben", "delivered"),
    ]  # fmt: skip
    assert ledger.outcome(run) == (RunState.DELIVERED, "")
    manifest = run.folder.manifest()
    assert (manifest["failovers"], manifest["delivery_states"]) == ({"email": "second"}, {"dead": 1, "delivered": 2})
    [mail] = mails(mailbox, "owner")
    assert mail["Subject"] == "Delivered otherwise: Sales, Thursday, 1 October 2026"
    text = text_of(mail)
    assert "nobody@northwind.example: " in text
    assert "550" in text
    assert "second has it instead" in text
    assert "`reports resend sales manual__1 --only-failed`" in text


def test_the_first_that_delivers_ends_it(tried: Made, mailbox: MailServer) -> None:
    run, ledger = tried(
        spec(
            "first: nobody@northwind.example", "second: cai@northwind.example", "third: dea@northwind.example",
            failover="[first, second, third]",
        )
    )  # fmt: skip

    assert failover(run, ledger) == {"email": "second"}
    assert got(mailbox) == ["ben", "cai"]


def test_a_stand_in_has_stand_ins_of_its_own(tried: Made, mailbox: MailServer) -> None:
    text = spec("first: nobody@northwind.example", "second: cai@northwind.example", failover="first")
    run, ledger = tried(text.replace("id: first,", "id: first, failover: second,"))

    assert failover(run, ledger) == {"email": "second"}


def test_where_no_way_works_the_run_fails_and_the_owner_hears_of_all_of_them(tried: Made, mailbox: MailServer) -> None:
    run, ledger = tried(spec("second: nobody@northwind.example"))

    with pytest.raises(DeliveryError, match=r"(?s)could not be delivered to in any way: email: second.*550") as failed:
        failover(run, ledger)
    with pytest.raises(DeliveryError, match="1 of 2 deliveries did not arrive"):
        close(run, ledger, "mail")

    assert not failed.value.retryable
    assert ledger.outcome(run)[0] is RunState.FAILED
    assert "second, which stands by for email: nobody@northwind.example" in text_of(mails(mailbox, "owner")[0])


def test_who_may_have_it_is_not_sent_it_another_way(tmp_path: Path, tried: Made, mailbox: MailServer) -> None:
    text = spec("second: cai@northwind.example", to="ann")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    ledger.begin(run, planned(run), dt.datetime.now(dt.UTC))
    ledger.claim(owed(run, ledger)[0].id, lease=dt.timedelta(0))

    run, ledger = tried(text)

    with pytest.raises(StepSkipped, match="no delivery was given up"):
        failover(run, ledger)
    with pytest.raises(DeliveryError, match=r"(?s)held: ask those people.*resend sales manual__1 --only-uncertain"):
        close(run, ledger, "mail")
    assert got(mailbox) == ["ben"]


def test_who_stands_by_gets_nothing_where_all_is_well(
    tmp_path: Path, connection: Callable[..., None], mailbox: MailServer
) -> None:
    run, ledger = run_of(tmp_path, spec("second: cai@northwind.example", to="ann")), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    connect_mail(connection, mailbox.port)
    rendered(run, ledger)
    deliver(run, ledger, "email")

    with pytest.raises(StepSkipped, match="no delivery was given up"):
        failover(run, ledger)

    assert close(run, ledger, "mail") == {"delivered": 2}
    assert got(mailbox) == ["ann", "ben"]


def test_a_repeat_sends_nothing_twice(tried: Made, mailbox: MailServer) -> None:
    run, ledger = tried(spec("second: [cai@northwind.example, dea@northwind.example]"))

    assert failover(run, ledger) == failover(run, ledger) == {"email": "second"}
    assert got(mailbox) == ["ben", "cai", "dea"]


def test_a_stand_in_that_owes_some_nothing_has_delivered_when_the_others_have_it(tried: Made) -> None:
    run, ledger = tried(spec("second: [cai@northwind.example, dea@northwind.example]"))
    _, dea = owed(run, ledger, "second")
    ledger.put_off(dea.id, DeliveryState.NOT_NEEDED, "large has no row")
    ledger.bury(run, "given up", among=[owed(run, ledger)[0].id])
    ledger.claim(owed(run, ledger, "second")[0].id)
    ledger.settle(owed(run, ledger, "second")[0].id, DeliveryState.DELIVERED, receipt="<1@x>")

    assert replaced(run, ledger) == {"email": "second"}


def test_who_is_no_more_a_recipient_of_a_stand_in_does_not_keep_it_from_standing_in(
    tmp_path: Path, tried: Made
) -> None:
    run, ledger = tried(spec("second: [cai@northwind.example, nobody@northwind.example]"))
    with pytest.raises(DeliveryError):
        failover(run, ledger)
    mended = run_of(tmp_path, spec("second: cai@northwind.example"))

    assert failover(mended, ledger) == {"email": "second"}
    assert close(mended, ledger, "mail") == {"delivered": 2}


def test_who_has_it_from_a_stand_in_is_not_told_that_it_is_late(
    tmp_path: Path, connection: Callable[..., None], mailbox: MailServer
) -> None:
    text = spec("second: cai@northwind.example", to="ann") + "tell_late: true\n"
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    connect_mail(connection, mailbox.port)
    failover(rendered(run, ledger), ledger)

    assert tell_late(run, ledger) == 0


def test_a_run_whose_files_were_not_made_has_nothing_to_send_another_way(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec("second: cai@northwind.example")), ledger_of(tmp_path)
    ledger.begin(run, planned(run), dt.datetime.now(dt.UTC))

    with pytest.raises(StepSkipped, match="there is no file to deliver: an earlier step failed"):
        failover(run, ledger)


TWO = spec("second: c@x.example", "third: d@x.example")
CIRCLE = TWO.replace("id: second,", "id: second, failover: third,")
CIRCLE = CIRCLE.replace("id: third,", "id: third, failover: second,")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (spec("second: c@x.example", failover="secnd"), r"29:15: deliver\[1\]\.failover: .*'secnd'.*second"),
        (spec("second: c@x.example", failover="[second, email]"), r"29:24: .*'email' cannot stand in for itself"),
        (spec("second: c@x.example").replace("standby: true, ", ""), r"29:15: .*'second' gets its delivery anyway"),
        (TWO, r"35:39: deliver\[3\].standby: 'third' stands by, but no destination names it"),
        (CIRCLE, r"34:41: deliver\[2\].failover: 'third' stands in for 'second', and the other way round"),
        (
            spec("second: c@x.example").replace("id: second,", 'id: second, deliver_at: "08:00",'),
            r"34:43: deliver\[2\].deliver_at: .*is delivered to when it is needed",
        ),
    ],
)
def test_stand_ins_that_make_no_sense_are_told_with_their_place(tmp_path: Path, text: str, told: str) -> None:
    broken = load(write(tmp_path, text), tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    assert any(re.search(f"sales.yaml:{told}", str(problem)) for problem in broken.problems), broken.problems
