"""A full table at the end of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Bound, called
from scheduled_reports.document.table import Table
from scheduled_reports.document.table_block import TableContent
from scheduled_reports.spec.marks import ContentTemplate


@dataclass(frozen=True)
class Appendix(Bound):
    """A table at the end of a report, under a heading of its own.

    Attributes:
        title: Its heading.
        table: The table, without a caption.
        anchor: Its name as a target within a document.
    """

    title: str
    table: Table
    anchor: str = ""
    kind = "appendix"


class AppendixBlock(TableContent):
    """A full table at the end of the report, wherever it stands in `content`; it may say all that a `table` may."""

    type: Literal["appendix"]
    title: ContentTemplate = Field(min_length=1, description="Its heading; may hold templates.")

    def bind(self, data: Binding) -> Appendix:
        """Look at the dataset's columns."""
        title = data.fill(self.title)
        return Appendix(title, self.table(data, called("appendix", title, self.dataset), ""))
