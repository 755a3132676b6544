"""Reports that show nothing, and the server that gets their mails: what the tests of them share."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage

from demo.mail_server import MailServer
from runs import NOW
from scheduled_reports.ledger import Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from specs import SALES

NO_CONDITION = SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", "")
NOTHING = NO_CONDITION.replace("WHERE ordered_at >=", "WHERE customer = 'Nobody' AND ordered_at >=")


def on_empty(text: str, what: str) -> str:
    return text.replace("content:\n", f"on_empty: {what}\ncontent:\n", 1)


def checked(run: Run, ledger: Ledger) -> dict[str, str]:
    gate(run, ledger, NOW)
    extract(run)
    return check(run, ledger, NOW)


def mails(server: MailServer) -> list[EmailMessage]:
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in server.messages()]


def text_of(mail: EmailMessage, kind: str = "html") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
