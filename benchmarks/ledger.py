"""How long the ledger's queries take with a million deliveries, in SQLite and in PostgreSQL.

    PYTHONPATH=plugins:tests .venv/bin/python benchmarks/ledger.py [--deliveries 1000000] [--on sqlite postgresql]

The ledger is filled with two years of 40 daily reports, three rows of the audit trail for each delivery, and a newest
run of 10,000 recipients. Each query is asked 30 times; it must take less than 50 ms in the median. What is done to a
whole run (planning 10,000 deliveries, verifying the trail) is timed once, and has no such bound.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Engine, create_engine, text, update

from postgres_server import Database, postgres, programs
from scheduled_reports.ledger import DeliveryState, Ledger, Planned
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.ledger.chain import FIRST, AuditRow, digest
from scheduled_reports.ledger.deliveries import count_by_state, deliveries
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.ledger.keys import delivery_key
from scheduled_reports.ledger.tables import audit, audit_head, delivery
from scheduled_reports.run import Run

TIMES, BOUND, REPORTS, DAYS = 30, 50.0, 40, 730
NEWEST = dt.datetime(2026, 11, 1, 4, 30, tzinfo=dt.UTC)
RUN_RECIPIENTS = 10_000
PAGE = 20_000
MOMENT = "%Y-%m-%d %H:%M:%S.%f"
STATES = (DeliveryState.FAILED, DeliveryState.DEAD, DeliveryState.UNCERTAIN, DeliveryState.SKIPPED)


def main() -> int:
    """Print a table for each database; return 1 where a query takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    slow = []
    for name in arguments.on:
        with tempfile.TemporaryDirectory() as folder, ENGINES[name](Path(folder)) as engine:
            slow += [f"{name}: {what}" for what in _measured(name, engine, arguments.deliveries)]
    for what in slow:
        print(f"too slow: {what}")
    return 1 if slow else 0


@contextmanager
def _sqlite(folder: Path) -> Iterator[Engine]:
    engine = sqlite_engine(folder / "ledger.db")
    yield engine
    engine.dispose()


@contextmanager
def _postgresql(_: Path) -> Iterator[Engine]:
    found = programs()
    if found is None:
        sys.exit("postgresql is not installed: apt-get install postgresql")
    with postgres(found) as port:
        Database(port, "postgres").run("CREATE DATABASE ledger")
        engine = create_engine(f"postgresql+psycopg://reports@127.0.0.1:{port}/ledger")
        yield engine
        engine.dispose()


ENGINES: dict[str, Callable[[Path], Any]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def _run(report: str, day: dt.datetime, run_id: str) -> Run:
    """Return as much of a run as the ledger looks at."""
    made = SimpleNamespace(
        report=SimpleNamespace(id=report, digest="d1"), schedule=SimpleNamespace(id="daily"), run_id=run_id,
        period=SimpleNamespace(start=day - dt.timedelta(days=1), end=day, slug=f"{day:%Y-%m-%d}"),
        folder=SimpleNamespace(uri=f"file:///archive/{report}/{run_id}"), variant="", force=False,
    )  # fmt: skip
    return cast("Run", made)


def _planned(number: int) -> list[Planned]:
    addresses = (f"person{one}@northwind.example" for one in range(number))
    return [Planned("email", "email", address, address) for address in addresses]


def _days(total: int) -> Iterator[dict[str, Any]]:
    """Yield two years of deliveries, and those of the newest run last."""
    each = max(1, (total - RUN_RECIPIENTS) // (REPORTS * DAYS))
    recipients, many = _planned(each), _planned(RUN_RECIPIENTS)
    for day in range(DAYS, 0, -1):
        at = NEWEST - dt.timedelta(days=day)
        for report in range(REPORTS):
            run = _run(f"report_{report}", at, f"scheduled__{at:%Y-%m-%dT%H:%M}")
            yield from (_delivery(run, at + dt.timedelta(seconds=report), item) for item in recipients)
    run = _run("report_0", NEWEST, "newest")
    yield from (_delivery(run, NEWEST, item) for item in many)


def _delivery(run: Run, at: dt.datetime, item: Planned) -> dict[str, Any]:
    key, moment = delivery_key(run, item, 1), at.strftime(MOMENT)
    state = str(STATES[int(key[2:4], 16) % len(STATES)] if key.startswith("00") else DeliveryState.DELIVERED)
    receipt, error = ("250 2.0.0 OK queued as 4F2A1", "") if state == DeliveryState.DELIVERED else ("", "550 no such")
    return {
        "id": key, "report_id": run.report.id, "schedule_id": "daily",
        "period_start": run.period.start.strftime(MOMENT),
        "period_end": run.period.end.strftime(MOMENT), "destination": item.destination, "channel": item.channel,
        "recipient": item.recipient, "identity": item.identity, "issue": 1, "run_id": run.run_id, "state": state,
        "attempts": 1, "receipt": receipt, "error": error, "size": 204_800, "seconds": 0.2, "planned_at": moment,
        "claimed_at": moment, "settled_at": moment, "claimed_by": None, "lease_until": None, "parts": "",
    }  # fmt: skip


def _fill(engine: Engine, total: int) -> int:
    """Write the deliveries with their trail, and the indexes after; return how many there are."""
    rows, trail, made = _days(total), _Trail(), 0
    indexes = [*delivery.indexes, *audit.indexes]
    with engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    while page := list(islice(rows, PAGE)):
        made += len(page)
        with engine.begin() as connection:
            _write(connection, delivery.name, page)
            _write(connection, audit.name, [change for row in page for change in trail.of(row)])
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
        connection.execute(update(audit_head).values(seq=trail.seq, hash=trail.hash))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))  # as its autovacuum does some time after such a load
    return made


