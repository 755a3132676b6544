"""What every kind of source offers."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from scheduled_reports.columns import Column
from scheduled_reports.errors import SourceError
from scheduled_reports.model import Model
from scheduled_reports.schedule.clock import TimeOfDay

if TYPE_CHECKING:
    from scheduled_reports.run import Run


class Source(Model):
    """A place that data comes from.

    Attributes:
        newest_by: What tells how new its data is before it is extracted: a column, its files' times, or nothing.
    """

    newest_by: ClassVar[Literal["column", "files", ""]] = ""

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

    def connection_ids(self) -> tuple[str, ...]:
        """Return the Airflow connections that it needs."""
        connection = getattr(self, "connection", None)
        return (connection,) if isinstance(connection, str) else ()

    def probe(self, run: Run, name: str) -> str | None:
        """Ask whether it can be read, for a run of the latest period, without reading its rows.

        Returns:
            What was seen, in words: "columns customer, amount"; None where a kind cannot tell.

        Raises:
            ReportError: It cannot be read.
        """
        return None

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

    def newest(self, run: Run, name: str, column: str | None) -> dt.datetime | None:
        """Return how new its data is, aware, without extracting it; None where there is none.

        Args:
            run: The run; its `binds()` are the query's values.
            name: What the spec calls this source, for messages.
            column: The column that tells it, where one does.

        Raises:
            SourceError: It cannot be asked, or gives no timestamp.
            UnknownConnectionError: The source's connection does not exist.
        """
        raise SourceError(
            f"source {name!r} cannot be asked how new its data is",
            why="sources of this kind tell it only by what they give",
            fix=f"judge the extracted rows: {{type: freshness, dataset: {name}, column: …}}",
        )
