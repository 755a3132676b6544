"""What checks found, and what people decided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, insert, select

from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.past import facts_of
from scheduled_reports.ledger.storable import finite, storable
from scheduled_reports.ledger.tables import check_result, decision

if TYPE_CHECKING:
    from scheduled_reports.run import Run


@dataclass(frozen=True)
class CheckEntry:
    """What one check found of one part, as the ledger has it.

    Attributes:
        name: The check's id.
        type: Its kind.
        part: Which part of the data; empty for the whole.
        severity: What it does where it fails: stop, hold, warn.
        outcome: passed, failed, learning or crashed.
        reason: What it found, in words.
        value: What it measured.
        failing_rows: How many rows fail; None where it is not about rows.
    """

    name: str
    type: str
    part: str
    severity: str
    outcome: str
    reason: str
    value: float | None
    failing_rows: int | None


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a run.

    Attributes:
        kind: `approval`, or `conditions` where a run was to go on whatever its conditions say.
        decision: `approved`, `rejected`, `expired`, `escalated`, `ignored`.
        decided_by: Who; empty where nobody did in time.
        comment: What they said.
        decided_at: When, aware.
        about: What exactly it holds for, a digest; empty where it holds for the run.
    """

    kind: Literal["approval", "conditions"]
    decision: Literal["approved", "rejected", "expired", "escalated", "ignored"]
    decided_by: str
    comment: str
    decided_at: dt.datetime
    about: str = ""


def note_checks(ledger: Ledger, of: Run, entries: Iterable[CheckEntry]) -> None:
    """Note what a run's checks found, in place of what they found before.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    now = dt.datetime.now(dt.UTC)
    rows = [{**facts_of(of), "id": str(uuid.uuid4()), "noted_at": now, **_values(entry)} for entry in entries]
    mine = (check_result.c.report_id == of.report.id, check_result.c.schedule_id == of.schedule.id,
            check_result.c.run_id == of.run_id)  # fmt: skip
    with ledger.writing() as connection:
        connection.execute(delete(check_result).where(*mine))
        if rows:
            connection.execute(insert(check_result), rows)


def _values(entry: CheckEntry) -> dict[str, Any]:
    words = {"part": storable(entry.part, 500), "reason": storable(entry.reason)}
    return {**asdict(entry), **words, "value": finite(entry.value)}


def checks_of(ledger: Ledger, of: Run) -> list[CheckEntry]:
    """Return what a run's checks found, in the order of their names and parts.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    columns = [check_result.c[name] for name in CheckEntry.__dataclass_fields__]
    query = select(*columns).where(
        check_result.c.report_id == of.report.id, check_result.c.schedule_id == of.schedule.id,
        check_result.c.run_id == of.run_id,
    ).order_by(check_result.c.name, check_result.c.part)  # fmt: skip
    return [CheckEntry(**row._asdict()) for row in ledger.read(query)]


def note_decision(ledger: Ledger, of: Run, made: Decision) -> None:
    """Note what somebody decided; what was decided before stays.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    with ledger.writing() as connection:
        connection.execute(insert(decision).values(**facts_of(of), id=str(uuid.uuid4()), **asdict(made)))


def decisions_of(ledger: Ledger, of: Run) -> list[Decision]:
    """Return what was decided about a run, the oldest first.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    columns = [decision.c[name] for name in Decision.__dataclass_fields__]
    query = select(*columns).where(
        decision.c.report_id == of.report.id, decision.c.schedule_id == of.schedule.id, decision.c.run_id == of.run_id
    ).order_by(decision.c.decided_at)  # fmt: skip
    return [Decision(**row._asdict()) for row in ledger.read(query)]
