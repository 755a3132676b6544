"""Who was to get what, and what became of it: the one place that decides whether a delivery may be sent."""

from __future__ import annotations

import datetime as dt
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, Row, Select, Table, create_engine, event, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from scheduled_reports.connections import sql_engine
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger.entries import CLAIMABLE, OPEN, UNDER_WAY, DeliveryEntry, DeliveryState, Planned, RunState
from scheduled_reports.ledger.schema import upgrade
from scheduled_reports.ledger.storable import storable
from scheduled_reports.ledger.tables import delivery, run

if TYPE_CHECKING:
    from scheduled_reports.connections import Connect
    from scheduled_reports.run import Run

NAMESPACE = uuid.UUID("6f1c1f0e-4a5c-5f0b-9c58-7f5a3c2f9a11")
_ENTRY = [delivery.c[field.name] for field in fields(DeliveryEntry)]


class Ledger:
    """The ledger in one database.

    Args:
        engine: Where it is; its tables are made or brought up to date.

    Raises:
        LedgerError: The database cannot be reached or changed.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with self._errors("cannot open the ledger"):
            upgrade(engine)

    @classmethod
    def open(cls, conn_id: str | None, connect: Connect, folder: Path) -> Ledger:
        """Open the ledger of the Airflow connection `conn_id`, or the SQLite file in `folder` where it is None."""
        if conn_id is not None:
            engine = sql_engine(connect, conn_id)
            return cls(sqlite_engine(Path(engine.url.database or "")) if engine.dialect.name == "sqlite" else engine)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(sqlite_engine(folder / "ledger.db"))

    def close(self) -> None:
        """Give the database's connections back."""
        self._engine.dispose()

    def begin(self, of: Run, planned: Iterable[Planned], now: dt.datetime) -> dt.datetime:
        """Note that a run began and which deliveries it owes; return when it began for the first time.

        What an earlier run of the period delivered keeps its receipt. With `force` the run has an issue of its own of
        each delivery, one however often it begins.
        """
        with self._errors("cannot write"), self._engine.begin() as connection:
            self._touch(connection, of, now)
            self._resume(connection, of)
            for item in planned:
                entry = self._planned(connection, of, item)
                anew = update(delivery).where(delivery.c.id == entry.id, delivery.c.state.in_(OPEN))
                connection.execute(anew.values(state=DeliveryState.PLANNED, error=""))
            started = connection.execute(select(run.c.started_at).where(run.c.id == _run_key(of))).scalar_one()
        return cast("dt.datetime", started)

    def resume(self, of: Run) -> None:
        """Note that a step of the run works again: what it was skipped or failed for may be mended."""
        with self._errors("cannot write"), self._engine.begin() as connection:
            self._touch(connection, of, _now())
            self._resume(connection, of)

    def owed(self, of: Run, planned: Iterable[Planned]) -> list[DeliveryEntry]:
        """Return one entry for each planned delivery: this run's own issue where it is forced, else the newest.

        What was not planned before, because the spec changed or the gate never came so far, is planned now.
        """
        with self._errors("cannot write"), self._engine.begin() as connection:
            return [self._planned(connection, of, item) for item in planned]

    def of_period(self, report_id: str, schedule_id: str, start: dt.datetime, end: dt.datetime) -> list[DeliveryEntry]:
        """Return the newest issue of every delivery of one period, by destination and recipient."""
        same = _same(report_id, schedule_id, start, end)
        order = (delivery.c.destination, delivery.c.identity, delivery.c.issue)
        with self._errors("cannot read"), self._engine.connect() as connection:
            rows = connection.execute(select(*_ENTRY).where(*same).order_by(*order))
            latest = {(row.destination, row.identity): _entry(row) for row in rows}
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

    def claim(self, entry_id: str) -> DeliveryEntry | None:
        """Take a delivery for sending; None where it already has its receipt.

        A delivery that is found `sending` was left by a worker that died: it becomes `uncertain`, and comes back so.
        """
        taken = (
            update(delivery).where(delivery.c.id == entry_id, delivery.c.state.in_(CLAIMABLE))
            .values(state=DeliveryState.SENDING, attempts=delivery.c.attempts + 1, claimed_at=_now(), error="")
        )  # fmt: skip
        doubted = (
            update(delivery).where(delivery.c.id == entry_id, delivery.c.state == DeliveryState.SENDING)
            .values(state=DeliveryState.UNCERTAIN, settled_at=_now(),
                    error="the worker ended between sending and its receipt")
        )  # fmt: skip
        with self._errors("cannot write"), self._engine.begin() as connection:
            if connection.execute(taken).rowcount == 0:
                connection.execute(doubted)
            entry = _entry(connection.execute(select(*_ENTRY).where(delivery.c.id == entry_id)).one())
        return None if entry.state is DeliveryState.DELIVERED else entry

    def settle(
        self, entry_id: str, state: DeliveryState, *, receipt: str = "", error: str = "", size: int | None = None,
        seconds: float | None = None,
    ) -> None:  # fmt: skip
        """Note what became of a claimed delivery."""
        values = {"state": state, "receipt": receipt, "error": error, "size": size, "seconds": seconds}
        with self._errors("cannot write"), self._engine.begin() as connection:
            connection.execute(update(delivery).where(delivery.c.id == entry_id).values(**values, settled_at=_now()))

    def put_off(self, entry_id: str, state: DeliveryState, error: str) -> None:
        """Note why a delivery was not even tried; one that was claimed or delivered meanwhile stays as it is."""
        open_still = update(delivery).where(delivery.c.id == entry_id, delivery.c.state.in_(CLAIMABLE))
        with self._errors("cannot write"), self._engine.begin() as connection:
            connection.execute(open_still.values(state=state, error=error, settled_at=_now()))

    def end(self, of: Run, state: RunState, reason: str = "") -> None:
        """Note how a run ended, or what it waits for; a skipped or dropped run's open deliveries are skipped with it.

        A run that has delivered everything is not called skipped because it is repeated.
        """
        ended, reason = None if state in UNDER_WAY else _now(), storable(reason)
        changed = update(run).where(run.c.id == _run_key(of))
        if state in {RunState.SKIPPED, RunState.WAITING, RunState.HELD}:
            changed = changed.where(run.c.state != RunState.DELIVERED)
        with self._errors("cannot write"), self._engine.begin() as connection:
            self._touch(connection, of, _now())
            connection.execute(changed.values(state=state, reason=reason, ended_at=ended))
            if state in {RunState.SKIPPED, RunState.DROPPED}:
                connection.execute(
                    update(delivery).where(*_same(*_period_of(of).values()), delivery.c.state == DeliveryState.PLANNED)
                    .values(state=DeliveryState.SKIPPED, error=reason, settled_at=_now())
                )  # fmt: skip

    def outcome(self, of: Run) -> tuple[RunState, str]:
        """Return the run's state and the reason noted with it."""
        with self._errors("cannot read"), self._engine.connect() as connection:
            found = connection.execute(select(run.c.state, run.c.reason).where(run.c.id == _run_key(of))).one_or_none()
        return (RunState(found.state), found.reason) if found else (RunState.RUNNING, "")

    def newest_delivered(self, of: Run) -> dt.datetime | None:
        """Return the end of the newest period that the run's schedule has delivered; None where it has none."""
        same = (run.c.report_id == of.report.id, run.c.schedule_id == of.schedule.id)
        query = select(func.max(run.c.period_end)).where(*same, run.c.state == RunState.DELIVERED)
        with self._errors("cannot read"), self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def read(self, query: Select[Any]) -> list[Row[Any]]:
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

    def _touch(self, connection: Connection, of: Run, now: dt.datetime) -> None:
        """Make the run's row where there is none, and keep its facts up to date."""
        facts = {**_period_of(of), "spec_digest": of.report.digest, "folder": of.folder.uri, "variant": of.variant}
        if connection.execute(update(run).where(run.c.id == _run_key(of)).values(**facts)).rowcount == 0:
            new = {"id": _run_key(of), "run_id": of.run_id, "state": RunState.RUNNING, "reason": "", "started_at": now}
            _insert_if_missing(connection, run, {**new, **facts})

    def _resume(self, connection: Connection, of: Run) -> None:
        open_still = update(run).where(run.c.id == _run_key(of), run.c.state != RunState.DELIVERED)
        connection.execute(open_still.values(state=RunState.RUNNING, reason="", ended_at=None))

    def _planned(self, connection: Connection, of: Run, item: Planned) -> DeliveryEntry:
        """Return the entry of a planned delivery, made where it is missing."""
        same = (
            *_same(*_period_of(of).values()),
            delivery.c.destination == item.destination,
            delivery.c.identity == item.identity,
        )
        rows = connection.execute(select(*_ENTRY).where(*same).order_by(delivery.c.issue.desc())).all()
        entries = [_entry(row) for row in rows]
        if own := [entry for entry in entries if not of.force or entry.run_id == of.run_id]:
            return own[0]
        issue = entries[0].issue + 1 if entries else 1
        entry_id = _delivery_key(of, item, issue)
        new = {
            "id": entry_id, "destination": item.destination, "channel": item.channel, "recipient": item.recipient,
            "identity": item.identity, "issue": issue, "run_id": of.run_id, "state": DeliveryState.PLANNED,
            "attempts": 0, "receipt": "", "error": "", "planned_at": _now(),
        }  # fmt: skip
        _insert_if_missing(connection, delivery, {**new, **_period_of(of)})
        return _entry(connection.execute(select(*_ENTRY).where(delivery.c.id == entry_id)).one())

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            fix = "check the setting [scheduled_reports] ledger_conn_id and its connection"
            raise LedgerError(f"{what} ({where})", why=str(getattr(error, "orig", error)), fix=fix) from error


