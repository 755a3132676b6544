"""By what the ledger knows runs, their periods and their deliveries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement

from scheduled_reports.ledger.entries import Planned
from scheduled_reports.ledger.tables import delivery

if TYPE_CHECKING:
    from scheduled_reports.run import Run

NAMESPACE = uuid.UUID("6f1c1f0e-4a5c-5f0b-9c58-7f5a3c2f9a11")
CHUNK = 500
"""How many ids one statement names: SQLite takes 999 values in its oldest versions."""


def run_key(of: Run) -> str:
    """Return the key of a run."""
    return str(uuid.uuid5(NAMESPACE, f"{of.report.id}|{of.schedule.id}|{of.run_id}"))


def delivery_key(of: Run, item: Planned, issue: int) -> str:
    """Return the key of a delivery: the same whoever plans it, and however often."""
    start, end = (moment.astimezone(dt.UTC).isoformat() for moment in (of.period.start, of.period.end))
    text = f"{of.report.id}|{of.schedule.id}|{start}|{end}|{item.destination}|{item.identity}|{issue}"
    return str(uuid.uuid5(NAMESPACE, text))


def period_of(of: Run) -> dict[str, Any]:
    """Return the columns that say which period a run is for."""
    return {
        "report_id": of.report.id, "schedule_id": of.schedule.id, "period_start": of.period.start,
        "period_end": of.period.end,
    }  # fmt: skip


def same_period(report_id: str, schedule_id: str, start: dt.datetime, end: dt.datetime) -> list[ColumnElement[bool]]:
    """Return what holds for the deliveries of one period."""
    return [
        delivery.c.report_id == report_id, delivery.c.schedule_id == schedule_id, delivery.c.period_start == start,
        delivery.c.period_end == end,
    ]  # fmt: skip


def chunks(ids: Collection[str]) -> Iterator[list[str]]:
    """Yield ids in lists short enough for one statement."""
    every = list(ids)
    yield from (every[first : first + CHUNK] for first in range(0, len(every), CHUNK))
