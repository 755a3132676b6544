"""HTML: a page for a browser that sorts, filters and opens rows, in one file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from scheduled_reports.document import Document
from scheduled_reports.formats.base import Format
from scheduled_reports.interactive.marks import shows_nothing_beyond
from scheduled_reports.interactive.page import frame, page


class Html(Format):
    """An interactive page: charts with tooltips, tables that sort, filter, page and drill down. All of it is inside."""

    media_type: ClassVar[str] = "text/html"
    extension: ClassVar[str] = "html"

    type: Literal["html"]
    max_rows: int = Field(
        100_000,
        ge=1,
        le=1_000_000,
        description="Hold at most so many rows of a table, and say above it how many are left out; totals are of all "
        "rows. A page of 100,000 rows and 8 columns has about 8 MB, which a browser opens at once.",
    )

    def render(self, document: Document, target: Path) -> None:
        """Write the page.

        Raises:
            DocumentError: A chart cannot be drawn, or a column's pattern does not fit its values.
            SourceError: The run's data cannot be read.
        """
        target.write_text(page(document, self.max_rows), encoding="utf-8")

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether no text and no picture can be seen beyond the frame."""
        return shows_nothing_beyond(file.read_text(encoding="utf-8"), frame(document))
