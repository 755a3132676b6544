"""Days of the fiscal period, quarter or year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.schedule.fiscal import FiscalUnit
from scheduled_reports.schedule.frequencies.base import at_words
from scheduled_reports.schedule.frequencies.monthly import On, SpanFrequency, refuse
from scheduled_reports.schedule.names import listed
from scheduled_reports.schedule.units import Units

_MOST_WEEKS = {"period": 6, "quarter": 14, "year": 53}
"""With a 53rd week in the longest pattern's last period (4-4-5); all are longer than spans of months."""


class Fiscal(SpanFrequency):
    """Days of every period, quarter or year of the schedule's fiscal year."""

    type: Literal["fiscal"]
    of: FiscalUnit = Field(description="What the days are counted in: the fiscal `period`, `quarter` or `year`.")
    on: On = Field(
        min_length=1,
        description="In it. Day or days: `1`, `last`, `first monday`, `3rd business day`, `last business day`.",
    )

    @model_validator(mode="after")
    def _spans_have_the_days(self) -> Self:
        weeks = _MOST_WEEKS[self.of]
        refuse(self.on, weeks * 7, weeks, weeks * 7, f"a fiscal {self.of}")  # a calendar may be open every day
        return self

    def spans(self, first: dt.date, last: dt.date, units: Units) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield the fiscal spans.

        Raises:
            ValueError: No fiscal year is given.
        """
        return units.spans(f"fiscal_{self.of}", first, last)  # type: ignore[arg-type]

    def words(self) -> str:
        """Return it in plain words."""
        return f"{at_words(self.at)} on {listed([day.words() for day in self.on])} of the fiscal {self.of}"
