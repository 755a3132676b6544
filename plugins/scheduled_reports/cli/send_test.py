"""`reports send-test`: make a report and mail it to somebody who is to look at it first."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from scheduled_reports.archive import RunFolder
from scheduled_reports.audience import Recipient
from scheduled_reports.channels import Channel, Delivery
from scheduled_reports.channels.email import Email
from scheduled_reports.cli.archived import record_named, report_named
from scheduled_reports.cli.preview import announce, make_preview, preview_run
from scheduled_reports.cli.render import copy_tables, run_again
from scheduled_reports.cli.resend import login
from scheduled_reports.cli.runs import opened_ledger
from scheduled_reports.document.document import Notice
from scheduled_reports.editions import edition_for
from scheduled_reports.errors import DeliveryError, ReportError
from scheduled_reports.model import email_address
from scheduled_reports.parcels import Packing
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.steps.provenance import page_of, told
from scheduled_reports.steps.render import artifacts_of, notices_of, render

log = logging.getLogger(__name__)

WORD = "TEST"


@dataclass(frozen=True)
class Asked:
    """What is to be sent to whom.

    Attributes:
        name: The report.
        to: Who gets it.
        destination: Only this destination; all that are e-mail unless given.
        run: Airflow's id of a run whose data it is made from; None makes it as a preview does.
        period: A day in the period of a preview.
        schedule: Its schedule, or that of the run.
        params: NAME=VALUE of a preview's parameters.
        out: Where its files are made.
    """

    name: str
    to: tuple[str, ...]
    destination: str | None
    run: str | None
    period: str | None
    schedule: str | None
    params: tuple[str, ...]
    out: Path


def send_test_mails(folder: Path, asked: Asked, console: Console) -> bool:
    """Make the report with a notice on top that it is a test, and mail it; return whether everybody was sent it.

    The ledger and the archive stay as they are.

    Args:
        folder: The folder with the specs.
        asked: What, and to whom.
        console: Where it is said.

    Raises:
        ReportError: There is no such report, destination or run; an address may not be mailed to; a step failed.
    """
    report = report_named(folder, asked.name)
    channels = _channels(report, asked.destination)
    run = _run(folder, report, asked)
    _require_allowed(run, asked.to)
    notices = [Notice(WORD, f"This is a test that {login()} sent to {', '.join(asked.to)} only; it does not count")]
    if not _made(folder, run, asked, notices, console):
        return False
    sent = [_sent(run, channel, asked.to, console) for channel in channels]
    return all(sent)


def _channels(report: Report, destination: str | None) -> list[Email]:
    """Return the destinations whose messages are sent: only a mail can go to somebody else than its recipients."""
    by_key = {channel.key: channel for channel in report.spec.deliver}
    if destination is not None and destination not in by_key:
        raise ReportError(f"{report.id} has no destination {destination!r}", why=did_you_mean(destination, by_key))
    asked_for = [by_key[destination]] if destination is not None else list(by_key.values())
    found = [channel for channel in asked_for if isinstance(channel, Email)]
    if not found:
        kinds = ", ".join(f"{channel.key} is {channel.kind}" for channel in asked_for)
        raise ReportError(f"no test of {report.id} can be sent", why=f"only e-mail can go to another address; {kinds}",
                          fix="reports preview makes its files, check --live looks at its destinations")  # fmt: skip
    return found


def _require_allowed(run: Run, addresses: tuple[str, ...]) -> None:
    for address in addresses:
        try:
            run.tenant.require(email_address(address))
        except ValueError as error:
            raise ReportError(f"no test can be sent to {address}", why=str(error)) from error


def _run(folder: Path, report: Report, asked: Asked) -> Run:
    if asked.run is None:
        return preview_run(
            folder, str(report.path), (asked.period, None, None), asked.schedule, list(asked.params), asked.out
        )
    if asked.period is not None or asked.params:
        raise ReportError("--run has its own period and parameters", fix="leave out --period and --param")
    with closing(opened_ledger()) as ledger:
        record = record_named(folder, ledger, report.id, asked.run, asked.schedule)
    return run_again(report, record, RunFolder.at(record.folder).manifest(), asked.out)


def _made(folder: Path, run: Run, asked: Asked, notices: list[Notice], console: Console) -> bool:
    """Make the files; return whether there are any."""
    if asked.run is None:
        return bool(make_preview(run, console, notices))
    with closing(opened_ledger()) as ledger:
        then = RunFolder.at(record_named(folder, ledger, run.report.id, asked.run, asked.schedule).folder)
    kept = then.manifest()
    if not kept.get("tables") or not then.names("data"):
        raise ReportError(f"the archive has no data of run {run.run_id} of {run.report.id}",
                          why=f"looked for in {then.uri}", fix="without --run the sources are asked")  # fmt: skip
    console.print(f"{run.report.spec.title} · {run.period.label} · {run.run_id}", style="bold")
    copy_tables(then, run.folder, kept)
    announce(run, notices)
    return bool(render(run, dt.datetime.now(dt.UTC), told(kept.get("provenance", {}), run.period.start.tzinfo)))


def _sent(run: Run, channel: Email, addresses: tuple[str, ...], console: Console) -> bool:
    """Mail one destination's message to each address; say what became of it, and return whether all were sent."""
    arrived = True
    try:
        with channel.open(run.connect) as session, TemporaryDirectory(prefix="reports-test-") as packed:
            records = {entry.key: entry.records() for entry in run.report.spec.formats}
            packing = Packing(channel, getattr(session, "limit", None), lambda: Path(packed), records,
                              lambda _: page_of(run))  # fmt: skip
            for address in addresses:
                for part in packing.fitted(_delivery(run, channel, Recipient(address))):
                    receipt = session.send(part)
                    console.print(f"  {channel.key} → {address}: {receipt.text}")
                log.info("A test of %s was sent to %s, which does not count", run.report.id, address)
    except DeliveryError as error:
        console.print(f"  {channel.key}: {error}", style="red")
        arrived = False
    return arrived


def _delivery(run: Run, channel: Channel, recipient: Recipient) -> Delivery:
    """Return what a reader without a role or language of their own gets, under an id that no delivery has."""
    edition = edition_for(run.report, channel, recipient)
    made = artifacts_of(run, edition)
    artifacts = {key: made[key] for key in channel.formats()}
    files = {key: Path(run.folder.root.path) / artifact.path for key, artifact in artifacts.items()}
    return Delivery(f"test-{uuid.uuid4()}", recipient, files, artifacts, run.words, notices_of(run, edition),
                    language=run.language_in(edition.language))  # fmt: skip
