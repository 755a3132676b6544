"""Run only when something has happened: an Airflow asset was updated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.conditions.after_period import never_after_the_period
from scheduled_reports.conditions.base import Condition, Evidence, Verdict
from scheduled_reports.schedule.triggers.expression import AssetName
from scheduled_reports.spec.marks import Finding

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


class Event(Condition):
    """An Airflow asset was updated: a DAG has loaded the stock, a campaign has ended, another report was sent."""

    type: Literal["event"]
    asset: AssetName = Field(
        description="The asset's name, or its URI (with `://`); another report is `report:<report>:<schedule>`."
    )
    since: Literal["period_end", "period_start", "last_delivery"] = Field(
        "period_end",
        description="From when an update counts: the end of the period (unless given), its start, or since this "
        "schedule's last delivery: then one update is enough for one delivery.",
    )

    @property
    def needs_data(self) -> bool:
        """It is asked before anything is extracted."""
        return False

    def judge(self, evidence: Evidence) -> Verdict:
        """Ask Airflow when the asset was last updated, and compare."""
        run, updated = evidence.run, evidence.run.airflow.updated(self.asset)
        if updated is None:
            return Verdict(False, f"{self.asset} was never updated")
        zone, noted = run.period.start.tzinfo, updated.astimezone(dt.UTC).isoformat()
        said = f"{self.asset} was updated {updated.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        if self.since == "last_delivery":
            met, words = self._since_last_delivery(evidence, updated)
            return Verdict(met, f"{said}, {words}", noted)
        since = run.period.end if self.since == "period_end" else run.period.start
        if updated < since:
            edge = self.since.removeprefix("period_")
            return Verdict(False, f"{said}, before the {edge} of the period, {since:%Y-%m-%d %H:%M}", noted)
        return Verdict(True, said, noted)

    def _since_last_delivery(self, evidence: Evidence, updated: dt.datetime) -> tuple[bool, str]:
        """Return whether an update is newer than the one that the last delivery knew, or than that delivery's run."""
        last = evidence.past.last_delivered("condition", self.key)
        if last is None:
            return True, "and nothing was delivered before"
        began = f"{last.started_at.astimezone(evidence.run.period.start.tzinfo):%Y-%m-%d %H:%M}"
        known = dt.datetime.fromisoformat(last.text) if last.text else last.started_at
        return (True, f"after the last delivery ({began})") if updated > known else (
            False, f"and not since the last delivery ({began})"
        )  # fmt: skip

    def findings(self, report: Report) -> Iterator[Finding]:
        """Yield an update that can never come in time."""
        if self.since == "period_end" and (fault := never_after_the_period(report)):
            yield ("since",) if "since" in self.model_fields_set else ("asset",), *fault
