"""All that the ledger knows of single runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Table, select

from scheduled_reports.ledger.entries import DeliveryEntry, DeliveryState, RunState
from scheduled_reports.ledger.findings import CheckEntry, Decision
from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.tables import check_result, decision, delivery, measure, run


@dataclass(frozen=True)
class Measured:
    """One thing that a run measured.

    Attributes:
        kind: rows, kpi, seconds, condition, check or alert.
        name: Of what.
        part: Of which part of it; empty for the whole.
        value: A number, or text.
    """

    kind: str
    name: str
    part: str
    value: float | str | None


@dataclass(frozen=True)
class RunRecord:
    """One run, and what was measured, found, decided and delivered in it.

    Attributes:
        schedule_id: Its schedule.
        run_id: Airflow's id of it.
        period_start: The first instant of its period, aware.
        period_end: The first instant after it, aware.
        state: What became of it.
        reason: Why, in words; empty where all went well.
        started_at: When it began, aware.
        ended_at: When it ended, aware; None while it has not.
        folder: The URL of its files.
        measures: What it measured.
        checks: What its checks found, by name and part.
        decisions: What people decided, the oldest first.
        deliveries: What it was the first to plan; what an earlier run of the period planned is that run's.
    """

    schedule_id: str
    run_id: str
    period_start: dt.datetime
    period_end: dt.datetime
    state: RunState
    reason: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    folder: str
    measures: tuple[Measured, ...]
    checks: tuple[CheckEntry, ...]
    decisions: tuple[Decision, ...]
    deliveries: tuple[DeliveryEntry, ...]

    def of_kind(self, kind: str) -> dict[str, float | str | None]:
        """Return what it measured of one kind, by name; parts stand behind it: `calls (phone)`."""
        return {
            f"{entry.name} ({entry.part})" if entry.part else entry.name: entry.value
            for entry in self.measures
            if entry.kind == kind
        }


def runs_of(
    ledger: Ledger, report_id: str, *, schedule_id: str | None = None, run_id: str | None = None, limit: int = 20
) -> list[RunRecord]:
    """Return a report's runs, the newest first.

    Args:
        ledger: The ledger.
        report_id: The report.
        schedule_id: Only runs of this schedule; of all unless given.
        run_id: Only this run.
        limit: How many at most.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    query = select(run).where(run.c.report_id == report_id).order_by(run.c.started_at.desc(), run.c.id).limit(limit)
    if schedule_id is not None:
        query = query.where(run.c.schedule_id == schedule_id)
    if run_id is not None:
        query = query.where(run.c.run_id == run_id)
    found = [row._mapping for row in ledger.read(query)]
    runs = [(row["schedule_id"], row["run_id"]) for row in found]
    parts = {
        table.name: _by_run(ledger, table, report_id, runs) for table in (measure, check_result, decision, delivery)
    }
    return [_record(row, {name: rows.get((row["schedule_id"], row["run_id"]), []) for name, rows in parts.items()})
            for row in found]  # fmt: skip


def known_reports(ledger: Ledger) -> list[str]:
    """Return the ids of all reports that ever ran, sorted.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    return [row.report_id for row in ledger.read(select(run.c.report_id).distinct().order_by(run.c.report_id))]


def _by_run(ledger: Ledger, table: Table, report_id: str, runs: Iterable[tuple[str, str]]) -> dict[Any, list[Any]]:
    """Return the rows of a table that belong to runs, by schedule and run."""
    ids = sorted({run_id for _, run_id in runs})
    moment = next(table.c[name] for name in ("noted_at", "decided_at", "planned_at") if name in table.c)
    query = select(table).where(table.c.report_id == report_id, table.c.run_id.in_(ids)).order_by(moment, table.c.id)
    found: dict[Any, list[Any]] = {}
    for row in ledger.read(query):
        found.setdefault((row.schedule_id, row.run_id), []).append(row._mapping)
    return found


def _record(row: Any, parts: dict[str, list[Any]]) -> RunRecord:
    facts = {field.name: row[field.name] for field in fields(RunRecord)[:9]}
    entries = [_only(DeliveryEntry, entry) for entry in parts[delivery.name]]
    return RunRecord(
        **{**facts, "state": RunState(row["state"])},
        measures=tuple(
            Measured(entry["kind"], entry["name"], entry["part"], entry["text"] or entry["value"])
            for entry in sorted(parts[measure.name], key=lambda entry: (entry["kind"], entry["name"], entry["part"]))
        ),
        checks=tuple(sorted((CheckEntry(**_only(CheckEntry, entry)) for entry in parts[check_result.name]),
                            key=lambda entry: (entry.name, entry.part))),
        decisions=tuple(Decision(**_only(Decision, entry)) for entry in parts[decision.name]),
        deliveries=tuple(DeliveryEntry(**{**entry, "state": DeliveryState(entry["state"])}) for entry in entries),
    )  # fmt: skip


def _only(kind: type[Any], row: Any) -> dict[str, Any]:
    """Return the columns of a row that a dataclass has fields for."""
    return {field.name: row[field.name] for field in fields(kind)}
