"""Whether what reports need could be used, hour by hour, and who was told when it could not."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert, select

from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.tables import probe, probe_told

KEPT = dt.timedelta(days=90)
"""How long probes are kept; what they led to stays with the runs."""


@dataclass(frozen=True)
class ProbeEntry:
    """One probe as the ledger has it.

    Attributes:
        kind: What was asked: `connection`, `source`, `destination`, `archive`.
        name: Which one.
        report_id: The report whose source or destination it is; empty for what reports share.
        state: `ok`, `failed`, `blocked` where its connection failed, `unknown` where nobody can tell.
        reason: What was seen, or why it cannot be used and what to do.
        seconds: How long it took; None where it was not asked.
        newest: When its newest row is from, aware; None where nothing asks for that.
        probed_at: When it was asked, aware.
    """

    kind: str
    name: str
    report_id: str
    state: str
    reason: str
    seconds: float | None
    newest: dt.datetime | None
    probed_at: dt.datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells the thing from every other."""
        return self.kind, self.name, self.report_id


_COLUMNS = [probe.c[name] for name in ProbeEntry.__dataclass_fields__]


def note_probes(ledger: Ledger, entries: Iterable[ProbeEntry]) -> None:
    """Note probes, and forget those that are older than `KEPT`.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    rows = [{**asdict(entry), "id": str(uuid.uuid4()), "name": entry.name[:500]} for entry in entries]
    with ledger.writing() as connection:
        connection.execute(delete(probe).where(probe.c.probed_at < dt.datetime.now(dt.UTC) - KEPT))
        if rows:
            connection.execute(insert(probe), rows)


def latest(ledger: Ledger, since: dt.datetime) -> dict[tuple[str, str, str], ProbeEntry]:
    """Return the newest probe of each thing that was asked since a moment (aware), by its kind, name and report.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    rows = ledger.read(select(*_COLUMNS).where(probe.c.probed_at >= since).order_by(probe.c.probed_at))
    entries = (ProbeEntry(**row._asdict()) for row in rows)
    return {entry.key: entry for entry in entries}


def history(ledger: Ledger, kind: str, name: str, report_id: str = "", limit: int = 100) -> list[ProbeEntry]:
    """Return the probes of one thing, the newest first.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    mine = (probe.c.kind == kind, probe.c.name == name, probe.c.report_id == report_id)
    rows = ledger.read(select(*_COLUMNS).where(*mine).order_by(probe.c.probed_at.desc()).limit(limit))
    return [ProbeEntry(**row._asdict()) for row in rows]


def failing_since(ledger: Ledger, key: tuple[str, str, str]) -> dt.datetime | None:
    """Return when the first probe of a thing failed after which none found it usable, aware; None where none did.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    mine = (probe.c.kind == key[0], probe.c.name == key[1], probe.c.report_id == key[2])
    well = select(func.max(probe.c.probed_at)).where(*mine, probe.c.state == "ok").scalar_subquery()
    failed = select(func.min(probe.c.probed_at)).where(
        *mine, probe.c.state == "failed", (probe.c.probed_at > well) | well.is_(None)
    )
    [row] = ledger.read(failed)
    found: dt.datetime | None = row[0]
    return found


@dataclass(frozen=True)
class ToldEntry:
    """The last that somebody was told of a thing.

    Attributes:
        state: `failed`, or `ok` when it worked again.
        told_at: When, aware.
    """

    state: str
    told_at: dt.datetime


def last_told(ledger: Ledger, address: str) -> dict[tuple[str, str, str], ToldEntry]:
    """Return the last that somebody was told of each thing, by its kind, name and report.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    found = ledger.read(select(probe_told).where(probe_told.c.address == address).order_by(probe_told.c.told_at))
    return {(row.kind, row.name, row.report_id): ToldEntry(row.state, row.told_at) for row in found}


def note_told(
    ledger: Ledger, address: str, states: Iterable[tuple[tuple[str, str, str], str]], now: dt.datetime
) -> None:
    """Note that somebody was told of things, each with its state; what they were told of them before is forgotten.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    with ledger.writing() as connection:
        for (kind, name, report_id), state in states:
            mine = {"address": address, "kind": kind, "name": name, "report_id": report_id}
            connection.execute(delete(probe_told).where(*(probe_told.c[column] == mine[column] for column in mine)))
            connection.execute(insert(probe_told).values(**mine, id=str(uuid.uuid4()), state=state, told_at=now))
