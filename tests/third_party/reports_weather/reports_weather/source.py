"""The weather as a source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.parquet import write_rows
from scheduled_reports.sources import Source

if TYPE_CHECKING:
    from scheduled_reports.run import Run


class WeatherSource(Source):
    """The temperature of each hour of the period."""

    type: Literal["weather"]
    city: str = Field(min_length=1, description="Where.")

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Write one row for each hour."""
        write_rows(["city", "hour", "celsius"], [list(self._hours(run))], target, f"source {name!r}")

    def _hours(self, run: Run) -> Iterator[tuple[str, dt.datetime, float]]:
        hour = run.period.start.astimezone(dt.UTC)
        while hour < run.period.end:
            yield self.city, hour, 10 + hour.hour / 2
            hour += dt.timedelta(hours=1)
