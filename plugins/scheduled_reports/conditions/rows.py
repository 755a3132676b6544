"""Run only when a table has enough rows, or not too many."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.conditions.base import Condition, Evidence, Verdict, extracted
from scheduled_reports.judgement.limits import Span, exact
from scheduled_reports.spec.marks import TableName


class Rows(Condition):
    """The number of rows of a table lies within limits."""

    type: Literal["rows"]
    dataset: TableName = Field(description="A source or dataset of this report.")
    at_least: int | None = Field(None, ge=0, description="The fewest rows with which the report runs.")
    at_most: int | None = Field(None, ge=0, description="The most rows with which the report runs.")

    @model_validator(mode="after")
    def _limits_make_sense(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("neither 'at_least' nor 'at_most' is given; give one or both")
        if None not in (self.at_least, self.at_most) and self.at_least > self.at_most:  # type: ignore[operator]
            raise ValueError(f"at_least ({self.at_least}) is above at_most ({self.at_most}); no table can meet that")
        return self

    @property
    def needs_data(self) -> bool:
        """It counts extracted rows."""
        return True

    def demand(self) -> tuple[str, Span]:
        """Return which numbers of rows it allows."""
        limits = {"at_least": self.at_least, "at_most": self.at_most}
        given = {name: exact(rows) for name, rows in limits.items() if rows is not None}
        return f"rows of {self.dataset}", Span.of(given)

    def judge(self, evidence: Evidence) -> Verdict:
        """Compare the table's number of rows with the limits."""
        run, rows = evidence.run, extracted(evidence).rows(self.dataset)
        if self.at_least is not None and rows < self.at_least:
            return Verdict(
                False,
                f"{self.dataset} has {rows:,} rows for {run.period.label}, at least {self.at_least:,} needed",
            )
        if self.at_most is not None and rows > self.at_most:
            return Verdict(
                False,
                f"{self.dataset} has {rows:,} rows for {run.period.label}, at most {self.at_most:,} allowed",
            )
        return Verdict(True, f"{self.dataset} has {rows:,} rows")
