"""What every kind of dataset offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from scheduled_reports.model import Model

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.tables import Tables


class Dataset(Model):
    """A table made of the report's sources and of other datasets."""

    description: str = Field("", description="What one row is.")

    def tables(self, name: str) -> tuple[str, ...]:
        """Return the names of the tables that the dataset `name` makes: its own first."""
        return (name,)

    @abstractmethod
    def reads(self, known: Collection[str], include: Path) -> set[str]:
        """Return which of the tables `known` it is made of; `include` is the folder beside the specs.

        Raises:
            ReportError: It cannot be read, or its SQL cannot be parsed.
        """

    @abstractmethod
    def make(self, run: Run, name: str, tables: Tables, target: Path) -> None:
        """Write all rows as one Parquet file at `target`, in bounded memory; its other tables go beside it.

        Args:
            run: The run; its `binds()` are the query's values.
            name: What the spec calls this dataset, for messages.
            tables: The tables made so far; all that `reads` returned are among them.
            target: The file to write; its folder exists. Nobody reads it when this raises.

        Raises:
            SourceError: It could not be made.
        """
