"""What is wrong with a report's conditions, checks and approval that takes the rest of the spec to see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduled_reports.approval.rule import COMMENT
from scheduled_reports.judgement.logic import All, Test, conditions_in, excluding
from scheduled_reports.spec.marks import Finding, Loc
from scheduled_reports.spec.places import path_text

if TYPE_CHECKING:
    from scheduled_reports.conditions import Condition
    from scheduled_reports.spec.load import Report
    from scheduled_reports.spec.report import ReportSpec
    from scheduled_reports.spec.yaml import Source


def conditions_of(spec: ReportSpec) -> Iterator[tuple[Loc, Condition]]:
    """Yield every condition of a spec with its place, those of its alert too."""
    yield from ((("run_when", *loc), condition) for loc, condition in spec.run_when.conditions())
    for index, test in enumerate(spec.alert.when if spec.alert else ()):
        yield from conditions_in(test, ("alert", "when", index))


def _never_both(spec: ReportSpec, source: Source) -> Iterator[Finding]:
    """Yield conditions that must both hold, where one excludes the other."""
    tests = [(spec.run_when.test, ("run_when",), 0), (_alarm(spec), ("alert", "when"), 1)]
    for test, section, skipped in tests:
        for loc, other in excluding(test) if test is not None else ():
            earlier = path_text(source.known((*section, *other[skipped:])))
            what = f"it can never be true: it and {earlier} exclude each other, and both must hold"
            yield (*section, *loc[skipped:]), what, "correct the limits of one, or write them as `any`"


def _alarm(spec: ReportSpec) -> Test | None:
    return All.model_construct(all=spec.alert.when) if spec.alert and spec.alert.when else None


def judgement_findings(report: Report, source: Source) -> Iterator[Finding]:
    """Yield what is wrong, at places in the spec."""
    spec = report.spec
    for loc, condition in conditions_of(spec):
        yield from (((*loc, *place), what, hint) for place, what, hint in condition.findings(report))
    yield from _never_both(spec, source)
    for index, check in enumerate(spec.checks):
        yield from ((("checks", index, *place), what, hint) for place, what, hint in check.findings(report))
        if check.severity == "hold" and spec.approval is None:
            hint = "write 'approval' with its 'approvers', or another severity"
            yield ("checks", index, "severity"), "it holds the report for approval, and nobody may give it", hint
    if spec.approval is not None and COMMENT in spec.parameters:
        what = f"{COMMENT!r} is the field in which an approver says why, so a report with 'approval' cannot have it"
        yield ("parameters", COMMENT), what, "give the parameter another name"
