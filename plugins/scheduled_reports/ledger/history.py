"""What the ledger tells of runs and deliveries, as tables for a report about the reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table, and_, or_, select

from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.tables import UtcDateTime, check_result, decision, delivery, measure, probe, run

if TYPE_CHECKING:
    import pyarrow as pa

PAGE = 20_000
"""Rows read at once: while SQLite gives them, nobody can note a delivery."""


@dataclass(frozen=True)
class History:
    """One of the ledger's tables, as analysts read it.

    Attributes:
        table: The table.
        moment: The column that says which period a row belongs to; it never changes.
        columns: What to read, by the name that it gets.
    """

    table: Table
    moment: Column[Any]
    columns: dict[str, Column[Any]]

    def rows(self, ledger: Ledger, start: dt.datetime, end: dt.datetime) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of the half-open span [start, end), aware, in the order of their moments.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        key = self.table.c.id
        labelled = [column.label(name) for name, column in self.columns.items()]
        query = select(self.moment.label("_moment"), key.label("_key"), *labelled).order_by(self.moment, key)
        query = query.where(self.moment >= start, self.moment < end).limit(PAGE)
        last: tuple[Any, ...] = ()
        while True:
            after = or_(self.moment > last[0], and_(self.moment == last[0], key > last[1])) if last else None
            found = ledger.read(query if after is None else query.where(after))
            if found:
                yield [dict(zip(self.columns, row[2:], strict=True)) for row in found]
            if len(found) < PAGE:
                return
            last = tuple(found[-1][:2])

    def schema(self) -> pa.Schema:
        """Return the columns with their types; instants are in UTC."""
        import pyarrow as pa

        types = {int: pa.int64(), float: pa.float64(), str: pa.string()}
        return pa.schema(
            (
                name,
                pa.timestamp("us", "UTC") if isinstance(column.type, UtcDateTime) else types[column.type.python_type],
            )
            for name, column in self.columns.items()
        )


def _of_run(table: Table) -> dict[str, Column[Any]]:
    """Return the columns that say which run a row is of."""
    names = {"report": "report_id", "schedule": "schedule_id"}
    same = ("period_start", "period_end", "run_id")
    return {name: table.c[column] for name, column in (names | dict(zip(same, same, strict=True))).items()}


def _as_they_are(table: Table, *names: str) -> dict[str, Column[Any]]:
    return {name: table.c[name] for name in names}


RUNS = History(
    run,
    run.c.started_at,
    {
        "report": run.c.report_id, "schedule": run.c.schedule_id, "period_start": run.c.period_start,
        "period_end": run.c.period_end, "run_id": run.c.run_id, "state": run.c.state, "reason": run.c.reason,
        "started_at": run.c.started_at, "ended_at": run.c.ended_at, "folder": run.c.folder,
    },
)  # fmt: skip

DELIVERIES = History(
    delivery,
    delivery.c.planned_at,
    {
        "report": delivery.c.report_id, "schedule": delivery.c.schedule_id, "period_start": delivery.c.period_start,
        "period_end": delivery.c.period_end, "run_id": delivery.c.run_id, "destination": delivery.c.destination,
        "channel": delivery.c.channel, "recipient": delivery.c.recipient, "issue": delivery.c.issue,
        "state": delivery.c.state, "attempts": delivery.c.attempts, "receipt": delivery.c.receipt,
        "error": delivery.c.error, "size": delivery.c.size, "seconds": delivery.c.seconds,
        "planned_at": delivery.c.planned_at, "claimed_at": delivery.c.claimed_at, "settled_at": delivery.c.settled_at,
    },
)  # fmt: skip

CHECKS = History(
    check_result,
    check_result.c.noted_at,
    {
        **_of_run(check_result), "check": check_result.c.name,
        **_as_they_are(check_result, "type", "part", "severity", "outcome", "reason", "value", "failing_rows"),
        "noted_at": check_result.c.noted_at,
    },
)  # fmt: skip

MEASURES = History(
    measure,
    measure.c.noted_at,
    {**_of_run(measure), **_as_they_are(measure, "kind", "name", "part", "value", "text", "noted_at")},
)

DECISIONS = History(
    decision,
    decision.c.decided_at,
    {**_of_run(decision), **_as_they_are(decision, "kind", "decision", "decided_by", "comment", "decided_at")},
)

PROBES = History(
    probe,
    probe.c.probed_at,
    {
        "report": probe.c.report_id,
        **_as_they_are(probe, "kind", "name", "state", "reason", "seconds", "newest", "probed_at"),
    },
)

HISTORIES = {
    "runs": RUNS, "deliveries": DELIVERIES, "checks": CHECKS, "measures": MEASURES, "decisions": DECISIONS,
    "probes": PROBES,
}  # fmt: skip
"""Every table of the ledger that a report may show, by its name in a spec."""
