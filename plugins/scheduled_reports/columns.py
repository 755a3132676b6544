"""What a spec says of a source's columns."""

from __future__ import annotations

from pydantic import Field

from scheduled_reports.column_types import ALLOWED, ColumnType
from scheduled_reports.model import Model


class Column(Model):
    """One column of a source."""

    type: ColumnType | None = Field(
        None,
        description=f"What its values are: {ALLOWED}. Found by looking unless given. Extraction fails, naming the "
        "column and the first value that does not fit, where the source holds anything else.",
    )
    description: str = Field("", description="What it means, for whoever reads the spec.")
