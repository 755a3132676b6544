"""Which deliveries a run owes: found or made in bulk, so that 10,000 recipients cost a few statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from scheduled_reports.ledger.changes import Changes
from scheduled_reports.ledger.entries import OPEN, DeliveryEntry, DeliveryState, Planned
from scheduled_reports.ledger.keys import CHUNK, delivery_key, period_of, same_period
from scheduled_reports.ledger.tables import delivery

if TYPE_CHECKING:
    from scheduled_reports.run import Run

ENTRY = [delivery.c[field.name] for field in fields(DeliveryEntry)]
_NAMES = tuple(field.name for field in fields(DeliveryEntry))


def entry_of(row: Any) -> DeliveryEntry:
    """Return a row of the table of deliveries as an entry."""
    values = {name: getattr(row, name) for name in _NAMES}
    return DeliveryEntry(**{**values, "state": DeliveryState(row.state)})


def owed(connection: Connection, of: Run, planned: Iterable[Planned], changes: Callable[[], Changes]
         ) -> list[DeliveryEntry]:  # fmt: skip
    """Return one entry for each planned delivery: this run's own issue where it is forced, else the newest.

    What is missing is made. The trail's head is locked only then, and what is missing is looked for again after.

    Args:
        connection: A connection within a transaction.
        of: The run.
        planned: What its spec asks for.
        changes: Locks the trail's head.
    """
    items = list(planned)
    found = _Issues(connection, of, items)
    if any(found.own(item) is None for item in items):
        trail = changes()
        found = _Issues(connection, of, items)
        _plan(trail, of, [item for item in items if found.own(item) is None], found)
        found = _Issues(connection, of, items)
    return [entry_of(found.own(item)) for item in items]


def begin_anew(trail: Changes, of: Run, entries: Sequence[DeliveryEntry]) -> None:
    """Plan again what did not arrive, for a run that begins."""
    stale = [entry.id for entry in entries
             if entry.state in OPEN and (entry.state is not DeliveryState.PLANNED or entry.error)]  # fmt: skip
    rows = [row for row in trail.named(stale).values() if row.state in OPEN]
    trail.change(rows, DeliveryState.PLANNED, f"run {of.run_id} begins it anew", error="")


def of_period(connection: Connection, of: Run) -> list[DeliveryEntry]:
    """Return the deliveries of a run's period: each one's newest issue, or the run's own where it is forced."""
    return _Issues(connection, of).entries()


class _Issues:
    """The deliveries of a run's period, each with all its issues; of a page of planned ones only theirs."""

    def __init__(self, connection: Connection, of: Run, page: Sequence[Planned] | None = None) -> None:
        self._run_id = of.run_id if of.force else None
        self._found: dict[tuple[str, str], Row[Any]] = {}
        self.newest: dict[tuple[str, str], int] = {}
        same = same_period(*period_of(of).values())
        if page is not None and len(page) <= CHUNK:
            same += [delivery.c.destination.in_({item.destination for item in page}),
                     delivery.c.identity.in_({item.identity for item in page})]  # fmt: skip
        for row in connection.execute(select(*ENTRY).where(*same).order_by(delivery.c.issue)):
            key = (row.destination, row.identity)
            self.newest[key] = row.issue
            if self._run_id in {None, row.run_id}:
                self._found[key] = row

    def own(self, item: Planned) -> Row[Any] | None:
        """Return the newest issue that the run may use; None where there is none."""
        return self._found.get((item.destination, item.identity))

    def entries(self) -> list[DeliveryEntry]:
        """Return all that the run may use."""
        return [entry_of(row) for row in self._found.values()]


def _plan(trail: Changes, of: Run, missing: Sequence[Planned], found: _Issues) -> None:
    """Add the deliveries that are missing; one that is named twice is added once."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for item in missing:
        issue = found.newest.get((item.destination, item.identity), 0) + 1
        rows.setdefault(
            (item.destination, item.identity),
            {
                "id": delivery_key(of, item, issue), "destination": item.destination, "channel": item.channel,
                "recipient": item.recipient, "identity": item.identity, "issue": issue, "run_id": of.run_id,
                **period_of(of),
            },
        )  # fmt: skip
    trail.plan(list(rows.values()), lambda row: _words(of, row))


def _words(of: Run, row: dict[str, Any]) -> str:
    again = f", issue {row['issue']}, as it was asked for with `force`" if row["issue"] > 1 else ""
    what = f"{of.report.id}, schedule {of.schedule.id}, {of.period.slug}"
    return f"run {of.run_id} owes it: {what}, {row['destination']} to {row['recipient']}{again}"
