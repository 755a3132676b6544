"""What earlier runs of an alert report found alarming, and whether the report was sent for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from scheduled_reports.alert import AlertPast
from scheduled_reports.ledger.entries import RunState
from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.past import Measure
from scheduled_reports.ledger.tables import measure, run

if TYPE_CHECKING:
    from scheduled_reports.run import Run

_BEFORE = "sent_before "
"""Begins the name under which a run notes for which period its alert had been sent."""


@dataclass(frozen=True)
class AlertRun:
    """What the runs of one earlier period found alarming.

    Attributes:
        period: The period, in short.
        run_id: The newest of its runs: what is alarming is what it says.
        alarming: What was; an empty text where the alert is about no things in particular.
        sent: What was when a run of the period was delivered.
        sent_before: For what was alarming and had been sent: the period of the run that was.
    """

    period: str
    run_id: str
    alarming: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    sent_before: dict[str, str] = field(default_factory=dict)

    def of(self, part: str) -> AlertPast:
        """Return what it found of one thing."""
        alarming = part in self.alarming
        before = self.sent_before.get(part, "") if alarming else ""
        return AlertPast(self.period, alarming, alarming and part in self.sent, before)


def alert_measures(key: str, whole: bool, parts: Iterable[str], sent_before: dict[str, str]) -> list[Measure]:
    """Return what a run notes of its alert.

    Args:
        key: By what the ledger knows the alert.
        whole: Whether anything is alarming.
        parts: The things that are, where it is about things.
        sent_before: What had been sent, and the period of the run that was.
    """
    return [
        Measure(key, int(whole)),
        *(Measure(key, 1, part) for part in parts),
        *(Measure(f"{_BEFORE}{key}", period, part) for part, period in sent_before.items()),
    ]


def alert_runs(ledger: Ledger, of: Run, key: str, limit: int) -> list[AlertRun]:
    """Return what runs of earlier periods found, the newest period first, and at most `limit` periods.

    A run counts as sent where it was delivered: one that kept its files in the archive has told nobody.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    mine = (measure.c.report_id == of.report.id, measure.c.schedule_id == of.schedule.id, measure.c.kind == "alert",
            measure.c.period_end <= of.period.end, measure.c.run_id != of.run_id)  # fmt: skip
    judged = (
        select(measure.c.period_start, measure.c.period_end, measure.c.run_id)
        .where(*mine, measure.c.name == key, measure.c.part == "")
        .order_by(measure.c.period_end.desc(), measure.c.period_start.desc(), measure.c.noted_at.desc())
        .limit(limit * 5)  # a period may have been run several times
    )
    found: dict[tuple[Any, Any], AlertRun] = {}
    for row in ledger.read(judged):
        span = (row.period_start, row.period_end)
        if span != (of.period.start, of.period.end) and span not in found and len(found) < limit:
            slug = of.report.timing(of.schedule).period_between(*span).slug
            found[span] = AlertRun(slug, row.run_id)
    if found:
        _fill(ledger, found, (*mine, measure.c.period_end >= min(end for _, end in found)), key)
    return list(found.values())


def _fill(ledger: Ledger, found: dict[tuple[Any, Any], AlertRun], where: Collection[Any], key: str) -> None:
    rows = select(measure, run.c.state).join(
        run, (run.c.run_id == measure.c.run_id) & (run.c.report_id == measure.c.report_id)
        & (run.c.schedule_id == measure.c.schedule_id)
    ).where(*where, measure.c.name.in_((key, f"{_BEFORE}{key}")))  # fmt: skip
    for row in ledger.read(rows):
        entry = found.get((row.period_start, row.period_end))
        if entry is None:
            continue
        if row.name == key and row.value and row.state == RunState.DELIVERED:
            entry.sent.add(row.part)
        if row.run_id == entry.run_id and row.name == key and row.value:
            entry.alarming.add(row.part)
        elif row.run_id == entry.run_id and row.text:
            entry.sent_before[row.part] = row.text
