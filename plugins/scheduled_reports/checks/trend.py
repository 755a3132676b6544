"""A number that is usual, as earlier runs tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from statistics import median
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.checks.base import CheckedData, Outcome, Result
from scheduled_reports.checks.compared import Compared, Earlier, Weekdays, compared
from scheduled_reports.checks.leeway import Leeway, distance
from scheduled_reports.checks.measure import Measures, number, require_tellable_measure, short, shortened, subject
from scheduled_reports.checks.parts import Measured, PartCheck
from scheduled_reports.errors import CheckError
from scheduled_reports.judgement.limits import exact, in_words
from scheduled_reports.judgement.robust import UsualRange
from scheduled_reports.ledger.past import Kind, PastValue
from scheduled_reports.model import Model

_WEEK = 7


class TrendLimits(Model):
    """How far from the usual a value may be."""

    within: float = Field(
        3, gt=0, le=100,
        description="How many robust deviations (1.4826 median absolute deviations) from the median of the earlier "
        "values: 3, unless given. Of few earlier values the range is wider, by 1 + 5/n.",
    )  # fmt: skip
    ignore: Leeway = Field(
        "5%",
        description="A distance from the median that never fails, however alike the earlier values were: a share of "
        "the median, `5%` unless given, or an amount, `500`. Of numbers of rows it is at least 1.",
    )


class Trend(PartCheck, Measures, TrendLimits):
    """A measure lies where it usually does, as earlier runs of the schedule tell that were sent."""

    type: Literal["trend"]
    runs: int = Field(12, ge=3, le=100, strict=True, description="How many earlier runs are compared with, at most.")
    learn: int = Field(
        5, ge=3, le=100, strict=True,
        description="How many earlier runs it takes to judge by: 5, unless given. Before that the check passes, and "
        "says `learning, 3 of 5 runs`.",
    )  # fmt: skip
    weekdays: Weekdays = Field(
        "auto",
        description="Whether Mondays are compared with Mondays: the day on which the period begins. `auto`, unless "
        "given: where the period is a day, as soon as there are `learn` of that weekday; until then all days are "
        "compared, and what was measured on that weekday is usual too.",
    )
    limits: dict[str, TrendLimits] = Field(
        {},
        description="Limits of single values of `by`, in place of the general: `{phone: {within: 5}}`. They are judged "
        "also where they have no row, as is every value that earlier runs had.",
    )

    @model_validator(mode="after")
    def _can_learn_enough(self) -> Self:
        if self.learn > self.runs:
            raise ValueError(f"learn ({self.learn}) is above runs ({self.runs}); it would be learning for ever")
        return self

    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Compare what is measured with what earlier runs measured."""
        require_tellable_measure(self, self, data)
        earlier, found = self._earlier(data), list(self.measured(data, {"value": self.aggregate}))
        absent = self._absent(data) if self.by else None
        if self.by:
            found += self._missed(found, earlier, absent)
        for entry in found:
            if self.by and entry.by is None and len(found) > 1:
                continue  # no part has a row: those that earlier runs had say so
            value = number(self, entry.values["value"], self.measure) if entry.rows or not self.by else absent
            yield self._result(data, entry, value, earlier.get(entry.part, []))

    @property
    def kept_as(self) -> tuple[Kind, str]:
        """By what the ledger knows what it measured: of plain tables it has the number of rows anyway."""
        if self.counts_rows and self.where is None and self.by is None:
            return "rows", self.dataset
        return "check", self.basis(self.dataset, self.measure, self.where or "", self.by or "")

    def _earlier(self, data: CheckedData) -> dict[str, list[Earlier]]:
        limit = self.runs if self.weekdays is False else self.runs * _WEEK
        found = data.past.parts(*self.kept_as, limit=limit)
        return {part: [entry for entry in map(_earlier, values) if entry] for part, values in found.items()}

    def _absent(self, data: CheckedData) -> Decimal | None:
        """Return what is measured where there is no row: 0 of `count(*)`, nothing of `sum(amount)`."""
        [row] = self._rows(data, f"SELECT {self.aggregate} AS value FROM {self.quoted} WHERE false", {})
        return number(self, row["value"], self.measure)

    def _missed(
        self, found: list[Measured], earlier: Mapping[str, list[Earlier]], absent: Decimal | None
    ) -> list[Measured]:
        """Return the parts that earlier runs had and this one has not; one that they all lacked is forgotten."""
        nothing = None if absent is None else float(absent)
        seen = {entry.part for entry in found if entry.by}
        known = [part for part, values in earlier.items() if any(past.value != nothing for past in values)]
        return [Measured(part, {}, 0, self.by) for part in known if part not in seen]

    def _result(self, data: CheckedData, found: Measured, value: Decimal | None, earlier: list[Earlier]) -> Result:
        check, what = self.for_part(found.part), subject(self, found)
        with_ = compared(earlier, data.run.period, self.weekdays, self.runs, self.learn)
        if value is None or not value.is_finite():
            return _without_number(found, what, shortened(self.measure), value, with_)
        kind, basis = self.kept_as
        kept = basis if kind == "check" else ""
        reason = f"{what}{self.said(short(value))}"
        if with_.learning:
            return Result(Outcome.LEARNING, f"{reason}; {with_.learning}", found.part, float(value), basis=kept)
        usual = check._usual(with_)
        reason += f"; the last {_told(with_, usual, float(value), self.counts_rows)}"
        outcome = Outcome.PASSED if float(value) in usual else Outcome.FAILED
        return Result(outcome, reason, found.part, float(value), basis=kept)

    def _usual(self, with_: Compared) -> UsualRange:
        room = float(distance(self.ignore, exact(median(with_.values))))
        usual = with_.usual(self.within, max(room, 1.0) if self.counts_rows else room)
        if not (math.isfinite(usual.low) and math.isfinite(usual.high)):
            raise CheckError(
                f"check {self.key!r}: the earlier values of {self.measure} are too large to be compared",
                why=f"they lie around {usual.middle:g}", fix="measure in a larger unit: sum(amount) / 1e6",
            )  # fmt: skip
        return usual


