"""Enough rows, and not too many."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.checks.base import CheckedData, Outcome, Result
from scheduled_reports.checks.measure import subject
from scheduled_reports.checks.parts import PartCheck
from scheduled_reports.judgement.limits import missed
from scheduled_reports.model import Model


class RowLimits(Model):
    """How many rows there may be."""

    at_least: int | None = Field(None, ge=0, strict=True, description="The fewest rows that are enough: `500`.")
    at_most: int | None = Field(None, ge=0, strict=True, description="The most rows that are allowed: `100000`.")

    @property
    def given(self) -> dict[str, Decimal]:
        """The limits that are given."""
        limits = {"at_least": self.at_least, "at_most": self.at_most}
        return {name: Decimal(limit) for name, limit in limits.items() if limit is not None}


class RowCount(PartCheck, RowLimits):
    """The number of rows lies within limits."""

    type: Literal["row_count"]
    limits: dict[str, RowLimits] = Field(
        {},
        description="Limits of single values of `by`, in place of the general: `{phone: {at_least: 500}}`. A value of "
        "which there is no row has 0 rows. Without general limits the other values have none.",
    )

    @model_validator(mode="after")
    def _limits_make_sense(self) -> Self:
        if not self.given and not any(own.given for own in self.limits.values()):
            raise ValueError("neither 'at_least' nor 'at_most' is given; give one or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least ({self.at_least}) is above at_most ({self.at_most}); no table can meet that")
        return self

    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Count the rows, and compare them with the limits."""
        for found in self.measured(data, {}):
            words = missed(Decimal(found.rows), self.for_part(found.part).given, lambda limit: f"{limit:,}")
            reason = f"{subject(self, found)} has {found.rows:,} row{'s' * (found.rows != 1)}"
            if words:
                reason += f" for {data.run.period.label}, {words}"
            outcome = Outcome.FAILED if words else Outcome.PASSED
            yield Result(outcome, reason, found.part, float(found.rows))
