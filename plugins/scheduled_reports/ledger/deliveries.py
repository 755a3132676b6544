"""The deliveries of all reports, the newest first, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all

from scheduled_reports.ledger.entries import DeliveryState
from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.tables import delivery

PAGE = 500
"""Deliveries read at once: while SQLite gives them, nobody can note one."""

Cursor = tuple[dt.datetime, str]
"""Where a page ended: when its last delivery was planned, and its id."""


@dataclass(frozen=True)
class DeliveryRecord:
    """All that the ledger knows of one delivery.

    Attributes:
        id: Unique, the same on every attempt.
        report_id: Its report.
        schedule_id: Its schedule.
        period_start: The first instant of the period, aware.
        period_end: The first instant after it, aware.
        run_id: The run that planned it.
        destination: The spec's entry in `deliver`.
        channel: Its type.
        recipient: An address or a shared place.
        identity: The same for every spelling of the same recipient.
        issue: 1, or higher where it was sent again on purpose.
        state: What became of it.
        attempts: How often sending began.
        receipt: What the other end answered; empty before.
        error: Why the last attempt failed, or why there was to be none; empty else.
        size: Bytes handed over.
        seconds: How long sending took.
        planned_at: When it was planned, aware.
        claimed_at: When the last attempt began, aware.
        settled_at: When that ended, aware.
        lease_until: Until when the worker that sends it is taken to be alive, aware; None while nobody does.
        parts: The receipts of its messages by their numbers, where it goes in several.
    """

    id: str
    report_id: str
    schedule_id: str
    period_start: dt.datetime
    period_end: dt.datetime
    run_id: str
    destination: str
    channel: str
    recipient: str
    identity: str
    issue: int
    state: DeliveryState
    attempts: int
    receipt: str
    error: str
    size: int | None
    seconds: float | None
    planned_at: dt.datetime
    claimed_at: dt.datetime | None
    settled_at: dt.datetime | None
    lease_until: dt.datetime | None
    parts: dict[int, str] = field(default_factory=dict)

    @property
    def cursor(self) -> Cursor:
        """Where a page ends that ends with this delivery."""
        return self.planned_at, self.id


def deliveries(
    ledger: Ledger, *, report_id: str | None = None, state: DeliveryState | None = None,
    since: dt.datetime | None = None, run_id: str | None = None, recipient: str | None = None, limit: int | None = None,
    after: Cursor | None = None,
) -> Iterator[DeliveryRecord]:  # fmt: skip
    """Yield deliveries, the newest first; they are read as they are asked for.

    Args:
        ledger: The ledger.
        report_id: Only of this report.
        state: Only in this state.
        since: Only what was planned at this instant, aware, or later.
        run_id: Only what this run was the first to plan.
        recipient: Only to this address or place, however it is spelt.
        limit: How many at most; all unless given.
        after: Only what comes after this one's `cursor`.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    query = select(*(delivery.c[field.name] for field in fields(DeliveryRecord)))
    query = query.where(*matching(report_id, state, since, run_id, recipient))
    query = query.order_by(delivery.c.planned_at.desc(), delivery.c.id.desc())
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None else min(left, PAGE)
        found = ledger.read(_page(query, after).limit(size))
        for row in found:
            yield DeliveryRecord(**{**row._mapping, "state": DeliveryState(row.state)})
        if len(found) < size:
            return
        after, left = (found[-1].planned_at, found[-1].id), None if left is None else left - size


def matching(
    report_id: str | None, state: DeliveryState | None, since: dt.datetime | None, run_id: str | None,
    recipient: str | None,
) -> list[ColumnElement[bool]]:  # fmt: skip
    """Return what must hold for the deliveries that are asked for."""
    asked = {"report_id": report_id, "state": state, "run_id": run_id}
    where: list[ColumnElement[bool]] = [delivery.c[name] == value for name, value in asked.items() if value is not None]
    if recipient is not None:
        where.append(is_recipient(recipient))
    if since is not None:
        where.append(delivery.c.planned_at >= since)
    return where


def is_recipient(address: str) -> ColumnElement[bool]:
    """Return what holds for the deliveries to an address or a place: mail addresses are kept without letter case."""
    return delivery.c.identity.in_({address, address.casefold()})


def _page(query: Select[Any], after: Cursor | None) -> Select[Any]:
    if after is None:
        return query
    planned, key = delivery.c.planned_at, delivery.c.id
    return query.where(planned <= after[0], or_(planned < after[0], and_(planned == after[0], key < after[1])))


def count_by_state(ledger: Ledger, since: dt.datetime) -> dict[DeliveryState, int]:
    """Return how many deliveries that were planned since an instant, aware, are in each state; none is not named.

    Each state is counted along its own part of the index: one query grouped by state would sort them all.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    recent = delivery.c.planned_at >= since
    counts = (
        select(literal(str(state)).label("state"), func.count().label("number"))
        .select_from(delivery).where(delivery.c.state == state, recent) for state in DeliveryState
    )  # fmt: skip
    return {DeliveryState(row.state): row.number for row in ledger.read(union_all(*counts)) if row.number}
