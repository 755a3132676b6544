"""From people and rows to mails: what each recipient really gets, and what becomes of those who cannot be reached."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from audience.crowd import PEOPLE, recipients, sent_to
from demo.mail_server import MailServer
from people import connect_crm, people
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.errors import DeliveryError, SourceError
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.render import all_artifacts, render
from specs import SALES

MANAGERS = "[{table: managers, address: email, name: full_name, language: lang, timezone: tz, role: role}]"
SOURCE = """\
  managers:
    type: sql
    connection: shop
    sql: SELECT * FROM managers
datasets:
"""
DYNAMIC = sent_to(MANAGERS, SALES.replace("datasets:\n", SOURCE, 1))


def managers(folder: Path, *rows: tuple[str | None, ...]) -> None:
    """Make the table of managers anew: (email, full_name, lang, tz, role), what a row leaves out being NULL."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS managers")
        connection.execute("CREATE TABLE managers (email TEXT, full_name TEXT, lang TEXT, tz TEXT, role TEXT)")
        filled = [(*row, *(None,) * (5 - len(row))) for row in rows]
        connection.executemany("INSERT INTO managers VALUES (?, ?, ?, ?, ?)", filled)


def mails(server: MailServer) -> dict[str, EmailMessage]:
    read = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in server.messages()]
    found = {str(mail["X-To"] or mail["To"]).rpartition("<")[2].strip(">"): mail for mail in read}
    assert len(found) == len(read), "somebody got two"
    return {address: mail for address, mail in found.items() if isinstance(mail, EmailMessage)}


def states(run: Run, ledger: Ledger) -> dict[str, str]:
    return {entry.recipient: entry.state for entry in owed(run, ledger)}


@pytest.fixture
def server(tmp_path: Path, connection: Callable[..., None]) -> Iterator[MailServer]:
    with MailServer(tmp_path / "inbox") as running:
        connect_mail(connection, running.port)
        connect_shop(connection, tmp_path)
        yield running


def test_each_row_of_a_table_is_a_recipient_once(tmp_path: Path, server: MailServer) -> None:
    run, ledger = run_of(tmp_path, DYNAMIC), ledger_of(tmp_path)
    managers(tmp_path, ("ann@x.example", "Ann"), (" ben@x.example ", "Ben\nFrank"), ("ANN@X.example", "Ann again"))
    gate(run, ledger, NOW)
    assert states(run, ledger) == {}
    extract(run, ledger)
    render(run, NOW)

    assert deliver(run, ledger, "email") == {"delivered": 2, "now": 2}

    assert set(mails(server)) == {"ann@x.example", "ben@x.example"}
    assert [one.name for one in run.report.spec.deliver[0].recipients(run.audience)] == ["Ann", "Ben Frank"]
    assert close(run, ledger, "mail") == {"delivered": 2}


