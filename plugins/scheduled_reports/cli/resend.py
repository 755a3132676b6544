"""`reports resend`: send what a run has in the archive again."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Column, Table

from scheduled_reports import settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.cli.archived import record_named, report_named, run_of_record
from scheduled_reports.cli.audit import wide, words
from scheduled_reports.cli.progress import told_on
from scheduled_reports.cli.runs import opened_ledger
from scheduled_reports.errors import ReportError, UncertainDeliveryError
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.entries import RunState
from scheduled_reports.run import Run
from scheduled_reports.steps.plan import is_settled, of_period, replaced
from scheduled_reports.steps.resend import Choice, Outcome, Wanted, choices, resend

MOST = 50
"""Deliveries that a table shows; of more it says how many."""


def resend_run(
    folder: Path, name: str, asked: str, schedule: str | None, wanted: Wanted, agreed: Callable[[str], bool],
    console: Console,
) -> bool:  # fmt: skip
    """Show what would be sent, ask, send it, show what became of it; return whether all of it arrived.

    Args:
        folder: The folder with the specs.
        name: The report.
        asked: Airflow's id of the run, or how one alone begins, or `latest`.
        schedule: Only runs of this schedule.
        wanted: Which of its deliveries.
        agreed: Asks a question, and returns whether the answer is yes.
        console: Where it is said.

    Raises:
        ReportError: There is no such run or delivery, or it may not be sent.
        LedgerError: The ledger cannot be reached.
    """
    report, who = report_named(folder, name), login()
    with closing(opened_ledger(f"{who} by `reports resend`")) as ledger:
        record = record_named(folder, ledger, name, asked, schedule)
        run = run_of_record(report, record, RunFolder.at(record.folder).manifest())
        console.print(f"{report.spec.title} · {run.period.label} · run {run.run_id}", style="bold")
        wide(console)
        found = choices(run, ledger, wanted)
        chosen = [one for one in found if not one.kept_back]
        if not found:
            return _nothing(run, ledger, wanted, console)
        console.print(_asked_table(found))
        if not chosen:
            console.print("Nothing of it is sent")
            return True
        if not agreed(question(chosen)):
            console.print("Nothing was sent")
            return False
        with told_on(console, "Sending"):
            outcomes = resend(run, ledger, chosen, who, lease=settings.lease())
        console.print(_outcome_table(outcomes))
        return _summed_up(run, ledger, outcomes, console)


def login() -> str:
    """Return the login name of who is at the command line."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "somebody without a login name"


def question(chosen: Sequence[Choice]) -> str:
    """Return what is asked before anything is sent: most of all, what somebody may get twice."""
    doubts, again = [one for one in chosen if one.is_doubt], [one for one in chosen if one.has_it]
    told = [f"{_people(doubts)} may have it already."] if doubts else []
    told += [f"{_people(again)} {'has' if len(again) == 1 else 'have'} it already{_since(again)}."] if again else []
    return " ".join([*told, f"Send {len(chosen):,} deliver{'ies' if len(chosen) != 1 else 'y'}?"])


def _since(again: Sequence[Choice]) -> str:
    at = again[0].entry.settled_at if len(again) == 1 and again[0].entry else None
    return f", since {at.astimezone():%Y-%m-%d %H:%M %Z}" if at else ""


def _people(them: Sequence[Choice]) -> str:
    return str(them[0].recipient) if len(them) == 1 else f"{len(them):,} of them"


def _nothing(run: Run, ledger: Ledger, wanted: Wanted, console: Console) -> bool:
    """Say that there is nothing to send, which is well; an address that gets nothing of the report is a mistake."""
    if wanted.to is not None and wanted.only is None:
        where = f"destination {wanted.destination!r} does" if wanted.destination else "its destinations do"
        raise ReportError(f"{run.report.id} is not sent to {wanted.to}", why=f"{where} not name them",
                          fix=f"see who gets it: reports audience {run.report.id}")  # fmt: skip
    console.print(f"There is nothing to send: no delivery {_WHICH[wanted.only]}")
    if wanted.only is not None:
        others = [one for one in choices(run, ledger, replace(wanted, only=None)) if not (one.kept_back or one.has_it)]
        if others:  # say, as the address of one that failed was corrected in the spec
            who = f"{others[0].recipient} has" if len(others) == 1 else f"{len(others):,} deliveries have"
            console.print(f"{who} no receipt yet: leave out --only-{wanted.only} to send that")
    return True


_WHICH = {None: "lacks its receipt", "failed": "has failed", "uncertain": "is in doubt"}


def _asked_table(found: Sequence[Choice]) -> Table:
    table = Table(*_columns("Destination", "Recipient", "State", "Attempts", "What becomes of it"), box=box.SIMPLE)
    for one in found[:MOST]:
        what = f"not sent: {one.kept_back}" if one.kept_back else "sent once more" if one.has_it else "sent"
        attempts = str(one.entry.attempts) if one.entry else "0"
        table.add_row(one.channel.key, str(one.recipient), words(one.state), attempts, what)
    if len(found) > MOST:
        table.add_row("…", f"{len(found) - MOST:,} more", "", "", "")
    return table


def _outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """Return a table of what became of them, what failed first."""
    table = Table(*_columns("Destination", "Recipient", "Became", "Receipt or error"), box=box.SIMPLE)
    ordered = sorted(outcomes, key=lambda one: one.error is None)
    for one in ordered[:MOST]:
        became = "delivered" if one.error is None else "uncertain" if _is_doubt(one) else "failed"
        told = one.receipt if one.error is None else str(one.error)
        table.add_row(one.choice.channel.key, str(one.choice.recipient), became, told)
    if len(ordered) > MOST:
        table.add_row("…", f"{len(ordered) - MOST:,} more", "", "")
    return table


def _is_doubt(outcome: Outcome) -> bool:
    return isinstance(outcome.error, UncertainDeliveryError)


def _columns(*headings: str) -> list[Column]:
    return [Column(heading, overflow="fold") for heading in headings]


def _summed_up(run: Run, ledger: Ledger, outcomes: Sequence[Outcome], console: Console) -> bool:
    """Say how many arrived, and what is left to do; return whether all did."""
    failed = sum(one.error is not None for one in outcomes)
    console.print(f"{len(outcomes) - failed:,} delivered, {failed:,} not")
    stand_ins = replaced(run, ledger)
    left = sum(not is_settled(run, entry, stand_ins) for entry in of_period(run, ledger))
    if left > failed:
        have = "delivery of the run has" if left == 1 else "deliveries of the run have"
        console.print(f"{left:,} {have} no receipt: reports deliveries --run {run.run_id}")
    elif not left and ledger.outcome(run)[0] is RunState.FAILED:
        console.print("In Airflow the run is still failed: clear its task `close`, which looks at the ledger again")
    return failed == 0
