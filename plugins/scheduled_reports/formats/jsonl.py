"""JSON lines (https://jsonlines.org): one dataset, an object for each row on a line of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from scheduled_reports.data_files.ahead import in_order
from scheduled_reports.data_files.compression import compressed
from scheduled_reports.data_files.data_file import TextDataFile
from scheduled_reports.data_files.objects import objects
from scheduled_reports.document.document import Document
from scheduled_reports.formats.base import Records

if TYPE_CHECKING:
    import pyarrow as pa


class JsonLines(TextDataFile):
    """A file of JSON lines of one dataset: rows and nothing else, so that any reader of the format takes it.

    UTF-8 without a byte order mark; every line, the last one too, ends in LF. Values are written as the format `json`
    writes them. A dataset without rows becomes a file of no bytes, as the standard has no other for it.
    """

    media_type: ClassVar[str] = "application/jsonl"
    extension: ClassVar[str] = "jsonl"
    may_have_no_bytes: ClassVar[bool] = True

    type: Literal["jsonl"]

    def records(self) -> Records | None:
        """Return how it can be cut between two lines; compressed, it has none."""
        return Records() if self.compression is None else None

    def render(self, document: Document, target: Path) -> None:
        """Stream the dataset to `target`; a few thousand rows are in memory at a time.

        Raises:
            RenderError: The dataset lacks a column.
            SourceError: The run has no such table, or it cannot be read.
        """
        zone = str(document.period.start.tzinfo)

        def written(part: pa.RecordBatch) -> bytes:
            return objects(part, zone, "\n") + b"\n"

        with self.opened(document.tables) as rows:
            made = in_order(written, rows.slices())
            with compressed(target, self.compression) as file, closing(made) as parts:
                for part in parts:
                    file.write(part)
