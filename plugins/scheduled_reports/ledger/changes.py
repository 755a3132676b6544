"""The one place where a delivery's state changes: never without its row of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger.chain import AuditRow, digest
from scheduled_reports.ledger.engine import clock, let_go_if_frozen
from scheduled_reports.ledger.entries import DeliveryState
from scheduled_reports.ledger.keys import chunks
from scheduled_reports.ledger.storable import storable
from scheduled_reports.ledger.tables import audit, audit_head, delivery

ACTOR = audit.c.actor.type.length  # type: ignore[attr-defined]

Why = str | Callable[[Row[Any]], str]
"""Why deliveries change: the same words for all, or each one's own."""


class Changes:
    """Changes deliveries within one transaction.

    It locks the trail's head until the transaction ends, so that all who change deliveries do so one after the other:
    the trail has one order, and what was read after the lock holds until the commit. Keep the transaction short.

    Args:
        connection: A connection within a transaction.
        actor: Who changes them, in words.

    Attributes:
        connection: The connection.
        now: What time it is, aware, by the ledger's clock.
    """

    def __init__(self, connection: Connection, actor: str) -> None:
        self.connection, self._actor = connection, storable(actor, ACTOR)
        let_go_if_frozen(connection)
        head = connection.execute(select(audit_head.c.seq, audit_head.c.hash).with_for_update()).one_or_none()
        if head is None:
            what, fix = "the head of the ledger's audit trail is missing", "restore the ledger's backup"
            raise LedgerError(what, why="somebody removed it", fix=fix, retryable=False)
        self._seq, self._hash = head
        self.now = clock(connection)

    def found(self, *where: Any) -> Sequence[Row[Any]]:
        """Return all that the ledger has of the deliveries that match."""
        return self.connection.execute(select(delivery).where(*where)).all()

    def named(self, ids: Collection[str]) -> dict[str, Row[Any]]:
        """Return all that the ledger has of the deliveries with these ids, by id.

        Raises:
            LedgerError: There is no such delivery.
        """
        found = {row.id: row for some in chunks(ids) for row in self.found(delivery.c.id.in_(some))}
        if unknown := [entry_id for entry_id in ids if entry_id not in found]:
            raise LedgerError(f"the ledger has no delivery {unknown[0]}", retryable=False)
        return found

    def plan(self, rows: Sequence[dict[str, Any]], why: Callable[[dict[str, Any]], str]) -> None:
        """Add deliveries, which the caller has looked for in vain since the lock."""
        if not rows:
            return
        state = DeliveryState.PLANNED
        started = {"state": state, "attempts": 0, "receipt": "", "error": "", "planned_at": self.now}
        self.connection.execute(insert(delivery), [{**row, **started} for row in rows])
        self._append([(row["id"], "", state, why(row)) for row in rows])

    def change(self, rows: Collection[Row[Any]], state: DeliveryState, why: Why, **values: Any) -> None:
        """Give deliveries another state, and other values with it.

        Args:
            rows: The deliveries, as they were read since the lock.
            state: What they become.
            why: Why.
            values: Other columns that change with it.

        Raises:
            LedgerError: One of them has changed since it was read, so not by this package.
        """
        for was in sorted({row.state for row in rows}):
            for some in chunks([row.id for row in rows if row.state == was]):
                wanted = update(delivery).where(delivery.c.id.in_(some), delivery.c.state == was)
                if self.connection.execute(wanted.values(state=state, **values)).rowcount != len(some):
                    raise LedgerError("deliveries changed while the audit trail was locked",
                                      why="something else writes to the ledger's tables")  # fmt: skip
        self._append([(row.id, row.state, state, why if isinstance(why, str) else why(row)) for row in rows])

    def note(self, row: Row[Any], why: str) -> None:
        """Note something of a delivery that stays as it is."""
        self._append([(row.id, row.state, row.state, why)])

    def amend(self, ids: Collection[str], **values: Any) -> None:
        """Change what is known of deliveries, but not their state."""
        if "state" in values:
            raise ValueError("a state changes by `change`, which notes it")
        for some in chunks(ids):
            self.connection.execute(update(delivery).where(delivery.c.id.in_(some)).values(**values))

    def _append(self, changed: Sequence[tuple[str, str, str, str]]) -> None:
        """Add rows to the trail: (delivery, was, is now, why) of each."""
        rows = []
        for entry_id, was, state, why in changed:
            self._seq += 1
            row = AuditRow(self._seq, self.now, self._actor, entry_id, str(was), str(state), storable(why), self._hash)
            rows.append(replace(row, hash=digest(row)))
            self._hash = rows[-1].hash
        if rows:
            self.connection.execute(insert(audit), [vars(row) for row in rows])
            self.connection.execute(update(audit_head).values(seq=self._seq, hash=self._hash))
