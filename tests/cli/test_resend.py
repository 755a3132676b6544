"""`reports resend`: what a run has in the archive again, each recipient once, and only who is to get it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from approvals import mails
from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of, use_settings
from scheduled_reports.cli import app
from scheduled_reports.errors import DeliveryError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.ledger.tables import audit, delivery
from scheduled_reports.run import Run
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import owed
from specs import SALES, write

ANN, BEN = "ann@northwind.example", "ben@northwind.example"


@dataclass
class Made:
    """A run that was rendered, its ledger, and the mail server that it delivers to."""

    run: Run
    ledger: Ledger
    server: MailServer
    connect: Callable[..., None]

    def states(self) -> dict[str, str]:
        return {entry.recipient: str(entry.state) for entry in owed(self.run, self.ledger)}

    def refuse(self, *addresses: str) -> None:
        """Let the server refuse these from now on."""
        inbox = self.server.inbox
        self.server.stop()
        self.server = MailServer(inbox, refuse=frozenset(addresses))
        self.server.start()
        connect_mail(self.connect, self.server.port)

    def deliver(self) -> None:
        """Deliver, whatever comes of it, and close the run."""
        for step in (lambda: deliver(self.run, self.ledger, "email"), lambda: close(self.run, self.ledger, "mail")):
            try:
                step()
            except DeliveryError:
                continue

    def received(self) -> list[str]:
        """Return who got the report, one entry for each message; mails to the owner do not count."""
        return [str(mail["To"]) for mail in mails(self.server) if "owner@" not in str(mail["To"])]


@pytest.fixture
def made(project: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]) -> Iterator[Made]:
    """Make a run that was rendered and not delivered yet."""
    use_settings(monkeypatch, project)
    monkeypatch.setenv("LOGNAME", "anna")
    connect_shop(connection, project)
    with MailServer(project / "inbox") as server:
        connect_mail(connection, server.port)
        found = Made(rendered(run_of(project), ledger_of(project)), ledger_of(project), server, connection)
        yield found
        found.server.stop()


def test_what_has_no_receipt_is_sent_and_nobody_gets_it_twice(made: Made, reports: Callable[..., Result]) -> None:
    made.refuse(BEN)
    made.deliver()
    assert made.states() == {ANN: "delivered", BEN: "dead"}
    made.refuse()

    found = reports("resend", "sales", "manual__1", "--yes")

    assert found.exit_code == 0, found.output
    assert made.states() == {ANN: "delivered", BEN: "delivered"}
    assert made.received() == [ANN, BEN]
    assert "1 delivered, 0 not" in found.stdout
    assert "clear its task `close`" in found.stdout
    assert ANN not in found.stdout
    assert close(made.run, made.ledger, "mail")["delivered"] == 2


def test_who_did_it_is_in_the_audit_trail(made: Made, reports: Callable[..., Result]) -> None:
    reports("resend", "sales", "manual__1", "--yes")

    actors = [row.actor for row in made.ledger.read(select(audit.c.actor).order_by(audit.c.seq))]
    assert actors[-1] == "anna by `reports resend`"


def test_it_asks_first_and_no_means_nothing(made: Made, project: Path) -> None:
    refused = CliRunner().invoke(app, ["resend", "sales", "latest"], input="n\n")

    assert refused.exit_code == 1
    assert "Send 2 deliveries? [y/N]" in refused.output
    assert "Nothing was sent" in refused.output
    assert made.received() == []
    assert CliRunner().invoke(app, ["resend", "sales", "latest"], input="y\n").exit_code == 0
    assert made.received() == [ANN, BEN]


def test_what_fails_again_is_told_first_and_ends_with_one(made: Made, reports: Callable[..., Result]) -> None:
    made.refuse(BEN)
    made.deliver()

    found = reports("resend", "sales", "manual__1", "--only-failed", "--yes")

    assert found.exit_code == 1
    assert "0 delivered, 1 not" in found.stdout
    assert "550 5.1.1 <ben@northwind.example> mailbox unavailable" in found.stdout
    assert made.states()[BEN] == "dead"


def test_who_corrects_an_address_is_told_that_it_has_not_failed(
    made: Made, project: Path, reports: Callable[..., Result]
) -> None:
    made.refuse(BEN)
    made.deliver()
    write(project, SALES.replace(BEN, "cai@northwind.example"))

    found = reports("resend", "sales", "manual__1", "--only-failed", "--yes")
    reports("resend", "sales", "manual__1", "--yes")

    assert found.exit_code == 0, found.output
    assert "cai@northwind.example has no receipt yet: leave out --only-failed to send that" in found.stdout
    assert made.received() == [ANN, "cai@northwind.example"]


def test_only_failed_leaves_the_others(made: Made, reports: Callable[..., Result]) -> None:
    ann, ben = owed(made.run, made.ledger)
    made.ledger.put_off(ben.id, DeliveryState.RETRYING, "451 later")
    assert ann.state is DeliveryState.PLANNED

    reports("resend", "sales", "manual__1", "--only-failed", "--yes")

    assert made.received() == [BEN]


def doubt(made: Made) -> None:
    """Leave one delivery in doubt: its worker ended while it sent."""
    ann, _ = owed(made.run, made.ledger)
    made.ledger.claim(ann.id, lease=dt.timedelta(0))


def test_a_doubt_is_kept_back_until_somebody_decides(made: Made, reports: Callable[..., Result]) -> None:
    doubt(made)

    found = reports("resend", "sales", "manual__1", "--yes")

    assert "not sent: they may have it already; --only-uncertain sends it again" in found.stdout
    assert made.received() == [BEN]

    asked = CliRunner().invoke(app, ["resend", "sales", "manual__1", "--only-uncertain"], input="y\n")

    assert "ann@northwind.example may have it already. Send 1 delivery?" in asked.output
    assert made.received() == [BEN, ANN]
    assert made.states() == {ANN: "delivered", BEN: "delivered"}


def test_what_another_worker_is_sending_is_left_to_it(made: Made, reports: Callable[..., Result]) -> None:
    ann, _ = owed(made.run, made.ledger)
    ledger_of(Path.cwd()).claim(ann.id)

    found = reports("resend", "sales", "manual__1", "--yes")

    assert "not sent: another worker is sending it now" in found.stdout
    assert made.received() == [BEN]


def test_one_who_has_it_gets_it_once_more_as_another_issue(made: Made, reports: Callable[..., Result]) -> None:
    made.deliver()

    found = CliRunner().invoke(app, ["resend", "sales", "manual__1", "--to", "Ann@Northwind.example"], input="y\n")

    assert found.exit_code == 0, found.output
    assert "ann@northwind.example has it already, since 20" in found.output
    assert made.received() == [ANN, BEN, ANN]
    rows = made.ledger.read(select(delivery.c.issue, delivery.c.run_id, delivery.c.state)
                            .where(delivery.c.identity == ANN).order_by(delivery.c.issue))  # fmt: skip
    assert [(row.issue, row.state) for row in rows] == [(1, "delivered"), (2, "delivered")]
    assert rows[1].run_id.startswith("resend__")
    assert rows[1].run_id.endswith("__anna")
    ids = [str(mail["Message-ID"]) for mail in mails(made.server) if str(mail["To"]) == ANN]
    assert len(set(ids)) == 2


def test_an_address_that_gets_nothing_of_the_report_is_told(made: Made, reports: Callable[..., Result]) -> None:
    found = reports("resend", "sales", "manual__1", "--to", "zoe@northwind.example")

    assert found.exit_code == 2
    assert "sales is not sent to zoe@northwind.example" in found.stderr
    assert "reports audience sales" in found.stderr


def test_where_all_have_it_there_is_nothing_to_send(made: Made, reports: Callable[..., Result]) -> None:
    made.deliver()

    found = reports("resend", "sales", "manual__1")

    assert (found.exit_code, "There is nothing to send: no delivery lacks its receipt" in found.stdout) == (0, True)


def test_a_run_is_known_by_how_its_id_begins_unless_others_begin_so(
    made: Made, project: Path, reports: Callable[..., Result]
) -> None:
    other = run_of(project, run_id="manual__2")
    made.ledger.begin(other, [], NOW + dt.timedelta(hours=1))
    rendered(other, made.ledger)

    several, none = reports("resend", "sales", "manual__"), reports("resend", "sales", "scheduled__")

    assert several.exit_code == none.exit_code == 2
    assert "'manual__' is not one run of sales" in several.stderr
    assert "run manual__1" in several.stderr
    assert "sales has no run scheduled__ in the ledger" in none.stderr
    assert "run manual__2" in reports("resend", "sales", "latest", "--yes").stdout


@pytest.mark.parametrize("state", [RunState.SKIPPED, RunState.DROPPED, RunState.STOPPED, RunState.HELD])
def test_a_run_that_is_not_to_be_sent_is_not_sent(made: Made, reports: Callable[..., Result], state: RunState) -> None:
    made.ledger.end(made.run, state, "because of it")

    found = reports("resend", "sales", "manual__1", "--to", ANN, "--yes")

    assert found.exit_code == 2
    assert f"is not sent: it is {state}: because of it" in found.stderr
    assert made.received() == []


def test_nothing_is_sent_without_the_approval_that_the_spec_asks_for(
    made: Made, project: Path, reports: Callable[..., Result]
) -> None:
    approval = "approval: {when: always, approvers: [{user: admin, email: anna@northwind.example}]}\n"
    write(project, SALES.replace("run_when:", f"{approval}run_when:"))

    found = reports("resend", "sales", "manual__1", "--yes")

    assert found.exit_code == 2, found.output
    assert "nobody has approved these files" in found.stderr
    assert made.received() == []


def test_nothing_is_sent_past_a_mask_that_the_data_does_not_have(
    made: Made, project: Path, reports: Callable[..., Result]
) -> None:
    columns = "    columns: {customer: {mask: partial}}"
    write(project, SALES.replace("    connection: shop", f"    connection: shop\n{columns}"))

    found = reports("resend", "sales", "manual__1", "--yes")

    assert found.exit_code == 2, found.output
    assert "the run's data is not masked as the spec says" in found.stderr
    assert made.received() == []


def test_only_a_destination_that_there_is(made: Made, reports: Callable[..., Result]) -> None:
    assert "sales has no destination 'sftp'" in reports("resend", "sales", "latest", "--destination", "sftp").stderr
    assert reports("resend", "sales", "latest", "--destination", "email", "--yes").exit_code == 0
    assert made.received() == [ANN, BEN]


def test_what_the_run_was_not_to_send_is_not_sent(made: Made, project: Path, reports: Callable[..., Result]) -> None:
    kept = replace(made.run, send=False)
    made.ledger.end(kept, RunState.ARCHIVED)

    assert "it is archived" in reports("resend", "sales", "manual__1", "--yes").stderr
