"""Find reports that wait for each other, and reports that wait for one that there is not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduled_reports.conditions.event import Event
from scheduled_reports.schedule.triggers.awaiting import Awaiting
from scheduled_reports.schedule.triggers.expression import names_in
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.judgements import conditions_of
from scheduled_reports.spec.load import BrokenReport, Report
from scheduled_reports.spec.marks import Loc
from scheduled_reports.spec.problems import Problem

PREFIX = "report:"
"""What the assets of reports begin with; `report:sales:daily` is updated when that schedule has delivered."""

Key = tuple[str, str]
"""A report's id and a schedule's."""


@dataclass(frozen=True)
class Waits:
    """That a schedule, or a condition, waits for another report.

    Attributes:
        report: The report that waits.
        schedule_id: The schedule that waits; empty where a condition does.
        asset: What it waits for, `report:sales:daily`.
        loc: Where its spec says so.
    """

    report: Report
    schedule_id: str
    asset: str
    loc: Loc

    @property
    def goal(self) -> Key:
        """The schedule that it waits for; with an empty id where the asset names none."""
        report_id, _, schedule_id = self.asset.removeprefix(PREFIX).partition(":")
        return report_id, schedule_id

    def problem(self, message: str, hint: str) -> Problem:
        """Return a problem at the place where the spec says so."""
        source, _ = read_spec(self.report.path, self.report.include)
        return source.place(self.loc).problem(message, hint)


def waiting_problems(healthy: Sequence[Report], broken: Sequence[BrokenReport] = ()) -> list[Problem]:
    """Return what is wrong with how reports wait for each other.

    Args:
        healthy: Every valid report there is: what is not among them is taken for missing.
        broken: Those with problems of their own; waiting for one of them is not another.
    """
    waits = [found for report in healthy for found in _waits_of(report)]
    asks = [found for report in healthy for found in _asks_of(report)]
    if not (waits or asks):
        return []
    enabled = [report for report in healthy if report.spec.enabled]
    emitting = {(report.id, schedule.id) for report in enabled for schedule in report.spec.schedules}
    disabled = {report.id for report in healthy if not report.spec.enabled}
    doubtful = {report.id for report in broken}
    missing = (_missing(wait, emitting, disabled) for wait in (*waits, *asks) if wait.goal[0] not in doubtful)
    problems = [found for each in missing for found in each]
    return sorted([*problems, *_cycles(waits)])


def _waits_of(report: Report) -> Iterator[Waits]:
    for index, schedule in enumerate(report.spec.schedules):
        if isinstance(schedule.when, Awaiting):
            for loc, name in names_in(schedule.when.awaited(f"{report.id}:{schedule.id}")):
                if name.startswith(PREFIX):
                    yield Waits(report, schedule.id, name, ("schedules", index, "when", *loc))


def _asks_of(report: Report) -> Iterator[Waits]:
    """Yield the reports that conditions ask for; they start nothing, and so may stand in a circle."""
    for loc, condition in conditions_of(report.spec):
        if isinstance(condition, Event) and condition.asset.startswith(PREFIX):
            yield Waits(report, "", condition.asset, (*loc, "asset"))


def asks_for_reports(report: Report) -> bool:
    """Return whether a schedule or a condition of a report waits for another report."""
    return any(True for found in (_waits_of, _asks_of) for _ in found(report))


def _missing(wait: Waits, emitting: set[Key], disabled: set[str]) -> Iterator[Problem]:
    if wait.goal in emitting:
        return
    if wait.goal[0] in disabled:
        yield wait.problem(f"{wait.asset} never comes: the report is not enabled", "enable it, or wait for another")
    else:
        known = [f"{PREFIX}{report_id}:{schedule_id}" for report_id, schedule_id in sorted(emitting)]
        near = difflib.get_close_matches(wait.asset, known, n=1)  # the allowed ones may be a thousand
        hint = f"did you mean {near[0]!r}?" if near else f"write it as {PREFIX}<report>:<schedule>"
        yield wait.problem(f"no report has the schedule {wait.asset!r}", hint)


def _cycles(waits: list[Waits]) -> Iterator[Problem]:
    """Yield one problem for each circle of schedules, at the first of them."""
    edges: dict[Key, dict[Key, Waits]] = {}
    for wait in waits:
        edges.setdefault((wait.report.id, wait.schedule_id), {})[wait.goal] = wait
    for start in sorted(edges):
        circle = _circle(start, edges)
        if circle and start == min(circle):
            names = [f"{report_id}:{schedule_id}" for report_id, schedule_id in (*circle[1:], start)]
            message = f"{':'.join(start)} waits for " + ", which waits for ".join(names)
            why, hint = "none of them is ever the first", "let one of them wait for its data, or run by the clock"
            yield edges[start][[*circle, start][1]].problem(f"{message}: {why}", hint)


def _circle(start: Key, edges: Mapping[Key, Mapping[Key, Waits]]) -> list[Key]:
    """Return the shortest way from `start` back to it, itself first; empty where there is none."""
    ways, visited = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for goal in sorted(edges.get(way[-1], ())):
            if goal == start:
                return way
            if goal not in visited:
                visited.add(goal)
                ways.append([*way, goal])
    return []
