"""Of a report with several editions, each is skipped or sent by what it shows itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.mail_server import MailServer
from people import people
from runs import NOW, connect_mail, ledger_of
from scheduled_reports.ledger import DeliveryState, RunState
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped, StepSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.render import render
from steps.blank_reports import checked, mails, on_empty, text_of

ROLES = (
    people("name: {mask: {default: 'null', auditor: keep}}\nemail: {mask: {default: 'null', auditor: keep}}\n"
           "phone: {mask: {default: 'null', auditor: keep}}\nborn: {mask: {default: 'null', auditor: keep}}\n"
           "income: {mask: {default: 'null', auditor: keep}}\n")
    .replace("count(*) AS people", "count(name) AS people")
)  # fmt: skip


@pytest.fixture
def roles(crm_run: Callable[..., Run], tmp_path: Path, connection: Callable[..., None]) -> Iterator[MailServer]:
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        yield server


def test_of_two_editions_only_the_one_that_shows_something_is_sent(
    tmp_path: Path, crm_run: Callable[..., Run], roles: MailServer
) -> None:
    run, ledger = crm_run(ROLES), ledger_of(tmp_path)

    found = checked(run, ledger)
    render(run, NOW)
    with pytest.raises(StepSkipped, match="contacts has no value in what is shown of it"):
        deliver(run, ledger, "everybody")
    deliver(run, ledger, "audit")

    assert close(run, ledger, "mail") == {"delivered": 1}
    assert found["on_empty"].endswith(": who would see nothing gets nothing")
    assert [mail["To"] for mail in mails(roles)] == ["aud@northwind.example"]
    assert {entry.destination: entry.state for entry in owed(run, ledger)} == {
        "everybody": DeliveryState.NOT_NEEDED, "audit": DeliveryState.DELIVERED,
    }  # fmt: skip
    assert ledger.outcome(run)[0] is RunState.DELIVERED


def test_of_two_editions_only_the_one_that_shows_nothing_says_so(
    tmp_path: Path, crm_run: Callable[..., Run], roles: MailServer
) -> None:
    run, ledger = crm_run(on_empty(ROLES, "send_notice")), ledger_of(tmp_path)

    checked(run, ledger)
    render(run, NOW)
    deliver(run, ledger, "everybody")
    deliver(run, ledger, "audit")

    assert {mail["To"]: mail["Subject"].startswith("[EMPTY] ") for mail in mails(roles)} == {
        "ann@northwind.example": True, "aud@northwind.example": False,
    }  # fmt: skip
    assert {mail["To"]: "Nothing to show" in text_of(mail) for mail in mails(roles)} == {
        "ann@northwind.example": True, "aud@northwind.example": False,
    }  # fmt: skip


def test_where_every_edition_shows_nothing_the_run_is_skipped_and_each_is_named(
    tmp_path: Path, crm_run: Callable[..., Run], roles: MailServer
) -> None:
    run = crm_run(
        ROLES.replace("FROM people ORDER BY id", "FROM people WHERE false").replace(
            "AS addresses FROM people", "AS addresses FROM people WHERE false"
        )
    )

    with pytest.raises(RunSkipped, match=r"for everybody, .*contacts has no rows; for role 'auditor', .*has no rows"):
        checked(run, ledger_of(tmp_path))