def sqlite_engine(path: Path) -> Engine:
    """Return an engine on a SQLite file that several processes may write: they wait for each other up to 30 s."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _begin_ourselves(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # else the driver begins late and writers deadlock, say SQLAlchemy's notes
        with suppress(sqlite3.OperationalError):  # it is locked while another process does the same, and for good
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _insert_if_missing(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Insert a row, unless another process was faster at the same one."""
    with suppress(IntegrityError), connection.begin_nested():
        connection.execute(insert(table).values(**values))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _period_of(of: Run) -> dict[str, Any]:
    return {
        "report_id": of.report.id, "schedule_id": of.schedule.id, "period_start": of.period.start,
        "period_end": of.period.end,
    }  # fmt: skip


def _same(report_id: str, schedule_id: str, start: dt.datetime, end: dt.datetime) -> list[Any]:
    return [
        delivery.c.report_id == report_id, delivery.c.schedule_id == schedule_id, delivery.c.period_start == start,
        delivery.c.period_end == end,
    ]  # fmt: skip


def _run_key(of: Run) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{of.report.id}|{of.schedule.id}|{of.run_id}"))


def _delivery_key(of: Run, item: Planned, issue: int) -> str:
    start, end = (moment.astimezone(dt.UTC).isoformat() for moment in (of.period.start, of.period.end))
    text = f"{of.report.id}|{of.schedule.id}|{start}|{end}|{item.destination}|{item.identity}|{issue}"
    return str(uuid.uuid5(NAMESPACE, text))


def _entry(row: Any) -> DeliveryEntry:
    values = row._asdict()
    return DeliveryEntry(**{**values, "state": DeliveryState(values["state"])})
