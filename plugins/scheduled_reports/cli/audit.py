"""`reports audit`: the trail of what was changed, when, by whom and why; and whether it was altered since."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from contextlib import closing

from rich import box
from rich.console import Console
from rich.table import Column, Table

from scheduled_reports.cli.runs import opened_ledger
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger.audit import Shown, trail_of, verify
from scheduled_reports.ledger.entries import DeliveryState

WORDS = {
    DeliveryState.PLANNED: "planned", DeliveryState.SENDING: "being sent", DeliveryState.DELIVERED: "delivered",
    DeliveryState.RETRYING: "is tried again", DeliveryState.FAILED: "failed",
    DeliveryState.UNCERTAIN: "uncertain", DeliveryState.SKIPPED: "skipped",
    DeliveryState.NOT_NEEDED: "not needed", DeliveryState.DEAD: "given up",
}  # fmt: skip
"""What a delivery's states are called."""

WIDE = 160
"""Columns from which a table needs no narrow layout."""


def verified(expect: str | None, console: Console, complain: Console) -> bool:
    """Look at the whole trail, print what that shows, and return whether all of it is right.

    Raises:
        ReportError: There is no ledger yet.
        LedgerError: It cannot be read.
    """
    started = time.monotonic()
    with closing(opened_ledger()) as ledger:
        found = verify(ledger, expect)
    took = f"{time.monotonic() - started:.1f} s"
    if found.broken is None:
        console.print(f"The audit trail is whole: {found.rows:,} rows, {took}")
        console.print(f"Head: {found.head}")
        return True
    complain.print(f"The audit trail is broken after {found.rows:,} rows that are right, {took}")
    complain.print(f"{found.broken.how}: {found.broken.text}")
    if found.broken.delivery_id:
        complain.print(f"See: reports audit show --delivery {found.broken.delivery_id}")
    return False


def show_trail(
    delivery: str | None, run: str | None, recipient: str | None, report: str | None, limit: int, console: Console
) -> None:
    """Print the rows of the trail about a delivery, a run's deliveries or a recipient's, the oldest first.

    Raises:
        ReportError: Nothing was asked for, or nothing is found.
    """
    if delivery is run is recipient is None:
        raise ReportError("say what of the trail to show", fix="--delivery ID, --run RUN or --recipient ADDRESS")
    with closing(opened_ledger()) as ledger:
        rows = trail_of(ledger, delivery_id=delivery, run_id=run, recipient=recipient, report_id=report, limit=limit)
    if not rows:
        raise ReportError("the audit trail has no such row", fix="see what there is: reports deliveries")
    wide(console)
    if console.width >= WIDE:
        console.print(_table(rows))
    else:
        _print_by_delivery(rows, console)
    if len({shown.row.delivery_id for shown in rows}) == limit and delivery is None:
        console.print(f"Only of the {limit} deliveries planned last; more with --limit")


def wide(console: Console) -> None:
    """Let each thing be one line where the console is a file or a pipe."""
    if not console.is_terminal:
        console.width = 1000


def _table(rows: list[Shown]) -> Table:
    table = _empty("#", when_of(shown.row.at for shown in rows), "Report", "To", "Change", "By", "Why")
    for shown in rows:
        row = shown.row
        change = _change(row.was, row.is_now)
        table.add_row(str(row.seq), when(row.at), shown.report_id, _to(shown), change, row.actor, row.why)
    return table


def _print_by_delivery(rows: list[Shown], console: Console) -> None:
    """Print a narrow table for each delivery, below what it is."""
    for entry_id in dict.fromkeys(shown.row.delivery_id for shown in rows):
        its = [shown for shown in rows if shown.row.delivery_id == entry_id]
        table = _empty("#", when_of(shown.row.at for shown in its), "Change", "By", "Why")
        for row in (shown.row for shown in its):
            table.add_row(str(row.seq), when(row.at, "\n"), _change(row.was, row.is_now), row.actor, row.why)
        console.print(f"{its[0].report_id}, {_to(its[0])} ({entry_id})" if its[0].report_id else entry_id)
        console.print(table)


def _empty(*headings: str) -> Table:
    return Table(*(Column(heading, overflow="fold") for heading in headings), box=box.SIMPLE)


def _to(shown: Shown) -> str:
    return f"{shown.destination} → {shown.recipient}" if shown.destination else ""


def _change(was: str, is_now: str) -> str:
    before, after = (words(state) for state in (was, is_now))
    return f"{before} → {after}" if was and was != is_now else f"stays {after}" if was else after


def words(state: str) -> str:
    """Return what a state is called; one that nobody knows is called as it is written."""
    return WORDS[DeliveryState(state)] if state in set(DeliveryState) else state


def when_of(moments: Iterable[dt.datetime]) -> str:
    """Return the heading of a column of such instants, which names this computer's time zone."""
    zones = sorted({moment.astimezone().strftime("%Z") for moment in moments})
    return f"When ({'/'.join(zones)})"


def when(moment: dt.datetime, between: str = " ") -> str:
    """Return an instant in this computer's time zone, with something between day and time."""
    local = moment.astimezone()
    return f"{local:%Y-%m-%d}{between}{local:%H:%M:%S}"
