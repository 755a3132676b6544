"""The audit trail: every change of every delivery, and whether somebody has altered it since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, func, select

from scheduled_reports.ledger.chain import FIRST, AuditRow, digest
from scheduled_reports.ledger.deliveries import is_recipient
from scheduled_reports.ledger.keys import chunks
from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.tables import audit, audit_head, delivery, run

__all__ = ["AuditRow", "Broken", "Shown", "Verified", "trail_of", "verify"]

PAGE = 10_000
"""Rows read at once, so that memory stays flat and SQLite's writers need not wait long."""

_ROW = [audit.c[field.name] for field in fields(AuditRow)]
_PERIOD = ("report_id", "schedule_id", "period_start", "period_end")
_BEFORE_ALL = -(2**62)


@dataclass(frozen=True)
class Broken:
    """The first thing that is wrong with the trail.

    Attributes:
        how: changed, removed, inserted or reordered: a row of the trail. state: a delivery is not in the state in which
            the trail left it. unknown: a delivery has no row, or is gone. expected: no row has the hash that was noted.
        text: What is wrong, in words.
        seq: The row's number; None where it is about no row.
        delivery_id: The delivery; empty where it is about none.
    """

    how: str
    text: str
    seq: int | None = None
    delivery_id: str = ""


@dataclass(frozen=True)
class Verified:
    """What looking at the whole trail has shown.

    Attributes:
        rows: How many rows were right.
        head: The last hash; note it elsewhere, and nobody can rewrite the trail up to it unnoticed.
        broken: The first thing that is wrong; None where all is right.
    """

    rows: int
    head: str
    broken: Broken | None


@dataclass(frozen=True)
class Shown:
    """A row of the trail, with what it is about.

    Attributes:
        row: The row.
        report_id: The report.
        destination: The spec's entry in `deliver`.
        recipient: An address or a shared place.
    """

    row: AuditRow
    report_id: str
    destination: str
    recipient: str