class _Trail:
    def __init__(self) -> None:
        self.seq, self.hash = 0, FIRST

    def of(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the three changes that a delivery went through."""
        at = dt.datetime.strptime(row["planned_at"], MOMENT).replace(tzinfo=dt.UTC)
        states = ("", "planned", "sending", row["state"])
        whys = (
            f"run {row['run_id']} owes it: email to {row['recipient']}",
            "attempt 1",
            row["receipt"] or row["error"],
        )
        for was, is_now, why in zip(states, states[1:], whys, strict=False):
            self.seq += 1
            made = AuditRow(self.seq, at, "the benchmark", row["id"], was, is_now, why, self.hash)
            self.hash = digest(made)
            yield {**vars(made), "at": row["planned_at"], "hash": self.hash}


def _write(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Write rows in the way that the database takes fastest."""
    names, values = ", ".join(rows[0]), [tuple(row.values()) for row in rows]
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(rows[0]))})", values)
        return
    with cast("Any", cursor).copy(f"COPY {table} ({names}) FROM STDIN") as target:
        for row in values:
            target.write_row(row)


def _measured(name: str, engine: Engine, total: int) -> list[str]:
    """Fill a ledger, ask it, print what that took, and return what took too long."""
    ledger = Ledger(engine, actor="the benchmark")
    started = time.monotonic()
    made = _fill(engine, total)
    print(f"{name}: {made:,} deliveries, {made * 3:,} audit rows, filled in {time.monotonic() - started:.0f} s")
    table = Table("Query", "Median ms", "Worst ms", title=name)
    slow = []
    for what, query in _queries(ledger).items():
        spent = [_ms(query, number) for number in range(TIMES)]
        median, worst = statistics.median(spent), max(spent)
        table.add_row(what, f"{median:.1f}", f"{worst:.1f}")
        slow += [f"{what}: {median:.1f} ms"] if median > BOUND else []
    for what, work in _once(ledger).items():
        table.add_row(what, f"{_ms(work, 0):,.0f}", "")
    Console(width=100).print(table)
    print(f"memory at the most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    return slow


def _ms(work: Callable[[int], object], number: int) -> float:
    started = time.perf_counter()
    work(number)
    return (time.perf_counter() - started) * 1000


def _queries(ledger: Ledger) -> dict[str, Callable[[int], object]]:
    """Return what the product asks, by its name."""
    usual = [_run("report_7", NEWEST - dt.timedelta(days=day), "x") for day in range(1, TIMES + 1)]
    few = _planned(20)

    def period(number: int) -> object:
        of = usual[number]
        return ledger.of_period(of.report.id, "daily", of.period.start, of.period.end)

    def page(**asked: Any) -> Callable[[int], object]:
        return lambda _: list(deliveries(ledger, limit=50, **asked))

    def claim(number: int) -> None:
        [entry] = ledger.owed(
            _run("report_1", NEWEST, f"claim_{number}"), [Planned("email", "email", f"{number}", f"{number}")]
        )
        ledger.claim(entry.id)
        ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="250 OK", size=1, seconds=0.1)

    old = NEWEST - dt.timedelta(days=400)
    last = next(deliveries(ledger, report_id="report_7", limit=1)).id
    return {
        "deliveries of one usual period": period,
        "what a run owes (20 recipients)": lambda number: ledger.owed(usual[number], few),
        "newest 50 of all": page(),
        "newest 50 failed": page(state=DeliveryState.FAILED),
        "newest 50 delivered": page(state=DeliveryState.DELIVERED),
        "newest 50 of one report": page(report_id="report_7"),
        "newest 50 failed of one report": page(report_id="report_7", state=DeliveryState.FAILED),
        "50 of one report, 400 days back": page(report_id="report_7", after=(old, "")),
        "newest 50 to one recipient": page(recipient="person3@northwind.example"),
        "newest 50 to one recipient, failed": page(recipient="person3@northwind.example", state=DeliveryState.FAILED),
        "newest 50 of a run of 10,000": page(run_id="newest"),
        "newest 50 failed of a run of 10,000": page(run_id="newest", state=DeliveryState.FAILED),
        "plan, claim and settle one": claim,
        "counts by state, last 30 days": lambda _: count_by_state(ledger, NEWEST - dt.timedelta(days=30)),
        "audit trail of one delivery": lambda _: trail_of(ledger, delivery_id=last),
        "audit trail of one recipient, newest 50 deliveries": lambda _: trail_of(
            ledger, recipient="person3@northwind.example", limit=50),
    }  # fmt: skip


def _once(ledger: Ledger) -> dict[str, Callable[[int], object]]:
    """Return what is done to whole runs, or to everything."""
    of, planned = _run("report_9", NEWEST, "big"), _planned(RUN_RECIPIENTS)

    def claimed(_: int) -> None:
        ids = [entry.id for entry in ledger.owed(of, planned)]
        for first in range(0, len(ids), 500):
            ledger.claim_many(ids[first : first + 500])

    def whole(_: int) -> None:
        found = verify(ledger)
        if found.broken is not None:
            sys.exit(f"the trail is broken: {found.broken.text}")

    return {
        "plan 10,000": lambda _: ledger.begin(of, planned, NEWEST),
        "owed of 10,000": lambda _: ledger.owed(of, planned),
        "claim 10,000, 500 at once": claimed,
        "verify the whole trail": whole,
    }


if __name__ == "__main__":
    sys.exit(main())
