"""Find sources of type `run` that name a report, a schedule or a table which is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scheduled_reports.sources.run import RunSource
from scheduled_reports.spec.marks import Finding, Loc
from scheduled_reports.spec.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.spec.load import BrokenReport, Report


def own_run_findings(report: Report) -> Iterator[Finding]:
    """Yield what is wrong with the sources that read earlier runs of their own report."""
    for loc, source in _reading(report):
        if source.report in {None, report.id}:
            yield from _lacking(report, loc, source)
            if source.period == "same" and source.schedule in {None, *_only(report)}:
                yield (*loc, "period"), "same is this very run", "name another 'schedule', or write previous"


def reads_others(report: Report) -> bool:
    """Return whether it reads runs of another report, so that only the whole folder can tell if that is right."""
    return any(source.report not in {None, report.id} for _, source in _reading(report))


def earlier_run_problems(healthy: Sequence[Report], broken: Sequence[BrokenReport] = ()) -> list[Problem]:
    """Return what is wrong with the sources that read earlier runs of other reports.

    Args:
        healthy: Every valid report there is: what is not among them is taken for missing.
        broken: Those with problems of their own; reading one of them is not another.
    """
    known, doubtful = {report.id: report for report in healthy}, {report.id for report in broken}
    return sorted(
        _problem(report, finding)
        for report in healthy
        for loc, source in _reading(report)
        if source.report not in {None, report.id, *doubtful}
        for finding in _of_other(known, loc, source)
    )


def _reading(report: Report) -> Iterator[tuple[Loc, RunSource]]:
    for name, source in report.spec.sources.items():
        if isinstance(source, RunSource):
            yield ("sources", name), source


def _of_other(known: dict[str, Report], loc: Loc, source: RunSource) -> Iterator[Finding]:
    other = known.get(source.report or "")
    if other is None:
        near = difflib.get_close_matches(source.report or "", known, n=1)  # the allowed ones may be a thousand
        hint = f"did you mean {near[0]!r}?" if near else "name a report: the stem of its file"
        yield (*loc, "report"), f"there is no report {source.report!r}", hint
        return
    yield from _lacking(other, loc, source)
    if source.schedule is None and not _only(other):
        hint = f"name one in 'schedule': {', '.join(schedule.id for schedule in other.spec.schedules)}"
        yield loc, f"report {other.id!r} has more than one schedule", hint


def _lacking(report: Report, loc: Loc, source: RunSource) -> Iterator[Finding]:
    schedules, tables = [schedule.id for schedule in report.spec.schedules], report.spec.tables()
    if source.schedule is not None and source.schedule not in schedules:
        hint = did_you_mean(source.schedule, schedules)
        yield (*loc, "schedule"), f"report {report.id!r} has no schedule {source.schedule!r}", hint
    if source.table not in tables:
        hint = did_you_mean(source.table, tables)
        yield (*loc, "table"), f"report {report.id!r} has no source or dataset {source.table!r}", hint


def _only(report: Report) -> set[str]:
    """Return the id of the only schedule; nothing where there are several."""
    ids = {schedule.id for schedule in report.spec.schedules}
    return ids if len(ids) == 1 else set()


def _problem(report: Report, finding: Finding) -> Problem:
    from scheduled_reports.spec.compose import read_spec
    from scheduled_reports.spec.places import path_text

    loc, message, hint = finding
    source, _ = read_spec(report.path, report.include)
    return source.place(loc).problem(f"{path_text(source.known(loc))}: {message}", hint)
