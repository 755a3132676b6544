"""A report that waits for a flag, asked again and again: what the tests of waiting share."""

from __future__ import annotations

import datetime as dt

from runs import NOW
from scheduled_reports.errors import SourceError
from scheduled_reports.ledger import Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps.gate import gate
from specs import SALES

MINUTE = dt.timedelta(minutes=1)
GONE = SourceError("the warehouse is away", why="connection refused", retryable=True)
WRONG = SourceError("the query was refused", why="no such column")
FLAG = "run_when:\n  all: [{type: flag, file: ready.txt}]\n  wait_for: 45m\n  every: 5m\n"


def flagged(more: str = "") -> str:
    """Return the small spec that waits for a flag file."""
    return SALES.replace("run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n", FLAG + more)


def at(run: Run, ledger: Ledger, minutes: float, conn_id: str = "mail") -> dict[str, object]:
    """Ask the gate of a run that began at NOW, so many minutes later."""
    return gate(run, ledger, NOW, owner_conn_id=conn_id, asked_at=NOW + minutes * MINUTE)
