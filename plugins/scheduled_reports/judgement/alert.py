"""A report that is sent only when something becomes true."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.judgement.logic import All, Test
from scheduled_reports.model import Model
from scheduled_reports.spec.marks import TableName

MOST_RUNS = 1000
"""How many runs `again_after` and `rearm_after` may count: those are read from the ledger in every run."""


class AlertKeys(Model):
    """Things that an alert is about, each with a state of its own: products below their reorder level."""

    dataset: TableName = Field(description="A table with one row for each thing that is alarming now: `low_stock`.")
    columns: tuple[str, ...] = Field(min_length=1, description="The columns that tell one thing from another: `[sku]`.")

    @model_validator(mode="after")
    def _columns_are_distinct(self) -> Self:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("a column is named twice; name each once")
        return self


class Alert(Model):
    """When an alert report is sent."""

    when: tuple[Test, ...] = Field((), description="Conditions, or groups of them, that are alarming where all hold.")
    keys: AlertKeys | None = Field(
        None,
        description="In place of `when`: a table whose rows are alarming, each by itself. A thing that is new in it "
        "sends the report, though others were in it before.",
    )
    send: Literal["on_crossing", "every_run"] = Field(
        "on_crossing",
        description="`on_crossing`, unless given: only when it becomes true; `every_run`: in every run in which it is "
        "true.",
    )
    again_after: int | None = Field(
        None, ge=1, le=MOST_RUNS,
        description="With `on_crossing`: the report is sent again where it is still true this many runs after it was "
        "sent.",
    )  # fmt: skip
    rearm_after: int = Field(
        1, ge=1, le=MOST_RUNS,
        description="With `on_crossing`: in how many runs in a row it must be untrue before it can become true again.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _says_when_once(self) -> Self:
        if bool(self.when) == (self.keys is not None):
            given = "both 'when' and 'keys' are given" if self.when else "neither 'when' nor 'keys' is given"
            raise ValueError(f"{given}; give one: conditions, or a table of things each with a state of its own")
        useless = sorted({"again_after", "rearm_after"} & self.model_fields_set) if self.send == "every_run" else ()
        if useless:
            raise ValueError(f"{useless[0]!r} does nothing with 'send: every_run'; remove one of them")
        return self

    @property
    def test(self) -> Test:
        """The conditions of `when` as one expression."""
        return All.model_construct(all=self.when)

    @property
    def key(self) -> str:
        """By what the ledger knows it; another where the spec calls something else alarming: that has not been sent."""
        given = self.model_dump_json(include={"when", "keys"}, exclude_defaults=True)
        return f"alert:{hashlib.sha256(given.encode()).hexdigest()[:12]}"

    @property
    def runs_needed(self) -> int:
        """How many earlier runs must be known to decide."""
        return max(self.rearm_after, self.again_after or 0) + 50


@dataclass(frozen=True)
class AlertPast:
    """One earlier run of an alert, or of one of its things.

    Attributes:
        period: The period of that run, in short.
        alarming: Whether it was true.
        sent: Whether the report reached its recipients in that run, and it was true then.
        sent_before: Where it was not to be sent in that run, as it had been: the period of the run that was sent.
    """

    period: str
    alarming: bool
    sent: bool
    sent_before: str = ""


@dataclass(frozen=True)
class Decided:
    """Whether an alert sends its report.

    Attributes:
        send: Whether it does.
        why: Why, in words.
        sent_before: The period of the run that has sent it, where it was sent since it became true; empty else.
    """

    send: bool
    why: str
    sent_before: str = ""


def decide(alert: Alert, past: Sequence[AlertPast], alarming: bool) -> Decided:
    """Return whether the report is to be sent for something that is, or is not, alarming now.

    It crosses where it is true and was not sent since it was last untrue in `rearm_after` runs in a row: so a report
    that could not be delivered is sent by the next run.

    Args:
        alert: What the spec says.
        past: Earlier runs, the newest first: all, or at least `alert.runs_needed`.
        alarming: Whether it is true now.
    """
    if not alarming:
        return Decided(False, "not alarming")
    if alert.send == "every_run":
        return Decided(True, "alarming")
    before = _sent_since_armed(past, alert.rearm_after)
    if not before:
        return Decided(True, "alarming, and not sent since it became so")
    ago = _runs_ago(past, before)
    if alert.again_after is not None and ago >= alert.again_after:
        return Decided(True, f"still alarming {_runs(alert.again_after)} after it was sent for {before}", before)
    again = f"; again after {_runs(alert.again_after)}, this is number {ago}" if alert.again_after else ""
    return Decided(False, f"{_still(past, alert)}, and was sent for {before}{again}", before)


def _sent_since_armed(past: Sequence[AlertPast], rearm_after: int) -> str:
    """Return the period of the newest run that was sent since it last could cross; empty where none was."""
    untrue = 0
    for run in past:
        untrue = 0 if run.alarming else untrue + 1
        if untrue == rearm_after:
            return ""
        if run.alarming and (run.sent or run.sent_before):
            return run.period if run.sent else run.sent_before
    return ""


def _runs_ago(past: Sequence[AlertPast], period: str) -> int:
    """Return how many runs ago a period was; more than are known where it is none of theirs."""
    periods = [run.period for run in past]
    return periods.index(period) + 1 if period in periods else len(periods) + 1


def _still(past: Sequence[AlertPast], alert: Alert) -> str:
    if past[0].alarming:
        return "still alarming"
    untrue = next((index for index, run in enumerate(past) if run.alarming), len(past))
    return f"alarming again after {_runs(untrue)} in which it was not, where {alert.rearm_after} are needed"


def _runs(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
