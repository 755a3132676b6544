"""What every kind of source offers."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from scheduled_reports.columns import Column
from scheduled_reports.model import Model
from scheduled_reports.schedule.clock import TimeOfDay

if TYPE_CHECKING:
    from scheduled_reports.run import Run


class Source(Model):
    """A place that data comes from."""

    description: str = Field("", description="What one row is.")
    ready_at: TimeOfDay | None = Field(
        None,
        description="The time of day, in the schedule's zone, from which it holds the day before: `05:30`; "
        "`reports check` warns of schedules that run earlier.",
    )
    columns: dict[str, Column] = Field(
        {}, description="What is known of its columns, by name; those not named are taken as they come."
    )

    def tables(self, name: str) -> tuple[str, ...]:
        """Return the names of the tables that the source `name` makes: its own first."""
        return (name,)

    @abstractmethod
    def extract(self, run: Run, name: str, target: Path) -> None:
        """Write all rows as one Parquet file at `target`, in bounded memory; its other tables go beside it.

        Args:
            run: The run; its `binds()` are the query's values.
            name: What the spec calls this source, for messages.
            target: The file to write; its folder exists. Nobody reads it when this raises.

        Raises:
            SourceError: The data could not be read, completely or at all.
            UnknownConnectionError: The source's connection does not exist.
        """
