"""What earlier runs of an alert report found alarming, and whether the report was sent for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, not_, or_, select

from scheduled_reports.judgement.alert import AlertPast
from scheduled_reports.ledger.entries import DeliveryState, RunState
from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.past import Measure
from scheduled_reports.ledger.tables import delivery, measure, run

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
        sent: What was when a run of the period was delivered, if only to some.
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


def _sent() -> ColumnElement[bool]:
    """Return whether a run has sent its report: to all, or to somebody since it began."""
    to_somebody = select(delivery.c.id).where(
        delivery.c.report_id == run.c.report_id, delivery.c.schedule_id == run.c.schedule_id,
        delivery.c.period_start == run.c.period_start, delivery.c.period_end == run.c.period_end,
        delivery.c.state == DeliveryState.DELIVERED, delivery.c.settled_at >= run.c.started_at,
    )  # fmt: skip
    told_nobody = run.c.state.in_((RunState.SKIPPED, RunState.ARCHIVED))
    return or_(run.c.state == RunState.DELIVERED, and_(not_(told_nobody), to_somebody.exists()))


def alert_runs(ledger: Ledger, of: Run, key: str, limit: int) -> list[AlertRun]:
    """Return what runs of earlier periods found, the newest period first, and at most `limit` periods.

    A run counts as sent where it was delivered, also to only some: the others get it when what failed is cleared, and
    must not get everybody a second one. A run that kept its files in the archive has told nobody. Nor does one count
    that somebody started with other parameters, or for a period of its own.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    mine = (measure.c.report_id == of.report.id, measure.c.schedule_id == of.schedule.id, measure.c.kind == "alert",
            measure.c.run_id != of.run_id)  # fmt: skip
    judged = (
        select(run.c.period_start, run.c.period_end, run.c.run_id, _sent().label("was_sent"))
        .join(measure, (run.c.run_id == measure.c.run_id) & (run.c.report_id == measure.c.report_id)
              & (run.c.schedule_id == measure.c.schedule_id))
        .where(*mine, measure.c.name == key, measure.c.part == "", run.c.variant == of.variant,
               run.c.period_end <= of.period.end)
        .order_by(run.c.period_end.desc(), run.c.period_start.desc(), measure.c.noted_at.desc())
        .limit(limit * 5)  # a period may have been run several times
    )  # fmt: skip
    found: dict[tuple[Any, Any], AlertRun] = {}
    of_run: dict[str, tuple[AlertRun, bool]] = {}
    for row in ledger.read(judged):
        span = (row.period_start, row.period_end)
        if span not in found and span != (of.period.start, of.period.end) and len(found) < limit:
            slug = of.report.timing(of.schedule).period_between(*span).slug
            found[span] = AlertRun(slug, row.run_id)
        if span in found:
            of_run[row.run_id] = (found[span], row.was_sent)
    _fill(ledger, of_run, mine, key)
    return list(found.values())


def _fill(
    ledger: Ledger, of_run: Mapping[str, tuple[AlertRun, bool]], where: Collection[ColumnElement[bool]], key: str
) -> None:
    names, columns = (key, f"{_BEFORE}{key}"), [measure.c[name] for name in ("run_id", "name", "part", "value", "text")]
    rows = select(*columns).where(*where, measure.c.name.in_(names), measure.c.run_id.in_(list(of_run)))
    for row in ledger.read(rows):
        entry, was_sent = of_run[row.run_id]
        if row.name == key and row.value and was_sent:
            entry.sent.add(row.part)
        if row.run_id == entry.run_id and row.name == key and row.value:
            entry.alarming.add(row.part)
        elif row.run_id == entry.run_id and row.text:
            entry.sent_before[row.part] = row.text