def test_a_row_that_cannot_be_reached_fails_alone_and_the_owner_is_told(
    tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ALLOWED_DOMAINS", "x.example")
    run, ledger = run_of(tmp_path, DYNAMIC), ledger_of(tmp_path)
    addresses = ("eve@x.example\nBcc: all@x.example", None, "ann@x.example", "no address", "out@elsewhere.example")
    others = ("tim@x.example", "", "", "Mars/Base"), ("fra@x.example", "", "fr")
    managers(tmp_path, *((address,) for address in addresses), *others)
    rendered(run, ledger)

    with pytest.raises(DeliveryError) as failed:
        deliver(run, ledger, "email")
    with pytest.raises(DeliveryError):
        close(run, ledger, "mail")

    assert not failed.value.retryable
    assert states(run, ledger).pop("ann@x.example") is DeliveryState.DELIVERED
    entries = {entry.recipient: entry for entry in owed(run, ledger) if entry.recipient != "ann@x.example"}
    assert {entry.state for entry in entries.values()} <= {DeliveryState.FAILED, DeliveryState.DEAD}
    told = {
        "eve@x.example\\nBcc: all@x.example": "'eve@x.example\\nBcc: all@x.example' is not an e-mail address",
        "row 2 of table 'managers'": "it has no address",
        "no address": "row 4 of table 'managers': 'no address' is not an e-mail address",
        "out@elsewhere.example": "is outside of the domains that the setting `allowed_domains` allows: x.example",
        "tim@x.example": "unknown time zone 'Mars/Base'",
        "fra@x.example": "there are no texts in the language 'fr'",
    }
    assert entries.keys() == told.keys()
    letters = mails(server)
    assert letters.keys() == {"ann@x.example", "owner@northwind.example"}
    letter = letters["owner@northwind.example"].get_content()
    for recipient, why in told.items():
        assert why in entries[recipient].error
        assert why in letter.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (DYNAMIC, "nobody is known of the recipients in table 'managers': it has no row"),
        (DYNAMIC.replace("address: email", "address: mail"), "it has no column 'mail'; did you mean 'email'?"),
    ],
)
def test_a_table_without_recipients_is_an_error_and_the_others_get_theirs(
    tmp_path: Path, server: MailServer, text: str, why: str
) -> None:
    run, ledger = run_of(tmp_path, text.replace("[{table", "[ann@x.example, {table")), ledger_of(tmp_path)
    managers(tmp_path)
    rendered(run, ledger)

    with pytest.raises(DeliveryError, match="1 of 2 deliveries failed") as failed:
        deliver(run, ledger, "email")
    with pytest.raises(DeliveryError):
        close(run, ledger, "mail")

    assert not failed.value.retryable
    assert why in failed.value.why
    letters = mails(server)
    assert letters.keys() == {"ann@x.example", "owner@northwind.example"}
    assert why in letters["owner@northwind.example"].get_content()

    managers(tmp_path, ("dora@x.example",))
    if "has no row" in why:  # mended: only what is missing is sent
        extract(run, ledger)
        render(run, NOW)
        assert deliver(run, ledger, "email") == {"delivered": 2, "now": 1}
        assert close(run, ledger, "mail") == {"delivered": 2}


def test_a_run_that_never_knew_its_recipients_is_no_skipped_one(tmp_path: Path, server: MailServer) -> None:
    run, ledger = run_of(tmp_path, DYNAMIC), ledger_of(tmp_path)
    gate(run, ledger, NOW)
    with pytest.raises(SourceError):  # there is no such table in the shop
        extract(run, ledger)

    with pytest.raises(DeliveryError) as failed:
        close(run, ledger, "mail")

    assert "email: those in table 'managers'" in failed.value.why
    assert "email: those in table 'managers'" in mails(server)["owner@northwind.example"].get_content()


def test_a_new_run_of_the_period_asks_the_data_again_and_sends_to_who_is_new(
    tmp_path: Path, server: MailServer
) -> None:
    text, ledger = DYNAMIC.replace("[{table", "[zoe@x.example, {table"), ledger_of(tmp_path)
    first = run_of(tmp_path, text)
    managers(tmp_path, ("ann@x.example",))
    rendered(first, ledger)
    deliver(first, ledger, "email")
    close(first, ledger, "mail")
    managers(tmp_path, ("ann@x.example",), ("ben@x.example",))

    second = run_of(tmp_path, text, run_id="manual__2")
    rendered(second, ledger)
    assert deliver(second, ledger, "email") == {"delivered": 3, "now": 1}
    assert set(mails(server)) == {"zoe@x.example", "ann@x.example", "ben@x.example"}
    with pytest.raises(RunSkipped, match="was delivered already"):
        gate(run_of(tmp_path, sent_to("zoe@x.example"), run_id="manual__3"), ledger, NOW)


