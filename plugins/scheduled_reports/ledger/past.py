"""What runs measured, for later runs to be judged by."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, Row, Subquery, and_, delete, func, insert, or_, select

from scheduled_reports.ledger.entries import SENT, RunState
from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.storable import finite, storable
from scheduled_reports.ledger.tables import measure, run

if TYPE_CHECKING:
    from scheduled_reports.run import Run

Kind = Literal["rows", "kpi", "seconds", "condition", "check", "alert"]
"""What is measured: a table's rows, a key figure, a step's seconds; what a condition, a check or an alert found."""


@dataclass(frozen=True)
class PastValue:
    """What an earlier run measured.

    Attributes:
        period_start: The first instant of its period, aware.
        period_end: The first instant after it, aware.
        run_id: The run.
        state: What became of that run.
        value: What it measured, a number.
        text: What it measured, text.
    """

    period_start: dt.datetime
    period_end: dt.datetime
    run_id: str
    state: RunState
    value: float | None
    text: str | None


@dataclass(frozen=True)
class Measure:
    """One thing that a run measured.

    Attributes:
        name: What of: a table, a key figure, a condition's or a check's basis.
        value: A number, or text.
        part: Of which part of it; empty for the whole.
    """

    name: str
    value: float | str | None
    part: str = ""


@dataclass(frozen=True)
class LastDelivery:
    """The newest run of a schedule that was delivered.

    Attributes:
        started_at: When it began, aware.
        text: What it measured, text; None where it did not.
    """

    started_at: dt.datetime
    text: str | None


class PastRuns:
    """What earlier runs of a run's schedule measured; nothing where no ledger is given, as in a preview.

    A run that somebody started with other parameters, or for a period of its own, is compared with its like only.
    """

    def __init__(self, of: Run, ledger: Ledger | None) -> None:
        self._run, self._ledger = of, ledger

    def values(
        self, kind: Kind, name: str, part: str = "", *, limit: int = 100, states: Collection[RunState] = SENT
    ) -> list[PastValue]:
        """Return what runs of earlier periods measured, the newest period first; of one period the newest run counts.

        Args:
            kind: What was measured.
            name: Of what.
            part: Of which part of it.
            limit: How many periods at most.
            states: What must have become of those runs; by default their data was found good.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        chosen = self._newest_runs(kind, name, part, limit, states)
        return [_past(row) for row in self._read(kind, name, part, chosen)]

    def parts(
        self, kind: Kind, name: str, *, limit: int = 100, states: Collection[RunState] = SENT
    ) -> dict[str, list[PastValue]]:
        """Return what runs of earlier periods measured of each part, the newest period first.

        A part of which one of those runs measured nothing has no entry for it.

        Args:
            kind: What was measured.
            name: Of what.
            limit: How many periods at most, counting those in which anything of that name was measured.
            states: What must have become of those runs; by default their data was found good.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        found: dict[str, list[PastValue]] = {}
        for row in self._read(kind, name, None, self._newest_runs(kind, name, None, limit, states)):
            found.setdefault(row.part, []).append(_past(row))
        return found

    def newest(
        self, kind: Kind, name: str, *, period: tuple[dt.datetime, dt.datetime] | None = None,
        states: Collection[RunState] = SENT,
    ) -> PastValue | None:  # fmt: skip
        """Return what another run measured as a whole: of the newest period the run that ended last.

        Args:
            kind: What was measured.
            name: Of what.
            period: Start and end of the only period that counts; this run's own and every earlier one unless given.
            states: What must have become of that run; by default its data was found good.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        if self._ledger is None:
            return None
        of = self._run
        counts = [run.c.variant == of.variant, run.c.period_end <= of.period.end]
        if period is not None:
            counts[1:] = [run.c.period_start == period[0], run.c.period_end == period[1]]
        query = (
            select(measure.c.value, measure.c.text, run.c.period_start, run.c.period_end, run.c.run_id, run.c.state)
            .join(run, (run.c.run_id == measure.c.run_id) & (run.c.report_id == measure.c.report_id)
                  & (run.c.schedule_id == measure.c.schedule_id))
            .where(*self._measured(kind, name, ""), *counts, run.c.run_id != of.run_id, run.c.state.in_(states))
            .order_by(run.c.period_end.desc(), run.c.period_start.desc(),
                      func.coalesce(run.c.ended_at, run.c.started_at).desc(), run.c.run_id)
            .limit(1)
        )  # fmt: skip
        return next((_past(row) for row in self._ledger.read(query)), None)

    def last_delivered(self, kind: Kind, name: str) -> LastDelivery | None:
        """Return which other run was delivered last, whatever its period, and what it measured; None for none.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        if self._ledger is None:
            return None
        of = self._run
        measured = and_(*self._measured(kind, name, ""), measure.c.run_id == run.c.run_id)
        query = (
            select(run.c.started_at, measure.c.text)
            .outerjoin(measure, measured)
            .where(run.c.report_id == of.report.id, run.c.schedule_id == of.schedule.id, run.c.run_id != of.run_id,
                   run.c.variant == of.variant, run.c.state == RunState.DELIVERED)
            .order_by(run.c.ended_at.desc(), run.c.started_at.desc())
            .limit(1)
        )  # fmt: skip
        return next((LastDelivery(row.started_at, row.text) for row in self._ledger.read(query)), None)

    def _read(self, kind: Kind, name: str, part: str | None, chosen: Subquery) -> list[Row[Any]]:
        """Return the measures of the chosen runs; of every part where none is named."""
        if self._ledger is None:
            return []
        query = (
            select(measure.c.part, measure.c.value, measure.c.text, chosen)
            .join(chosen, measure.c.run_id == chosen.c.run_id)
            .where(*self._measured(kind, name, part))
            .order_by(chosen.c.period_end.desc(), chosen.c.period_start.desc(), measure.c.part)
        )
        return self._ledger.read(query)

    def _newest_runs(
        self, kind: Kind, name: str, part: str | None, limit: int, states: Collection[RunState]
    ) -> Subquery:
        """Return the runs of the newest earlier periods which measured it: of each period the one that ended last."""
        of = self._run
        measured = select(measure.c.id).where(*self._measured(kind, name, part), measure.c.run_id == run.c.run_id)
        period = (run.c.period_start, run.c.period_end)
        newest_first = (func.coalesce(run.c.ended_at, run.c.started_at).desc(), run.c.run_id)
        nth = func.row_number().over(partition_by=period, order_by=newest_first)
        runs = (
            select(run.c.run_id, run.c.period_start, run.c.period_end, run.c.state, nth.label("nth"))
            .where(run.c.report_id == of.report.id, run.c.schedule_id == of.schedule.id, run.c.state.in_(states),
                   run.c.variant == of.variant, run.c.run_id != of.run_id, run.c.period_end <= of.period.end,
                   or_(run.c.period_start != of.period.start, run.c.period_end != of.period.end), measured.exists())
            .subquery()
        )  # fmt: skip
        newest = (runs.c.period_end.desc(), runs.c.period_start.desc())
        return select(runs).where(runs.c.nth == 1).order_by(*newest).limit(limit).subquery()

    def _measured(self, kind: Kind, name: str, part: str | None) -> list[ColumnElement[bool]]:
        of = self._run
        same = [measure.c.report_id == of.report.id, measure.c.schedule_id == of.schedule.id,
                measure.c.kind == kind, measure.c.name == name]  # fmt: skip
        return same if part is None else [*same, measure.c.part == part]


def note_measures(
    ledger: Ledger, of: Run, kind: Kind, measures: Iterable[Measure], *, beside: bool = False
) -> None:  # fmt: skip
    """Note what a run measured, in place of what it measured of that kind before; `beside` others of other names.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    mine = (measure.c.report_id == of.report.id, measure.c.schedule_id == of.schedule.id,
            measure.c.run_id == of.run_id, measure.c.kind == kind)  # fmt: skip
    facts = {**facts_of(of), "kind": kind, "noted_at": dt.datetime.now(dt.UTC)}
    rows = [{**facts, "id": str(uuid.uuid4()), **_values(entry)} for entry in measures]
    others = (measure.c.name.in_({row["name"] for row in rows}),) if beside else ()
    with ledger.writing() as connection:
        connection.execute(delete(measure).where(*mine, *others))
        if rows:
            connection.execute(insert(measure), rows)


def _past(row: Row[Any]) -> PastValue:
    return PastValue(row.period_start, row.period_end, row.run_id, RunState(row.state), row.value, row.text)


def facts_of(of: Run) -> Mapping[str, Any]:
    """Return what every row of the ledger says of its run."""
    return {
        "report_id": of.report.id, "schedule_id": of.schedule.id, "period_start": of.period.start,
        "period_end": of.period.end, "run_id": of.run_id,
    }  # fmt: skip


def _values(entry: Measure) -> dict[str, Any]:
    text = storable(entry.value) if isinstance(entry.value, str) else None
    value = None if isinstance(entry.value, str) or entry.value is None else finite(float(entry.value))
    return {"name": storable(entry.name, 500), "part": storable(entry.part, 500), "value": value, "text": text}
