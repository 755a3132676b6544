"""Approvals for tests: the small spec, held by a check of its data, and what its approvers were told."""

from __future__ import annotations

import datetime as dt
import email
import json
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path
from textwrap import indent
from typing import Any

from demo.mail_server import MailServer
from runs import NOW, connect_mail, connect_shop, ledger_of, rendered, run_of
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.findings import decisions_of
from scheduled_reports.run import Run
from scheduled_reports.steps.approve import Answer, approve, settle
from scheduled_reports.steps.question import Question, about_of
from specs import SALES

APPROVERS = "approvers:\n  - {user: ana, email: ana@northwind.example}\n  - {user: ben, email: ben@northwind.example}\n"
CHECK = "checks:\n  - {type: complete, dataset: orders, columns: customer, severity: hold}\n"
ESCALATE = "within: 4h\nthen: escalate\nescalate_to: [{user: cleo, email: cleo@northwind.example}]\n"
LINK = "http://airflow.example/answer"
ANSWERED = NOW + dt.timedelta(hours=1)
Held = Callable[..., tuple[Run, Ledger]]
HOLE = "SELECT NULLIF(customer, 'Customer 1') AS customer, amount"


def spec(fields: str = "", text: str = SALES) -> str:
    """Return a spec that ana and ben may approve, with more fields of its approval; its data has no hole."""
    approval = "approval:\n" + indent(APPROVERS + fields, "  ")
    return text.replace("content:\n", f"{CHECK}{approval}\ncontent:\n", 1)


def held_spec(fields: str = "") -> str:
    """Return a spec whose data has a hole, for which a check holds the report."""
    return spec(fields).replace("SELECT customer, amount", HOLE)


def held_run(
    folder: Path, connection: Callable[..., None], inbox: MailServer, fields: str = "", text: str = ""
) -> tuple[Run, Ledger]:
    """Return a run that is rendered and waits for approval, and its ledger."""
    connect_shop(connection, folder)
    connect_mail(connection, inbox.port)
    ledger = ledger_of(folder)
    return rendered(run_of(folder, text or held_spec(fields)), ledger), ledger


def mails(inbox: MailServer, to: str = "") -> list[EmailMessage]:
    """Return the mails that somebody got, or all."""
    found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in inbox.messages()]
    return [mail for mail in found if to in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    """Return what a mail says."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def ask(run: Run, ledger: Ledger, now: dt.datetime = NOW, **options: Any) -> Question | None:
    """Do the step `approve`."""
    return approve(run, ledger, now, "mail", lambda _: LINK, **options)


def answer(run: Run, ledger: Ledger, approved: bool | None, by: str = "ana", comment: str = "", **options: Any) -> Any:
    """Answer about the files that the run has now; None: nobody does."""
    who = "" if approved is None else by
    return settle(run, ledger, about_of(run), Answer(approved, who, comment, ANSWERED), "mail", **options)


def decided(run: Run, ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return what the ledger says that people decided."""
    return [(entry.decision, entry.decided_by, entry.comment) for entry in decisions_of(ledger, run)]


def manifest(run: Run) -> dict[str, Any]:
    """Return what the run noted."""
    found: dict[str, Any] = json.loads((Path(run.folder.root.path) / "manifest.json").read_text())
    return found
