"""Who was to get what, and what became of it: the one place that decides whether a delivery may be sent."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import socket
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CompoundSelect, Connection, Engine, Row, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from scheduled_reports.connections import sql_engine
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import claims, planning, running
from scheduled_reports.ledger.changes import Changes
from scheduled_reports.ledger.claims import LEASE, Wish
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.ledger.entries import BURIABLE, Claim, DeliveryEntry, DeliveryState, Planned, RunState
from scheduled_reports.ledger.keys import period_of, run_key, same_period
from scheduled_reports.ledger.planning import ENTRY, entry_of
from scheduled_reports.ledger.schema import upgrade
from scheduled_reports.ledger.storable import storable
from scheduled_reports.ledger.tables import delivery, run

if TYPE_CHECKING:
    from scheduled_reports.connections import Connect
    from scheduled_reports.run import Run


class Ledger:
    """The ledger in one database.

    Args:
        engine: Where it is; its tables are made or brought up to date.
        actor: Who acts, in words, for the audit trail; this process unless given.

    Attributes:
        worker: By what the claims of this object are known.

    Raises:
        LedgerError: The database cannot be reached or changed.
    """

    def __init__(self, engine: Engine, actor: str = "") -> None:
        self._engine, self._actor, self.worker = engine, actor or _process(), str(uuid.uuid4())
        with self._errors("cannot open the ledger"):
            upgrade(engine)

    @classmethod
    def open(cls, conn_id: str | None, connect: Connect, folder: Path, actor: str = "") -> Ledger:
        """Open the ledger of the Airflow connection `conn_id`, or the SQLite file in `folder` where it is None."""
        if conn_id is not None:
            engine = sql_engine(connect, conn_id)
            lite = engine.dialect.name == "sqlite"
            return cls(sqlite_engine(Path(engine.url.database or "")) if lite else engine, actor)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(sqlite_engine(folder / "ledger.db"), actor)

    def close(self) -> None:
        """Give the database's connections back."""
        self._engine.dispose()

    def begin(self, of: Run, planned: Iterable[Planned], now: dt.datetime) -> dt.datetime:
        """Note that a run began and which deliveries it owes; return when it began for the first time.

        What an earlier run of the period delivered keeps its receipt. With `force` the run has an issue of its own of
        each delivery, one however often it begins.
        """
        with self.writing() as connection:
            running.touch(connection, of, now)
            running.resume(connection, of)
            trail = Changes(connection, self._actor)
            planning.begin_anew(trail, of, planning.owed(connection, of, planned, lambda: trail))
            started = connection.execute(select(run.c.started_at).where(run.c.id == run_key(of))).scalar_one()
        return cast("dt.datetime", started)

    def resume(self, of: Run) -> None:
        """Note that a step of the run works again: what it was skipped or failed for may be mended."""
        with self.writing() as connection:
            running.touch(connection, of, dt.datetime.now(dt.UTC))
            running.resume(connection, of)

    def owed(self, of: Run, planned: Iterable[Planned]) -> list[DeliveryEntry]:
        """Return one entry for each planned delivery: this run's own issue where it is forced, else the newest.

        What was not planned before, because the spec changed or the gate never came so far, is planned now.
        """
        with self.writing() as connection:
            return planning.owed(connection, of, planned, lambda: Changes(connection, self._actor))

    def of_period(self, report_id: str, schedule_id: str, start: dt.datetime, end: dt.datetime) -> list[DeliveryEntry]:
        """Return the newest issue of every delivery of one period, by destination and recipient."""
        same = same_period(report_id, schedule_id, start, end)
        order = (delivery.c.destination, delivery.c.identity, delivery.c.issue)
        with self._errors("cannot read"), self._engine.connect() as connection:
            rows = connection.execute(select(*ENTRY).where(*same).order_by(*order))
            latest = {(row.destination, row.identity): entry_of(row) for row in rows}
        return list(latest.values())

    def delivered_period(self, of: Run) -> tuple[dt.datetime, dt.datetime] | None:
        """Return (start, end), UTC, of the period that this very run has delivered something of; None for nothing."""
        mine = (
            delivery.c.report_id == of.report.id, delivery.c.schedule_id == of.schedule.id,
            delivery.c.run_id == of.run_id, delivery.c.state == DeliveryState.DELIVERED,
        )  # fmt: skip
        with self._errors("cannot read"), self._engine.connect() as connection:
            found = connection.execute(select(delivery.c.period_start, delivery.c.period_end).where(*mine)).first()
        return (found.period_start, found.period_end) if found else None

    def claim(
        self, entry_id: str, *, lease: dt.timedelta = LEASE, resend_doubts: bool = False, force: bool = False
    ) -> Claim:
        """Take a delivery for sending, where it may be sent; `Claim` says what may come of it.

        What is found `sending` after its lease was left by a worker that died: it becomes `uncertain`, a doubt.

        Args:
            entry_id: The delivery.
            lease: How long this worker is taken to be alive without `renew`.
            resend_doubts: Take a doubt too.
            force: Take a doubt, and what has its receipt, too.

        Raises:
            LedgerError: There is no such delivery, or the database cannot be written.
        """
        return self.claim_many([entry_id], lease=lease, resend_doubts=resend_doubts, force=force)[0]

    def claim_many(
        self, entry_ids: Collection[str], *, lease: dt.timedelta = LEASE, resend_doubts: bool = False,
        force: bool = False,
    ) -> list[Claim]:  # fmt: skip
        """Take deliveries in one transaction; return a claim for each, in their order."""
        with self._changes() as changes:
            return claims.claim(changes, entry_ids, Wish(self.worker, lease, resend_doubts, force))

    def renew(self, entry_ids: Collection[str], lease: dt.timedelta = LEASE) -> set[str]:
        """Prolong the leases of claimed deliveries; return those that are still this worker's."""
        with self._changes() as changes:
            return claims.renew(changes, entry_ids, Wish(self.worker, lease))

    def settle(
        self, entry_id: str, state: DeliveryState, *, receipt: str = "", error: str = "", size: int | None = None,
        seconds: float | None = None,
    ) -> bool:  # fmt: skip
        """Note what became of a claimed delivery; False where another worker has taken it over, and nothing changed."""
        facts = {"receipt": storable(receipt), "error": storable(error), "size": size, "seconds": seconds}
        with self._changes() as changes:
            return claims.settle(changes, entry_id, self.worker, state, facts)

    def note_part(self, entry_id: str, part: int, receipt: str) -> bool:
        """Note the receipt of one of a claimed delivery's messages; False where another worker has taken it over."""
        with self._changes() as changes:
            return claims.note_part(changes, entry_id, self.worker, part, storable(receipt))

    def put_off(self, entry_ids: str | Collection[str], state: DeliveryState, error: str) -> None:
        """Note why deliveries were not even tried; one that was claimed or delivered meanwhile stays as it is."""
        ids = [entry_ids] if isinstance(entry_ids, str) else entry_ids
        with self._changes() as changes:
            claims.put_off(changes, ids, state, storable(error))

    def bury(self, of: Run, why: str, among: Collection[str] | None = None) -> list[DeliveryEntry]:
        """Give up what the run owes and did not arrive; return those deliveries, as they are now.

        Args:
            of: The run.
            why: Why they are given up.
            among: Only deliveries with these ids; all of the run's period unless given.
        """
        wanted = None if among is None else set(among)
        with self._changes() as changes:
            ids = [entry.id for entry in planning.of_period(changes.connection, of)
                   if entry.state in BURIABLE and (wanted is None or entry.id in wanted)]  # fmt: skip
            return claims.bury(changes, ids, storable(why))

    def end(self, of: Run, state: RunState, reason: str = "") -> None:
        """Note how a run ended, or what it waits for; a skipped or dropped run's open deliveries are skipped with it.

        A run that has delivered everything is not called skipped because it is repeated.
        """
        reason = storable(reason)
        with self.writing() as connection:
            running.end(connection, of, state, reason)
            if state in {RunState.SKIPPED, RunState.DROPPED}:
                changes = Changes(connection, self._actor)
                rows = changes.found(*same_period(*period_of(of).values()), delivery.c.state == DeliveryState.PLANNED)
                changes.change(rows, DeliveryState.SKIPPED, reason, error=reason, settled_at=changes.now)

    def outcome(self, of: Run) -> tuple[RunState, str]:
        """Return the run's state and the reason noted with it."""
        with self._errors("cannot read"), self._engine.connect() as connection:
            found = connection.execute(select(run.c.state, run.c.reason).where(run.c.id == run_key(of))).one_or_none()
        return (RunState(found.state), found.reason) if found else (RunState.RUNNING, "")

    def newest_delivered(self, of: Run) -> dt.datetime | None:
        """Return the end of the newest period that the run's schedule has delivered; None where it has none."""
        same = (run.c.report_id == of.report.id, run.c.schedule_id == of.schedule.id)
        query = select(func.max(run.c.period_end)).where(*same, run.c.state == RunState.DELIVERED)
        with self._errors("cannot read"), self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def read(self, query: Select[Any] | CompoundSelect[Any]) -> list[Row[Any]]:
        """Return the rows of a query over the ledger's tables; SQLite lets nobody write meanwhile, so ask for few."""
        with self._errors("cannot read"), self._engine.connect() as connection:
            return list(connection.execute(query))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection within a transaction, for the other parts of the ledger; they know its tables.

        Raises:
            LedgerError: The database cannot be reached or changed.
        """
        with self._errors("cannot write"), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _changes(self) -> Iterator[Changes]:
        with self.writing() as connection:
            yield Changes(connection, self._actor)

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            fix = "check the setting [scheduled_reports] ledger_conn_id and its connection"
            raise LedgerError(f"{what} ({where})", why=str(getattr(error, "orig", error)), fix=fix) from error


def _process() -> str:
    """Return who acts where nobody says it: this process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = str(os.getuid())
    return f"{user} on {socket.gethostname()} (process {os.getpid()})"
