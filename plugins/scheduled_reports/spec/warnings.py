"""What `reports check` warns of: specs that are valid, and whose schedules are probably not what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scheduled_reports.schedule.conflicts import Span, ending_calendar, findings
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.load import Report
from scheduled_reports.spec.marks import Finding
from scheduled_reports.spec.problems import Problem


def warnings_in(reports: Iterable[Report], span: Span) -> list[Problem]:
    """Return what is odd about the schedules of valid specs that are switched on, sorted by file and place.

    Args:
        reports: The specs.
        span: What counts as the near future.
    """
    ending: set[str] = set()
    warnings: list[Problem] = []
    for report in reports:
        if report.spec.enabled:
            warnings += placed(report, [*_findings(report, span), *_endings(report, span, ending)])
    return sorted(warnings)


def placed(report: Report, found: list[Finding]) -> list[Problem]:
    """Return findings as problems with their places in the report's files, which are read only where there is one."""
    if not found:
        return []
    source, _ = read_spec(report.path, report.include)
    return [source.place(loc).problem(f"warning: {what}", hint) for loc, what, hint in found]


def _findings(report: Report, span: Span) -> Iterator[Finding]:
    schedules = [(schedule, report.timing(schedule)) for schedule in report.spec.schedules]
    ready_at = {name: source.ready_at for name, source in report.spec.sources.items() if source.ready_at}
    return findings(schedules, ready_at, span)


def _endings(report: Report, span: Span, told: set[str]) -> Iterator[Finding]:
    """Yield the calendars that end soon, each once, at the first schedule that uses it."""
    for index, schedule in enumerate(report.spec.schedules):
        what = ending_calendar(report.timing(schedule), span)
        if what is not None and what not in told:
            told.add(what)
            yield ("schedules", index, "calendar"), what, "add the days after that to its file in include/calendars/"
