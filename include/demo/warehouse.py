"""Build the warehouse of the demo call centre: one SQLite file, the same on every machine.

`python -m demo.warehouse PATH [--last YYYY-MM-DD]` builds it. Times are UTC text, `YYYY-MM-DD HH:MM:SS`; the
centre works in Berlin. Nothing here reads today's date.
"""

import argparse
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from demo.warehouse_calendar import expected_calls
from demo.warehouse_calls import calls_on
from demo.warehouse_names import AGENTS, CAMPAIGNS, Campaign

VERSION = 1  # of the schema and of the generated values; raise it with every change to either
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
TABLES = ("campaigns", "agents", "calls", "sales", "targets")

_SCHEMA = """
CREATE TABLE warehouse_info (first_day TEXT NOT NULL, last_day TEXT NOT NULL, time_zone TEXT NOT NULL);
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, client TEXT NOT NULL, product TEXT NOT NULL,
    team TEXT NOT NULL, started_on TEXT NOT NULL, ended_on TEXT, expected_contact_rate REAL NOT NULL,
    expected_conversion REAL NOT NULL
);
CREATE TABLE agents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, team TEXT NOT NULL, site TEXT NOT NULL,
    hired_on TEXT NOT NULL, left_on TEXT
);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, campaign_id INTEGER NOT NULL REFERENCES campaigns,
    agent_id INTEGER NOT NULL REFERENCES agents, started_at TEXT NOT NULL, talk_seconds INTEGER,
    wait_seconds INTEGER NOT NULL,
    outcome TEXT CHECK (
        outcome IN ('sale', 'callback', 'refused', 'no_answer', 'busy', 'voicemail', 'wrong_number')
    ),
    customer_region TEXT
);
CREATE TABLE sales (
    id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL UNIQUE REFERENCES calls,
    campaign_id INTEGER NOT NULL REFERENCES campaigns, agent_id INTEGER NOT NULL REFERENCES agents,
    sold_at TEXT NOT NULL, product TEXT NOT NULL, amount_eur NUMERIC(10, 2) NOT NULL, cancelled_at TEXT
);
CREATE TABLE targets (
    month TEXT NOT NULL, campaign_id INTEGER NOT NULL REFERENCES campaigns, calls INTEGER NOT NULL,
    sales INTEGER NOT NULL, revenue_eur NUMERIC(12, 2) NOT NULL, PRIMARY KEY (month, campaign_id)
);
"""
_INDEXES = """
CREATE INDEX calls_started_at ON calls (started_at);
CREATE INDEX calls_campaign ON calls (campaign_id, started_at);
CREATE INDEX sales_sold_at ON sales (sold_at);
"""


@dataclass(frozen=True)
class Summary:
    """What a build made: the file, the rows of each table, and how many seconds it took."""

    path: Path
    rows: Mapping[str, int]
    seconds: float


def build(path: Path, first: date = FIRST, last: date = LAST) -> Summary:
    """Build the warehouse for the days `first` to `last`, both included, in place of any file at `path`.

    A reader sees the old file or the new one, never a half one. Raises ValueError when the days are the wrong
    way round or lie before the first campaign.
    """
    _refuse_impossible(first, last)
    with _only_builder_in(path.parent):
        return _build(path, first, last)


def ensure(path: Path, last: date = LAST) -> Summary | None:
    """Build the warehouse unless a good one is there; return None when nothing had to be done.

    It is good when it was made by this version of the generator and reaches `last`.
    """
    _refuse_impossible(FIRST, last)
    with _only_builder_in(path.parent):
        return None if _reaches(path, last) else _build(path, FIRST, last)


def _refuse_impossible(first: date, last: date) -> None:
    """Raise ValueError unless there is something to build from `first` to `last`."""
    if last < first:
        raise ValueError(f"cannot build the warehouse: its last day {last} is before its first day {first}")
    opened = min(campaign.started_on for campaign in CAMPAIGNS)
    if first < opened:
        raise ValueError(
            f"cannot build the warehouse from {first}: no campaign ran before {opened}; begin then or later"
        )


