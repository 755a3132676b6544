"""Apache Parquet: one dataset, every row, with its types; it says where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from scheduled_reports.data_files.data_file import DataFile
from scheduled_reports.data_files.objects import dumped
from scheduled_reports.document.document import Document
from scheduled_reports.formats.json import about
from scheduled_reports.parquet import with_bounds

ROW_GROUP = 131_072
"""Rows in a group: few enough to be written in bounded memory, enough to be read fast."""

KEY = "scheduled_reports"
"""The key of the file's metadata under which it says where it comes from."""


class Parquet(DataFile):
    """A Parquet file of one dataset, compressed by zstd.

    Values and types are those of the dataset; NaN and infinity stay. Its key-value metadata hold one key,
    `scheduled_reports`: a JSON object with `report`, `period`, `notices` and `provenance`, as in a file of the format
    `json`. Columns of floating-point numbers have no bounds, as those leave out NaN, and readers would believe them.
    """

    media_type: ClassVar[str] = "application/vnd.apache.parquet"
    extension: ClassVar[str] = "parquet"

    type: Literal["parquet"]

    def render(self, document: Document, target: Path) -> None:
        """Copy the dataset to `target`; 131,072 rows are in memory at a time.

        Raises:
            RenderError: The dataset lacks a column.
            SourceError: The run has no such table, or it cannot be read.
        """
        import pyarrow.parquet as pq

        with self.opened(document.tables, ROW_GROUP) as rows:
            schema = rows.schema.with_metadata({KEY: dumped(about(document))})
            bounded = with_bounds(schema)
            with pq.ParquetWriter(target, schema, compression="zstd", write_statistics=bounded) as writer:
                for batch in rows.batches:
                    writer.write_batch(batch.replace_schema_metadata(schema.metadata))
