"""Files of JSON objects, one for each row: what the formats of JSON and JSON lines have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.data_files.ahead import in_order
from scheduled_reports.data_files.compression import compressed
from scheduled_reports.data_files.data_file import Rows, TextDataFile
from scheduled_reports.data_files.objects import objects
from scheduled_reports.document.document import Document

if TYPE_CHECKING:
    import pyarrow as pa


class ObjectsFile(TextDataFile):
    """A file of one dataset with an object for each row."""

    @contextmanager
    def begun(self, document: Document, target: Path, between: str) -> Iterator[tuple[Any, Rows, Iterator[bytes]]]:
        """Open `target`; yield it, the dataset, and the dataset's objects, those of a few thousand rows at a time.

        Args:
            document: The report.
            target: The file, compressed as asked.
            between: What stands between two objects.

        Raises:
            RenderError: The dataset lacks a column.
            SourceError: The run has no such table, or it cannot be read.
        """
        zone = str(document.period.start.tzinfo)

        def written(part: pa.RecordBatch) -> bytes:
            return objects(part, zone, between)

        with self.opened(document.tables) as rows:
            made = in_order(written, rows.slices())
            with compressed(target, self.compression) as file, closing(made) as parts:
                yield file, rows, parts