def verify(ledger: Ledger, expect: str | None = None) -> Verified:
    """Look at every row of the trail and every delivery; stop at the first that is wrong.

    What is added meanwhile is not looked at.

    Args:
        ledger: The ledger.
        expect: A hash that was noted before: the trail must have a row with it.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    heads = ledger.read(select(audit_head.c.seq, audit_head.c.hash))
    if not heads:
        return Verified(0, "", Broken("removed", "the trail's head is missing"))
    last, head = heads[0].seq, heads[0].hash
    walk = _Walk(ledger, last, expect)
    broken = walk.rows() or walk.end(head) or walk.deliveries()
    if broken is None and expect not in {None, FIRST} and not walk.met:
        text = f"no row has the hash {expect}: the trail was written anew, or the hash is of another ledger"
        broken = Broken("expected", text)
    return Verified(walk.seq, head, broken)


class _Walk:
    """Goes along the trail, row by row."""

    def __init__(self, ledger: Ledger, last: int, expect: str | None) -> None:
        self._ledger, self._last, self._expect = ledger, last, expect
        self.seq, self._hash, self.met = 0, FIRST, False

    def rows(self) -> Broken | None:
        """Return the first row that does not follow from the one before it."""
        for row, its_delivery in self._read():
            if row.seq > self._last:
                break
            right = row.seq == self.seq + 1 and row.previous == self._hash and digest(row) == row.hash
            if not right:
                return self._explained(row)
            if its_delivery is None:
                text = f"row {row.seq} is about delivery {row.delivery_id}, which is gone"
                return Broken("unknown", text, row.seq, row.delivery_id)
            self.seq, self._hash = row.seq, row.hash
            self.met = self.met or row.hash == self._expect
        return None

    def _read(self) -> Iterator[tuple[AuditRow, str | None]]:
        """Yield the rows in their order, each with its delivery's id; that is looked up for new deliveries only."""
        planned = and_(delivery.c.id == audit.c.delivery_id, audit.c.was == "")
        query = select(*_ROW, delivery.c.id).select_from(audit.outerjoin(delivery, planned))
        query, after = query.order_by(audit.c.seq).limit(PAGE), _BEFORE_ALL
        while found := self._ledger.read(query.where(audit.c.seq > after)):
            for one in found:
                row = _row(one)
                yield row, one.id if row.was == "" else ""
            after = found[-1].seq

    def _explained(self, row: AuditRow) -> Broken:
        """Return what is wrong with a row that is not the next."""
        wanted = self.seq + 1
        stray = self._successor(wanted)
        if stray is not None and stray.seq != wanted:
            if row.seq != wanted or self._is_of(row, stray.seq):
                return Broken("reordered", f"row {wanted} stands at {stray.seq}", wanted, stray.delivery_id)
            return Broken("inserted", f"row {row.seq} does not belong there", row.seq, row.delivery_id)
        if row.seq < wanted:
            return self._before_first(row)
        if row.seq > wanted:
            gone = f"row {wanted} is" if row.seq == wanted + 1 else f"rows {wanted} to {row.seq - 1} are"
            return Broken("removed", f"{gone} missing", wanted)
        if digest(row) != row.hash:
            return Broken("changed", f"row {row.seq} is not what was written", row.seq, row.delivery_id)
        text = f"row {row.seq} does not follow row {self.seq}: that one was changed and given a new hash"
        return Broken("changed", text, max(self.seq, 1), row.delivery_id)

    def _successor(self, wanted: int) -> AuditRow | None:
        """Return the row that was written as the next, wherever it stands now."""
        for found in self._ledger.read(select(*_ROW).where(audit.c.previous == self._hash)):
            row = _row(found)
            if digest(replace(row, seq=wanted)) == row.hash:
                return row
        return None

    def _before_first(self, row: AuditRow) -> Broken:
        for found in self._ledger.read(select(audit.c.seq).where(audit.c.hash == row.previous)):
            if self._is_of(row, found.seq + 1):
                return Broken("reordered", f"row {found.seq + 1} stands at {row.seq}", found.seq + 1, row.delivery_id)
        return Broken("inserted", f"row {row.seq} is before the first", row.seq, row.delivery_id)

    @staticmethod
    def _is_of(row: AuditRow, place: int) -> bool:
        """Return whether a row was written as the one at a place."""
        return digest(replace(row, seq=place)) == row.hash

    def end(self, head: str) -> Broken | None:
        """Return what is wrong with the trail's end."""
        if self.seq < self._last:
            if stray := self._successor(self.seq + 1):
                text = f"row {self.seq + 1} stands at {stray.seq}"
                return Broken("reordered", text, self.seq + 1, stray.delivery_id)
            return Broken("removed", f"the rows after {self.seq} are missing: the head says {self._last}", self.seq + 1)
        if self._hash != head:
            text = f"row {self.seq} is not the one that the head names: it was changed and given a new hash"
            return Broken("changed", text, self.seq or None)
        newest = select(func.max(audit.c.seq)).scalar_subquery()
        found = self._ledger.read(select(audit_head.c.seq, newest.label("newest")))
        if found and (found[0].newest or 0) > found[0].seq:
            text = f"row {found[0].newest} comes after the head, which says {found[0].seq}"
            return Broken("inserted", text, found[0].newest)
        return None

    def deliveries(self) -> Broken | None:
        """Return the first delivery whose state is not the one that the trail has."""
        newest = select(audit.c.is_now).where(audit.c.delivery_id == delivery.c.id)
        latest = newest.order_by(audit.c.seq.desc()).limit(1).scalar_subquery().label("noted")
        query, after = select(delivery.c.id, delivery.c.state, latest).order_by(delivery.c.id).limit(PAGE), ""
        while found := self._ledger.read(query.where(delivery.c.id > after)):
            for row in found:
                if row.noted is None:
                    return Broken("unknown", f"delivery {row.id} ({row.state}) has no row", None, row.id)
                if row.noted != row.state:
                    text = f"delivery {row.id} is {row.state}, and the trail left it {row.noted}"
                    return Broken("state", text, None, row.id)
            after = found[-1].id
        return None


def trail_of(
    ledger: Ledger, *, delivery_id: str | None = None, run_id: str | None = None, recipient: str | None = None,
    report_id: str | None = None, limit: int = 1000,
) -> list[Shown]:  # fmt: skip
    """Return the rows of the trail about deliveries, in their order.

    Args:
        ledger: The ledger.
        delivery_id: Only of this delivery, also where it is gone.
        run_id: Only of the deliveries of this run's period, also where another run planned them.
        recipient: Only of the deliveries to this address or place.
        report_id: Only of this report.
        limit: Of how many deliveries at most, those planned last; of each, all rows.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    where: list[ColumnElement[bool]] = []
    source: FromClause = delivery
    if run_id is not None:
        source = run.join(delivery, and_(*(delivery.c[name] == run.c[name] for name in _PERIOD)))
        where.append(run.c.run_id == run_id)
    where += [delivery.c.id == delivery_id] if delivery_id is not None else []
    where += [is_recipient(recipient)] if recipient is not None else []
    where += [delivery.c.report_id == report_id] if report_id is not None else []
    query = select(delivery.c.id, delivery.c.report_id, delivery.c.destination, delivery.c.recipient)
    query = query.select_from(source).where(*where).order_by(delivery.c.planned_at.desc(), delivery.c.id).limit(limit)
    about = {row.id: (row.report_id, row.destination, row.recipient) for row in ledger.read(query)}
    if delivery_id is not None:
        about.setdefault(delivery_id, ("", "", ""))
    rows = [_row(found) for some in chunks(about)
            for found in ledger.read(select(*_ROW).where(audit.c.delivery_id.in_(some)))]  # fmt: skip
    return [Shown(row, *about[row.delivery_id]) for row in sorted(rows, key=lambda row: row.seq)]


def _row(found: Row[Any]) -> AuditRow:
    return AuditRow(*found[: len(_ROW)])
