"""What another worker has, what nobody knows of, and what failed before: sent by one worker, once, or not at all."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from approvals import mails
from demo.mail_server import MailServer
from hanging_mail import HangingMail
from runs import connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.channels import Delivery
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import ClaimOutcome, DeliveryState, Ledger
from scheduled_reports.ledger.claims import LEASE
from scheduled_reports.ledger.tables import audit, delivery
from scheduled_reports.run import Run
from scheduled_reports.steps import plan, tally
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.sender import Sender
from specs import SALES

ANN, BEN = "ann@northwind.example", "ben@northwind.example"
Made = Callable[..., tuple[Run, Ledger]]


@pytest.fixture
def made(tmp_path: Path, connection: Callable[..., None]) -> Iterator[Made]:
    """Make a run that can be delivered through a mail server, and its ledger."""

    def make(port: int, text: str = SALES) -> tuple[Run, Ledger]:
        run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
        connect_shop(connection, tmp_path)
        connect_mail(connection, port)
        return rendered(run, ledger), ledger

    return make


def states(run: Run, ledger: Ledger) -> dict[str, str]:
    return {entry.recipient: str(entry.state) for entry in owed(run, ledger)}


def to_many(*names: str) -> str:
    """Return the small spec, mailed to these names at northwind.example."""
    addresses = ", ".join(f"{name}@northwind.example" for name in names)
    return SALES.replace(f"to: [{ANN}, {BEN}]", f"to: [{addresses}]")


def test_what_another_worker_is_sending_is_left_to_it_and_the_others_get_theirs(
    tmp_path: Path, mailbox: MailServer, made: Made
) -> None:
    run, ledger = made(mailbox.port)
    other = ledger_of(tmp_path)
    assert other.claim(owed(run, other)[0].id).outcome is ClaimOutcome.TAKEN

    with pytest.raises(
        DeliveryError, match=r"ann@northwind.example: another worker is sending it.*holds until"
    ) as busy:
        deliver(run, ledger, "email")

    assert (busy.value.retryable, 200 < (busy.value.retry_after or 0) <= 300) == (True, True)
    assert states(run, ledger) == {ANN: "sending", BEN: "delivered"}
    assert len(mailbox.messages()) == 1


def test_what_a_dead_worker_left_is_sent_again_where_the_spec_says_so(mailbox: MailServer, made: Made) -> None:
    run, ledger = made(mailbox.port, SALES.replace("type: email", "type: email\n    on_uncertain: resend"))
    ledger.claim(owed(run, ledger)[0].id, lease=dt.timedelta(0))

    assert deliver(run, ledger, "email") == {"delivered": 2, "now": 2}

    whys = [row.why for row in ledger.read(select(audit.c.why).order_by(audit.c.seq))]
    assert any("although nobody knows whether it arrived" in why for why in whys)


def test_what_the_other_end_may_have_is_held_until_somebody_decides(made: Made) -> None:
    with HangingMail(frozenset({ANN})) as server:
        run, ledger = made(server.port)
        dropper = threading.Thread(target=lambda: (server.hanging.wait(60), server.drop()))
        dropper.start()
        with pytest.raises(DeliveryError) as caught:
            deliver(run, ledger, "email")

        assert not caught.value.retryable
        assert states(run, ledger) == {ANN: "uncertain", BEN: "delivered"}
        with pytest.raises(DeliveryError):
            deliver(run, ledger, "email", again=True)
        assert sorted(server.taken) == [ANN, BEN]


def test_a_worker_whose_claim_was_taken_over_notes_nothing_of_its_own(tmp_path: Path, made: Made) -> None:
    with HangingMail(frozenset({ANN})) as server:
        run, ledger = made(server.port)
        other = ledger_of(tmp_path)
        [entry, _] = owed(run, ledger)
        errors: list[Exception] = []

        def work() -> None:
            try:
                deliver(run, ledger, "email", lease=dt.timedelta(days=1))
            except DeliveryError as error:
                errors.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        assert server.hanging.wait(60)
        with other.writing() as connection:  # as if its machine had slept for longer than its lease
            connection.execute(
                delivery.update().values(lease_until=dt.datetime.now(dt.UTC)).where(delivery.c.id == entry.id)
            )
        assert other.claim(entry.id, resend_doubts=True).outcome is ClaimOutcome.TAKEN
        server.release()
        worker.join(60)

    assert "another worker took the delivery over" in str(errors[0])
    assert states(run, ledger) == {ANN: "sending", BEN: "delivered"}
    assert other.settle(entry.id, DeliveryState.DELIVERED, receipt="the other's")


def test_a_long_send_keeps_its_claim_alive(tmp_path: Path, made: Made) -> None:
    with HangingMail(frozenset({ANN})) as server:
        run, ledger = made(server.port)
        other, lease = ledger_of(tmp_path), dt.timedelta(seconds=2)
        worker = threading.Thread(target=deliver, args=(run, ledger, "email"), kwargs={"lease": lease})
        worker.start()
        assert server.hanging.wait(60)
        [entry, _] = owed(run, other)

        first = other.claim(entry.id)
        while (now := other.claim(entry.id)).until == first.until:
            assert now.outcome is ClaimOutcome.BUSY
            threading.Event().wait(0.1)
        server.release()
        worker.join(60)

    assert now.outcome is ClaimOutcome.BUSY
    assert states(run, ledger) == {ANN: "delivered", BEN: "delivered"}


def test_airflows_repeat_sends_what_failed_for_now_and_not_what_was_refused(made: Made) -> None:
    says = {ANN: ["550 5.1.1 no such mailbox"], BEN: ["451 4.3.0 later"]}
    with HangingMail(says=says) as server:
        run, ledger = made(server.port)
        with pytest.raises(DeliveryError, match="2 of 2 deliveries failed") as first:
            deliver(run, ledger, "email")
        with pytest.raises(DeliveryError, match="1 of 2 deliveries failed") as second:
            deliver(run, ledger, "email", again=True)

        assert (first.value.retryable, second.value.retryable) == (True, False)
        assert "no such mailbox" in str(second.value)
        assert server.taken == [BEN]
        assert deliver(run, ledger, "email") == {"delivered": 2, "now": 1}  # the cleared task tries them all
        assert server.taken == [BEN, ANN]


def test_a_dead_letter_is_sent_when_its_task_is_cleared(made: Made) -> None:
    with HangingMail(says={ANN: ["550 5.1.1 no such mailbox"]}) as server:
        run, ledger = made(server.port)
        with pytest.raises(DeliveryError):
            deliver(run, ledger, "email")
        with pytest.raises(DeliveryError):
            close(run, ledger, "nobody")
        assert states(run, ledger) == {ANN: "dead", BEN: "delivered"}

        assert deliver(run, ledger, "email") == {"delivered": 2, "now": 1}
        assert close(run, ledger, "nobody") == {"delivered": 2}


class InTwo(Sender):
    """Sends each delivery in two messages."""

    def _parcels(self, delivery: Delivery) -> list[Delivery]:
        return [replace(delivery, id=f"{delivery.id}-{number}", part=(number, 2)) for number in (1, 2)]


def test_of_a_delivery_in_several_messages_those_that_arrived_are_not_sent_again(made: Made) -> None:
    with HangingMail(says={ANN: ["250 first", "451 4.3.0 later"]}) as server:
        run, ledger = made(server.port)
        [channel], [entry, _] = run.report.spec.deliver, owed(run, ledger)
        recipients = plan.recipients_of(run, channel)
        with InTwo(run, ledger, channel, recipients, LEASE) as sender, pytest.raises(DeliveryError, match="451"):
            sender.send(entry)
        [half, _] = owed(run, ledger)
        with InTwo(run, ledger, channel, recipients, LEASE) as sender:
            receipt = sender.send(half)

    assert (str(half.state), list(half.parts)) == ("retrying", [1])
    assert server.taken == [ANN]  # the second message; the first was answered from what the server was told to say
    assert receipt is not None
    assert [text.split(" ", 1)[1] for text in receipt.text.split("; ")] == ["250 first", "250 2.0.0 OK: taken"]


def test_a_forced_run_sends_again_and_who_wanted_it_is_on_record(
    tmp_path: Path, mailbox: MailServer, made: Made
) -> None:
    run, ledger = made(mailbox.port)
    deliver(run, ledger, "email")

    forced = replace(run, run_id="manual__2", force=True)
    assert deliver(forced, ledger, "email") == {"delivered": 2, "now": 2}

    whys = [row.why for row in ledger.read(select(audit.c.why).order_by(audit.c.seq))]
    assert len(mailbox.messages()) == 4
    assert sum("with `force`" in why for why in whys) == 2


def test_a_large_audience_is_sent_page_by_page_and_its_log_says_how_far_it_is(
    mailbox: MailServer, made: Made, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(plan, "PAGE", 2)
    monkeypatch.setattr(tally, "EVERY", 3)
    run, ledger = made(mailbox.port, to_many("ann", "ben", "nobody", "cai", "dea", "eve", "fay"))

    with caplog.at_level(logging.INFO), pytest.raises(DeliveryError, match="1 of 7 deliveries failed"):
        deliver(run, ledger, "email")

    assert len(mailbox.messages()) == 6
    assert "2 of 7 delivered, 1 failed, " in caplog.text
    assert "5 of 7 delivered, 1 failed, " in caplog.text


def test_of_many_who_got_nothing_the_first_are_named_and_all_are_in_a_file(
    made: Made, mailbox: MailServer, connection: Callable[..., None]
) -> None:
    run, ledger = made(9, to_many(*(f"x{number}" for number in range(25))))
    connect_mail(connection, mailbox.port, "owners")

    with pytest.raises(DeliveryError, match=r"x18@\S+, x19@\S+, and 5 others: the mail server") as caught:
        deliver(run, ledger, "email")
    with pytest.raises(DeliveryError, match="25 of 25 deliveries did not arrive") as closed:
        close(run, ledger, "owners")

    assert "x20@" not in f"{caught.value}{closed.value}"
    [mail] = mails(mailbox, "owner")
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "not_delivered.csv"
    lines = attached.get_content().splitlines()
    assert (len(lines), lines[25].split(",")[:3]) == (26, ["email", "x24@northwind.example", "retrying"])
