"""`reports deliveries`: what became of deliveries, of all reports or of one, the newest first."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Column, Table

from scheduled_reports import settings
from scheduled_reports.cli.audit import WIDE, WORDS, when, when_of, wide, words
from scheduled_reports.cli.runs import opened_ledger
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger.deliveries import DeliveryRecord, count_by_state, deliveries
from scheduled_reports.ledger.entries import DeliveryState
from scheduled_reports.spec.load import Report, load, spec_files
from scheduled_reports.spec.problems import did_you_mean

RECENT = dt.timedelta(days=30)
"""How far back the deliveries are counted."""


@dataclass(frozen=True)
class Asked:
    """Which deliveries are asked for.

    Attributes:
        state: Only in this state.
        report: Only of this report.
        run: Only what this run planned.
        to: Only to this address or place.
        since: Only what was planned on this day or later, YYYY-MM-DD.
        limit: How many at most.
    """

    state: str | None
    report: str | None
    run: str | None
    to: str | None
    since: str | None
    limit: int


def show_deliveries(folder: Path, asked: Asked, as_json: bool, console: Console) -> None:
    """Print deliveries, the newest first, as a table or as JSON.

    Args:
        folder: The specs, in whose words a period is named.
        asked: Which.
        as_json: All that is known of them, as JSON.
        console: Where to.

    Raises:
        ReportError: There is no ledger yet, or no such state or day.
        LedgerError: The ledger cannot be read.
    """
    state, since = _state(asked.state), _day(asked.since)
    with closing(opened_ledger()) as ledger:
        found = list(deliveries(ledger, report_id=asked.report, state=state, since=since, run_id=asked.run,
                                recipient=asked.to, limit=asked.limit + 1))  # fmt: skip
        counts = count_by_state(ledger, dt.datetime.now(dt.UTC) - RECENT)
    shown = found[: asked.limit]
    if as_json:
        console.print_json(json.dumps([asdict(record) for record in shown], default=_plain, ensure_ascii=False))
        return
    if not found:
        console.print("No such delivery")
        return
    wide(console)
    console.print(_table(shown, _Periods(folder), one_line=console.width >= WIDE))
    if len(found) > len(shown):
        console.print(f"Only the newest {asked.limit}; more with --limit")
    told = ", ".join(f"{number:,} {words(state)}" for state, number in counts.items())
    console.print(f"All reports, last {RECENT.days} days: {told or 'nothing'}")


def _state(word: str | None) -> DeliveryState | None:
    """Return the state that is meant, by its name or as the table calls it."""
    if word is None:
        return None
    for state, called in WORDS.items():
        if word in {state.value, called}:
            return state
    states = [state.value for state in DeliveryState]
    why = did_you_mean(word, states) or f"there are {', '.join(states)}"
    raise ReportError(f"there is no state {word!r}", why=why)


def _day(text: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).astimezone() if text else None
    except ValueError:
        raise ReportError(f"--since {text!r} is no day", fix="write it as 2026-11-01") from None


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


class _Periods:
    """Names periods as their specs do, as far as there is one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._report = cache(self._load)

    def name(self, record: DeliveryRecord) -> str:
        """Return a delivery's period, in short."""
        report = self._report(record.report_id)
        schedules = {entry.id: entry for entry in report.spec.schedules} if report else {}
        if report is None or record.schedule_id not in schedules:
            return f"{record.period_start:%Y-%m-%d %H:%M} to {record.period_end:%Y-%m-%d %H:%M} UTC"
        timing = report.timing(schedules[record.schedule_id])
        return timing.period_between(record.period_start, record.period_end).slug

    def _load(self, name: str) -> Report | None:
        paths = [path for path in spec_files(self._folder) if path.stem == name] if self._folder.is_dir() else []
        found = load(paths[0], settings.include_folder(self._folder)) if paths else None
        return found if isinstance(found, Report) else None


def _table(records: list[DeliveryRecord], periods: _Periods, *, one_line: bool) -> Table:
    """Return a table with a line for each delivery; on a narrow screen, with cells of two."""
    at = when_of(_last(record) for record in records)
    headings = ("Report", "Period", "Destination", "Recipient", "State", "Attempts", at, "Size", "Receipt or error")
    narrow = ("Report\nPeriod", "Destination\nRecipient", "State\nAttempts", f"{at}\nSize", "Receipt or error")
    table = Table(*(Column(heading, overflow="fold") for heading in (headings if one_line else narrow)), box=box.SIMPLE)
    for record in records:
        report = (record.report_id, periods.name(record))
        to, size = (record.destination, record.recipient), readable(record.size)
        attempts = str(record.attempts) if one_line else _attempts(record.attempts)
        last = when(_last(record), " " if one_line else "\n")
        facts = [*report, *to, words(record.state), attempts, last, size]
        cells = facts if one_line else ["\n".join(filter(None, facts[place : place + 2])) for place in range(0, 8, 2)]
        table.add_row(*cells, (record.receipt or record.error).strip())
    return table


def _last(record: DeliveryRecord) -> dt.datetime:
    return record.settled_at or record.claimed_at or record.planned_at


def _attempts(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts" if number else ""


def readable(size: int | None) -> str:
    """Return a number of bytes in words: `12.3 MB`."""
    if size is None:
        return ""
    for unit, bytes_of in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= bytes_of:
            return f"{size / bytes_of:.1f} {unit}"
    return f"{size} bytes"