def _earlier(past: PastValue) -> Earlier | None:
    finite = past.value is not None and math.isfinite(past.value)
    return Earlier(past.period_start, float(past.value)) if finite and past.value is not None else None


def _without_number(found: Measured, what: str, measure: str, value: Decimal | None, with_: Compared) -> Result:
    """Return what is said where there is no number: that is never usual, but for a part that seldom has a row."""
    if value is not None:
        return Result(Outcome.FAILED, f"{what}: {measure} is {value}, which cannot be compared", found.part)
    if found.rows:
        return Result(Outcome.FAILED, f"{what}: {measure} has no value in {found.rows:,} rows", found.part)
    reason = f"{what} has no row, and so no {measure}"
    if with_.learning:
        return Result(Outcome.LEARNING, f"{reason}; {with_.learning}", found.part)
    return Result(Outcome.FAILED, f"{reason}; the last {with_.called} had one", found.part)


def _told(with_: Compared, usual: UsualRange, value: float, whole: bool) -> str:
    """Return what is usual and why: `8 Thursdays had 2,950 to 3,214 (median 3,050), so 2,640 to 3,460 is usual`."""
    known = (*with_.values, *with_.own)
    least, most, low, high = min(known), max(known), usual.low, usual.high
    low = max(low, 0.0) if min(least, value) >= 0 else low
    if whole:
        low, high = math.ceil(low), math.floor(high)
    had = f"had {_in_words(least)} to {_in_words(most)} (median {_in_words(usual.middle)})"
    had = f"all had {_in_words(least)}" if least == most else had
    return f"{with_.called} {had}, so {_in_words(low)} to {_in_words(high)} is usual"


def _in_words(value: float) -> str:
    return in_words(short(exact(value)))