@contextmanager
def _only_builder_in(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder: tasks that start together must not write the same unfinished file."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _reaches(path: Path, last: date) -> bool:
    """Return whether `path` is a warehouse of this version that has data up to `last`."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as warehouse:
            (version,) = warehouse.execute("PRAGMA user_version").fetchone()
            (last_day,) = warehouse.execute("SELECT last_day FROM warehouse_info").fetchone()
    except (sqlite3.DatabaseError, TypeError):  # not SQLite, not ours, or no row in warehouse_info
        return False
    return bool(version == VERSION and last_day >= last.isoformat())


def _build(path: Path, first: date, last: date) -> Summary:
    """Write the file beside `path` and move it there when it is whole."""
    began = time.perf_counter()
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as warehouse:
            rows = _fill(warehouse, first, last)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return Summary(path, rows, time.perf_counter() - began)


def _fill(warehouse: sqlite3.Connection, first: date, last: date) -> dict[str, int]:
    """Create the tables, write every row and return how many each table got."""
    warehouse.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
    warehouse.execute("BEGIN")
    _insert(warehouse, "warehouse_info", [(first.isoformat(), last.isoformat(), "Europe/Berlin")])
    _insert(warehouse, "campaigns", map(_campaign_row, CAMPAIGNS))
    _insert(
        warehouse,
        "agents",
        ((a.id, a.name, a.team, a.site, str(a.hired_on), a.left_on and str(a.left_on)) for a in AGENTS),
    )
    for number in range((last - first).days + 1):
        day = calls_on(first + timedelta(days=number))
        _insert(warehouse, "calls", day.calls)
        _insert(warehouse, "sales", day.sales)
    for month in _months(first, last):
        _insert(warehouse, "targets", _target_rows(month))
    warehouse.execute("COMMIT")
    warehouse.executescript(_INDEXES + f"ANALYZE; PRAGMA user_version = {VERSION};")
    return {table: warehouse.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def _insert(warehouse: sqlite3.Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Insert rows whose values are in the table's column order."""
    width = len(warehouse.execute(f"PRAGMA table_info({table})").fetchall())
    warehouse.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)


def _campaign_row(campaign: Campaign) -> tuple[object, ...]:
    """Return the campaign as a row of `campaigns`."""
    ended = campaign.ended_on and str(campaign.ended_on)
    named = (campaign.id, campaign.name, campaign.client, campaign.product, campaign.team)
    return (*named, str(campaign.started_on), ended, campaign.contact, campaign.conversion)


def _months(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month from `first` to `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _target_rows(month: date) -> Iterator[tuple[str, int, int, int, float]]:
    """Yield the targets of the whole month: what to expect of each campaign, and 3 % more."""
    days = [month + timedelta(days=number) for number in range(31)]
    calls = dict.fromkeys((campaign.id for campaign in CAMPAIGNS), 0.0)
    for day in (day for day in days if day.month == month.month):
        active = [campaign for campaign in CAMPAIGNS if campaign.active_on(day)]
        shares = sum(campaign.share for campaign in active)
        for campaign in active:
            calls[campaign.id] += 1.03 * expected_calls(day) * campaign.share / shares
    for campaign in CAMPAIGNS:
        if expected := calls[campaign.id]:
            sales = max(round(expected * campaign.contact * campaign.conversion), 1)
            price = sum(price for _, price in campaign.offers) / len(campaign.offers)
            yield str(month), campaign.id, int(round(expected, -1)), sales, round(sales * price, -2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the warehouse that the command line asks for and say so in one line."""
    parser = argparse.ArgumentParser(prog="python -m demo.warehouse", description=__doc__)
    parser.add_argument("path", type=Path, help="the SQLite file to write; an older one is replaced")
    parser.add_argument("--last", type=date.fromisoformat, default=LAST, help="YYYY-MM-DD (%(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        made = build(chosen.path, last=chosen.last)
    except ValueError as error:
        parser.error(str(error))
    counts = ", ".join(f"{made.rows[table]:,} {table}" for table in TABLES)
    print(f"Built {made.path}: {counts}, {FIRST} to {chosen.last}, in {made.seconds:.1f} s.")


if __name__ == "__main__":
    main()
