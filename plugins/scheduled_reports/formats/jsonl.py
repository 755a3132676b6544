"""JSON lines (https://jsonlines.org): one dataset, an object for each row on a line of its own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from scheduled_reports.data_files.objects_file import ObjectsFile
from scheduled_reports.document.document import Document
from scheduled_reports.formats.base import Records


class JsonLines(ObjectsFile):
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
        with self.begun(document, target, "\n") as (file, _, parts):
            for part in parts:
                file.write(part)
                file.write(b"\n")
