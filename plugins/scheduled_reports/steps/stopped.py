"""End a run that a check has stopped: nobody gets the report, and its owner gets the rows to mend."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NoReturn

from scheduled_reports.checks import Outcome
from scheduled_reports.checks.parts import readable
from scheduled_reports.errors import ArchiveError, DeliveryError, ReportError, UncertainDeliveryError
from scheduled_reports.ledger import DeliveryState, Ledger, RunState
from scheduled_reports.ledger.findings import CheckEntry, checks_of
from scheduled_reports.ledger.told import note_told, told_of
from scheduled_reports.notify import Attachment, tell_owner
from scheduled_reports.run import Run
from scheduled_reports.steps.failing_rows import Kept, kept_in
from scheduled_reports.steps.plan import owed
from scheduled_reports.steps.telling import key_of, steady

log = logging.getLogger(__name__)

MOST_BYTES = 5_000_000
"""Of all attachments together: base64 adds a third (RFC 2045, 6.8), and many mail servers take no more than 10 MB."""

MOST_TOLD = 20
"""Results of one check in the mail: of parts that fail there may be 1,000."""

FIX = (
    "mend the data, then clear the task `extract` and those after it; or mend the check, and clear `check` and those "
    "after it"
)


@dataclass
class _Rows:
    """The failing rows of a run, and those that go with the mail.

    Attributes:
        kept: What was kept, by the check's id.
        attached: Files that go with the mail, by the check's id.
    """

    kept: dict[str, Kept] = field(default_factory=dict)
    attached: dict[str, Attachment] = field(default_factory=dict)


def close_stopped(run: Run, ledger: Ledger, owner_conn_id: str, reason: str) -> NoReturn:
    """Tell the owner by one mail what failed, with the failing rows, and fail; not again where the same stops it again.

    Args:
        run: The run, which the ledger says is stopped.
        ledger: Where its checks are noted.
        owner_conn_id: SMTP connection by which the owner is told.
        reason: Why it was stopped.

    Raises:
        DeliveryError: Always; permanent, as the remedy is to mend the data or the check.
        LedgerError: The ledger cannot be read.
    """
    spec, entries = run.report.spec, checks_of(ledger, run)
    failed = [entry for entry in entries if entry.outcome in {Outcome.FAILED, Outcome.CRASHED}]
    stopping = {entry.name for entry in failed if entry.severity == "stop"}
    what = f"{spec.title}, {run.period.label}: stopped by {len(stopping)} of its {len(spec.checks)} checks"
    failure = DeliveryError(what, why=reason, fix=FIX)
    head = [f"{spec.title} for {run.period.label} was stopped by its checks. {_who_has_it(run, ledger)}", ""]
    about, owner = key_of(run, ("stopped", steady(reason))), spec.owner
    if owner in told_of(ledger, about):
        log.info("%s was told before", owner)
    elif _tell(run, owner_conn_id, head, sorted(failed, key=lambda entry: entry.severity != "stop")):
        note_told(ledger, run, about, owner)
    try:
        run.folder.note(state=RunState.STOPPED, reason=reason, deliveries=[])
    except ArchiveError as error:  # it must not hide why the run was stopped
        log.warning("%s", error)
    raise failure


def _who_has_it(run: Run, ledger: Ledger) -> str:
    before = [entry.recipient for entry in owed(run, ledger) if entry.state is DeliveryState.DELIVERED]
    return f"Nothing more was sent; it went out before to {', '.join(before)}." if before else "Nobody got it."


def _tell(run: Run, conn_id: str, head: list[str], failed: list[CheckEntry]) -> bool:
    """Send the mail; where a server does not take it with its files, without them, as they are in the archive.

    That it cannot be sent is logged; returns whether it was.
    """
    rows, owner = _rows(run), run.report.spec.owner
    subject = f"Stopped: {run.report.spec.title}, {run.period.label}"
    try:
        try:
            tell_owner(run.connect, conn_id, owner, subject, _text(run, head, failed, rows), [*rows.attached.values()])
        except UncertainDeliveryError:
            raise
        except DeliveryError as error:
            if not rows.attached or error.retryable:
                raise
            log.warning("Told without the failing rows: %s", error)
            tell_owner(run.connect, conn_id, owner, subject, _text(run, head, failed, _Rows(rows.kept)))
    except ReportError as error:
        log.error("The owner %s could not be told: %s", owner, error)  # noqa: TRY400 - the text says all
        return False
    return True


def _rows(run: Run) -> _Rows:
    """Return the failing rows, and of their files as many as fit into a mail."""
    rows, room = _Rows(), MOST_BYTES
    try:
        rows.kept = {entry.check: entry for entry in kept_in(run.folder.manifest())}
        for key, entry in rows.kept.items():
            if not entry.file:
                continue
            with run.folder.fetch(entry.file) as path:
                size = path.stat().st_size
                if size <= room:
                    name = PurePosixPath(entry.file).name
                    rows.attached[key] = Attachment(name, "text/csv", path.read_bytes())
                    room -= size
    except (ArchiveError, OSError) as error:
        log.warning("The failing rows cannot be attached: %s", error)
    return rows


def _text(run: Run, head: list[str], failed: list[CheckEntry], rows: _Rows) -> str:
    checks = {check.key: check for check in run.report.spec.checks}
    lines = list(head)
    told = Counter[str]()
    for entry in failed:
        told[entry.name] += 1
        if told[entry.name] > MOST_TOLD:
            continue
        lines += [_title(entry), f"    {entry.reason}"]
        if (check := checks.get(entry.name)) is not None and check.description:
            lines.append(f"    {check.description}")
        if entry.name in rows.kept and told[entry.name] == 1:
            lines += (f"    {line}" for line in _about(run, rows, rows.kept[entry.name]))
        lines.append("")
    for name, count in told.items():
        if count > MOST_TOLD:
            more, of_run = f"{count - MOST_TOLD:,} more parts", f"reports runs {run.report.id} --run '{run.run_id}'"
            lines += [f"{name} fails for {more}; all of them: {of_run}", ""]
    lines += ["What to do", f"    {FIX[:1].upper()}{FIX[1:]}.", ""]
    lines += [f"Report {run.report.id}, schedule {run.schedule.id}, run {run.run_id}", f"Files: {run.folder.uri}"]
    return "\n".join(lines) + "\n"


def _title(entry: CheckEntry) -> str:
    part = f" ({readable(entry.part)})" if entry.part else ""
    effect = {"stop": "stops the report", "hold": "would hold it for approval", "warn": "would put a warning on it"}
    return f"{entry.name}{part} {effect[entry.severity]}"


def _about(run: Run, rows: _Rows, kept: Kept) -> Iterator[str]:
    """Yield what there is of a check's failing rows, and where."""
    yield f"Failing rows: {kept}"
    if kept.check in rows.attached:
        yield f"Attached: {rows.attached[kept.check].name}"
    elif kept.file:
        yield f"Not attached, as a mail with them is too large: {run.folder.uri}/{kept.file}"