def test_readers_of_another_language_get_their_own_files_and_subject(tmp_path: Path, server: MailServer) -> None:
    recipients(tmp_path, PEOPLE.replace(', quiet_hours: {from: "20:00", to: "07:00"}', ""))
    text = DYNAMIC.replace(MANAGERS, f"[ann, ben, {MANAGERS[1:-1]}]")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    managers(tmp_path, ("dieter@x.example", "Dieter", "de"), ("dora@x.example", "Dora", "en"))
    rendered(run, ledger)

    assert deliver(run, ledger, "email")["now"] == 4

    found = mails(server)
    assert {address: mail["Subject"] for address, mail in found.items()} == {
        "ann@northwind.example": "Sales · Donnerstag, 1. Oktober 2026",
        "ben@northwind.example": "Sales · Thursday, 1 October 2026",
        "dieter@x.example": "Sales · Donnerstag, 1. Oktober 2026",
        "dora@x.example": "Sales · Thursday, 1 October 2026",
    }
    german, english = (found[f"{who}@northwind.example"].get_body(("html",)).get_content() for who in ("ann", "ben"))
    assert 'lang="de"' in german
    assert "30,75" in german
    assert 'lang="en"' in english
    assert "30.75" in english
    assert [(artifact.path, artifact.language) for artifact in all_artifacts(run)] == [
        ("files/sales_2026-10-01_mail.html", None), ("files/sales_2026-10-01.csv", None),
        ("files/default/de/sales_2026-10-01_mail.html", "de"), ("files/default/de/sales_2026-10-01.csv", "de"),
    ]  # fmt: skip


ROLES = """\
    people:
      ann: {address: ann@northwind.example}
      ada: {address: ada@northwind.example, role: auditor}
      aki: {address: aki@northwind.example, role: auditor, language: de}
      max: {address: max@northwind.example, role: manager}
    groups:
      everybody: [ann, ada, aki, max]
    """


def test_each_reads_with_the_eyes_of_their_role(
    tmp_path: Path, connection: Callable[..., None], server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connect_crm(connection, tmp_path)
    recipients(tmp_path, ROLES)
    text = people("email: {mask: {default: hash, auditor: keep}}\n").replace(
        "to: ann@northwind.example", "to: everybody"
    )
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    rendered(run, ledger)

    deliver(run, ledger, "everybody")

    seen = {
        address.partition("@")[0]: "mail0@confidential0.example" in str(mail.get_body(("html",)))
        for address, mail in mails(server).items()
    }
    assert seen == {"ann": False, "ada": True, "aki": True, "max": False}
    assert {artifact.path.rpartition("/")[0] for artifact in all_artifacts(run)} == {
        "files", "files/auditor", "files/auditor/de",
    }  # fmt: skip
    assert {artifact.format for artifact in all_artifacts(run) if artifact.role} == {"html_email", "csv", "pdf"}


def test_a_destination_may_have_something_for_one_role_and_nothing_for_another(
    tmp_path: Path, connection: Callable[..., None], server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connect_crm(connection, tmp_path)
    recipients(tmp_path, ROLES)
    text = people("email: {mask: {default: hash, auditor: keep}}\n").replace(
        "datasets:\n",
        "datasets:\n  known: {sql: SELECT email FROM people WHERE email LIKE '%@confidential0.example'}\n",
    )
    text = text.replace("to: ann@northwind.example", "to: [ann, ada], only_if: known")
    audit, after = text.index("  - {type: email, id: audit"), text.index("schedules:")
    run, ledger = run_of(tmp_path, text[:audit] + text[after:]), ledger_of(tmp_path)
    rendered(run, ledger)

    assert deliver(run, ledger, "everybody")["now"] == 1
    assert states(run, ledger) == {
        "ann@northwind.example": DeliveryState.NOT_NEEDED, "ada@northwind.example": DeliveryState.DELIVERED,
    }  # fmt: skip
    assert close(run, ledger, "mail") == {"delivered": 1}


def test_a_role_that_only_the_data_names_has_its_edition_ready(
    tmp_path: Path, connection: Callable[..., None], server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connect_crm(connection, tmp_path)
    text = people("email: {mask: {default: hash, auditor: keep}}\n").replace("datasets:\n", SOURCE, 1)
    text = text.replace("to: ann@northwind.example", f"to: {MANAGERS}")
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    managers(tmp_path, ("ada@x.example", "", "", "", "auditor"), ("max@x.example", "", "", "", "manager"))
    rendered(run, ledger)

    deliver(run, ledger, "everybody")

    seen = {
        address: "mail0@confidential0.example" in str(mail.get_body(("html",)))
        for address, mail in mails(server).items()
    }
    assert seen == {"ada@x.example": True, "max@x.example": False}
