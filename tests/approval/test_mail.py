"""What approvers get by mail: the files that they may see, as far as a mail can carry them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from approvals import held_run, held_spec, mails, text_of
from demo.mail_server import MailServer
from people import PEOPLE, connect_crm, people
from runs import NOW, connect_mail, ledger_of, rendered, run_of
from scheduled_reports.approval import mail as approval_mail
from scheduled_reports.steps.approve import approve


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path / "inbox") as server:
        yield server


def test_files_that_are_too_large_for_a_mail_are_named_with_their_place(
    tmp_path: Path, connection: Callable[..., None], inbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ledger = held_run(tmp_path, connection, inbox)
    monkeypatch.setattr(approval_mail, "MOST", 200)

    approve(run, ledger, NOW, "mail", lambda _: "http://airflow.example")

    [mail] = mails(inbox, "ana")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["sales_2026-10-01.csv"]
    assert "Too large for a mail, look at them in the archive: sales_2026-10-01_mail.html\n" in text_of(mail)
    assert f"{run.folder.uri}/files/sales_2026-10-01_mail.html" in text_of(mail)


def test_the_attached_files_are_the_ones_that_would_be_sent(
    tmp_path: Path, connection: Callable[..., None], inbox: MailServer
) -> None:
    run, ledger = held_run(tmp_path, connection, inbox)

    approve(run, ledger, NOW, "mail", lambda _: "http://airflow.example")

    for part in mails(inbox, "ana")[0].iter_attachments():
        with run.folder.fetch(f"files/{part.get_filename()}") as path:
            assert part.get_payload(decode=True) == path.read_bytes()


def test_without_a_link_the_mail_says_where_to_look(
    tmp_path: Path, connection: Callable[..., None], inbox: MailServer
) -> None:
    run, ledger = held_run(tmp_path, connection, inbox)

    approve(run, ledger, NOW, "mail", lambda _: "")

    assert "the page of the DAG sales__daily, under 'Required actions'" in text_of(mails(inbox, "ben")[0])


def test_each_mail_has_an_id_of_its_own_that_depends_on_nothing_but_the_question(
    tmp_path: Path, connection: Callable[..., None], inbox: MailServer
) -> None:
    run, ledger = held_run(tmp_path, connection, inbox, text=held_spec("within: 2h\n"))

    approve(run, ledger, NOW, "mail", lambda _: "")
    first = [mail["Message-ID"] for mail in mails(inbox)]
    with ledger.writing() as connection_:
        connection_.exec_driver_sql("DELETE FROM scheduled_reports_told")
    approve(run, ledger, NOW + dt.timedelta(minutes=1), "mail", lambda _: "")

    assert len(set(first)) == 2
    assert [mail["Message-ID"] for mail in mails(inbox)] == first * 2


ASKED = """\
approval:
  when: always
  approvers:
    - {user: ana, email: ana@northwind.example}
    - {user: aud, email: aud@northwind.example, role: auditor}
    - {user: eve, email: eve@northwind.example}
content:
"""


def test_each_approver_gets_the_files_of_their_role_and_no_others(
    tmp_path: Path, connection: Callable[..., None], inbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connect_crm(connection, tmp_path)
    connect_mail(connection, inbox.port)
    text = people(
        text=PEOPLE.replace("  - {type: pdf}\n", "").replace("[csv, pdf]", "csv").replace("content:\n", ASKED)
    )
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    rendered(run, ledger)

    approve(run, ledger, NOW, "mail", lambda _: "")

    shown = {str(mail["To"]).partition("@")[0]: _attached(mail) for mail in mails(inbox)}
    assert "mail0@confidential0.example" in shown["aud"]
    assert "mail0@confidential0.example" not in shown["ana"]
    assert shown["ana"] == shown["eve"]
    assert "files/auditor/sales_2026-10-01.csv" in text_of(mails(inbox, "ana")[0])


def _attached(mail: EmailMessage) -> str:
    parts = [part for part in mail.iter_attachments() if part.get_content_type() in {"text/csv", "text/html"}]
    assert len(parts) == 2
    return " ".join(str(part.get_content()) for part in parts)
