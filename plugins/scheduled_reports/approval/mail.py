"""Tell those who may approve a report that it waits for them, with its files and the link to Airflow's page."""

from __future__ import annotations

import logging
import uuid
from email.message import EmailMessage

from scheduled_reports.approval.rule import Approver
from scheduled_reports.editions import EVERYBODY, Edition, editions
from scheduled_reports.errors import DeliveryError, ReportError, UncertainDeliveryError
from scheduled_reports.formats import Artifact
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.told import note_told, told_of
from scheduled_reports.mail import MailServer, ascii_domain, letter, mail_server
from scheduled_reports.run import Run
from scheduled_reports.steps.question import Question, size
from scheduled_reports.steps.render import all_artifacts

log = logging.getLogger(__name__)

MOST = 20_000_000
"""How many bytes of files a mail carries at most, as base64 makes them a third larger; most servers refuse more."""


def tell_approvers(run: Run, ledger: Ledger, question: Question, link: str, conn_id: str) -> None:
    """Send each approver who has not had it one mail about the question.

    Raises:
        DeliveryError: None of them could be told. Retryable where trying again can help one of them.
        UnknownConnectionError: There is no such connection.
        ArchiveError: The run's files cannot be read.
        LedgerError: The ledger cannot be read or written.
    """
    told = told_of(ledger, question.key)
    missing = [approver for approver in question.approvers if approver.email not in told]
    if not missing:
        return
    failures: list[ReportError] = []
    with mail_server(run.connect, conn_id) as server:
        for approver in missing:
            try:
                _tell(run, server, approver, question, link)
            except UncertainDeliveryError as error:
                log.warning("%s may have been told: %s", approver.user, error)
            except DeliveryError as error:
                log.error("%s could not be told: %s", approver.user, error)  # noqa: TRY400 - the text says all
                failures.append(error)
                continue
            note_told(ledger, run, question.key, approver.email)
    if len(failures) == len(question.approvers):
        raise DeliveryError(
            "nobody who may approve it could be told", why="; ".join(map(str, failures)),
            fix="correct their addresses in 'approval', then clear the task",
            retryable=any(error.retryable for error in failures),
        )  # fmt: skip


def _tell(run: Run, server: MailServer, approver: Approver, question: Question, link: str) -> None:
    unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{question.key}|{approver.email}").hex  # the same on every attempt
    message = letter(server.sender, approver.email, question.subject, unique)
    message["Reply-To"] = run.report.spec.owner
    where = link or f"the page of the DAG {run.report.id}__{run.schedule.id}, under 'Required actions'"
    carried, left = _carried(_files_for(run, approver))
    text = [f"{question.subject}\n", f"Approve or reject it here, as {approver.user}:\n{where}\n", question.text]
    if left:
        text.append("\nToo large for a mail, look at them in the archive: " + ", ".join(entry.name for entry in left))
    text.append(f"\nReport {run.report.id}, schedule {run.schedule.id}, run {run.run_id}")
    message.set_content("\n".join(text) + "\n")
    for artifact in carried:
        _attach(run, message, artifact)
    server.transfer(message.as_bytes(), ascii_domain(server.sender.addr_spec), ascii_domain(approver.email))
    log.info("%s was told at %s, with %s", approver.user, approver.email,
             ", ".join(f"{entry.name} ({size(entry.size)})" for entry in carried) or "no file")  # fmt: skip


def _files_for(run: Run, approver: Approver) -> list[Artifact]:
    """Return the files that the approver may see: what their role shows them, and no other role's."""
    own = Edition(approver.role)
    role = own.role if own in editions(run.report) else EVERYBODY.role
    return [artifact for artifact in all_artifacts(run) if (artifact.role, artifact.language) == (role, None)]


def _carried(artifacts: list[Artifact]) -> tuple[list[Artifact], list[Artifact]]:
    """Return which files fit into one mail, and which are left."""
    carried: list[Artifact] = []
    left: list[Artifact] = []
    room = MOST
    for artifact in artifacts:
        needed = artifact.size * 4 // 3
        (carried if needed <= room else left).append(artifact)
        room -= needed if needed <= room else 0
    return carried, left


def _attach(run: Run, message: EmailMessage, artifact: Artifact) -> None:
    main, _, sub = artifact.media_type.partition(";")[0].strip().lower().partition("/")
    with run.folder.fetch(artifact.path) as path:
        message.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=artifact.name)
