"""What an owner is told of what their reports need: the most important report first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent
from zoneinfo import ZoneInfo

from scheduled_reports.live.base import Key, title_of
from scheduled_reports.spec.load import Report

_END = (
    "You are told again once a day while it lasts, and when it works again. Every probe is in the ledger and in the "
    "log of the DAG reports_health; `reports check --live NAME` looks at all that one report needs."
)
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)

Rank = tuple[int, dt.datetime, str]


@dataclass(frozen=True)
class Failure:
    """Something that reports need, and that cannot be used.

    Attributes:
        key: What it is.
        reports: The ids of the reports that need it.
        reason: Why it cannot be used and what to do, in lines.
        since: Since when, aware.
    """

    key: Key
    reports: tuple[str, ...]
    reason: str
    since: dt.datetime

    @property
    def title(self) -> str:
        """How it is called in messages."""
        return title_of(self.key)


@dataclass(frozen=True)
class Letter:
    """What one owner is told.

    Attributes:
        owner: Their address.
        reports: Their reports, the most important first.
        failures: What those need and cannot use.
        again: What they can use again.
        now: What time it is, aware.
    """

    owner: str
    reports: Sequence[Report]
    failures: Sequence[Failure]
    again: Sequence[Key]
    now: dt.datetime

    @property
    def subject(self) -> str:
        """What it is about, in a line."""
        titles = [failure.title for failure in self.failures] or [title_of(key) for key in self.again]
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        if not self.failures:
            return f"Works again: {titles[0]}{more}"
        return f"Cannot be used: {titles[0]}{more}, needed by {self._concerned()[0].spec.title}"

    @property
    def text(self) -> str:
        """The letter."""
        lines: list[str] = []
        if self.failures:
            lines += ["Your reports need what cannot be used now. The most important report comes first.", ""]
            for report in self._concerned():
                lines += self._of_report(report)
            lines += ["", "What cannot be used:", ""]
            for failure in self.failures:
                lines += [f"{failure.title}, since {self._at(failure.since)}", indent(failure.reason, "  "),
                          f"  Needed by {', '.join(failure.reports)}", ""]  # fmt: skip
        if self.again:
            lines += ["Works again:", *(f"  {title_of(key)}" for key in self.again), ""]
        return "\n".join([*lines, _END]) + "\n"

    def _concerned(self) -> list[Report]:
        ids = {report for failure in self.failures for report in failure.reports}
        return [report for report in self.reports if report.id in ids]

    def _of_report(self, report: Report) -> list[str]:
        needs = [failure.title for failure in self.failures if report.id in failure.reports]
        fire = next_fire(report, self.now)
        runs = f"next run {self._at(fire, report)}" if fire else "no run is due by the clock"
        return [f"{report.spec.title} ({report.id}), {runs}", f"  needs {', '.join(needs)}"]

    def _at(self, moment: dt.datetime, report: Report | None = None) -> str:
        """Return a moment in the time zone of a report, or of the most important one."""
        zone = ZoneInfo((report or self._concerned()[0]).spec.schedules[0].timezone)
        return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"


def next_fire(report: Report, now: dt.datetime) -> dt.datetime | None:
    """Return when a report runs next, aware; None where nothing is due by the clock."""
    recurrences = (report.timing(schedule).recurrence for schedule in report.spec.schedules)
    fires = (recurrence.after(now) for recurrence in recurrences if recurrence is not None)
    return min((fire.at for fire in fires if fire is not None), default=None)


def importance(report: Report, now: dt.datetime) -> Rank:
    """Return what sorts reports, the most important first: the highest priority, then the next to run."""
    priority = max(schedule.priority or 1 for schedule in report.spec.schedules)
    return -priority, next_fire(report, now) or _NEVER, report.id
