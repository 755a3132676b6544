"""A condition as a third party might write it, for tests: it answers as it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from scheduled_reports.conditions import Condition, Evidence, Verdict
from scheduled_reports.judgement.run_when import RunWhen
from scheduled_reports.run import Run


class Scripted(Condition):
    """Answers `says` in turn, and the last of them again; raises what is an exception."""

    type: Literal["scripted"] = "scripted"
    name: str = "it"
    data: bool = False
    says: tuple[Any, ...] = Field((True,), exclude=True)
    value: float | str | None = None

    @property
    def needs_data(self) -> bool:
        return self.data

    def judge(self, evidence: Evidence) -> Verdict:
        count = ASKED.get(self.name, 0)
        ASKED[self.name] = count + 1
        answer = self.says[min(count, len(self.says) - 1)]
        if isinstance(answer, Exception):
            raise answer
        word = {True: "is there", False: "is not there", None: "may come"}[answer]
        return Verdict(answer, f"{self.name} {word}", self.value)


ASKED: dict[str, int] = {}
"""How often each was asked."""


def judged_by(run: Run, *conditions: Condition, group: str = "all", **rule: Any) -> Run:
    """Return the run with these conditions, which nobody has asked yet."""
    ASKED.clear()
    fields = {**RunWhen().__dict__, group: conditions if group != "not_" else conditions[0], **rule}
    return with_spec(run, run_when=RunWhen.model_construct(**fields))


def with_spec(run: Run, **changes: Any) -> Run:
    """Return the run with another spec, as if it had been loaded."""
    return replace(run, report=replace(run.report, spec=run.report.spec.model_copy(update=changes)))
