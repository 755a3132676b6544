"""What every format of data has: one dataset, which of its columns, under which names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from scheduled_reports.data_files.compression import EXTENSIONS, MEDIA_TYPES, Compression
from scheduled_reports.document.document import Document
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.errors import RenderError, SourceError
from scheduled_reports.formats.arrow_text import SLICE_ROWS, slices
from scheduled_reports.formats.base import Format
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import TableName
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


class DataColumn(Model):
    """A column of a file of data."""

    name: str = Field(min_length=1, description="The column's name in the dataset.")
    label: str | None = Field(None, min_length=1, description="What it is called in the file; its name unless given.")

    @property
    def title(self) -> str:
        """What it is called in the file."""
        return self.label or self.name


@dataclass(frozen=True)
class Rows:
    """The rows of a file of data, while its dataset is open.

    Attributes:
        schema: The columns, called as in the file.
        count: How many rows there are.
        batches: The rows, in order.
    """

    schema: pa.Schema
    count: int
    batches: Iterator[pa.RecordBatch]

    def slices(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows, a few thousand at a time, fewer where they are long."""
        return slices(self.batches)


def _column(given: Any) -> Any:
    return {"name": given} if isinstance(given, str) else given


NamedColumn = Annotated[DataColumn, BeforeValidator(_column, json_schema_input_type=DataColumn | str)]


class DataFile(Format):
    """A file of one dataset, all its rows; it holds what machines read, and no block of the report."""

    has_content = False

    dataset: TableName = Field(description="The source or dataset to write, with all its rows.")
    columns: tuple[NamedColumn, ...] | None = Field(
        None,
        min_length=1,
        description="Its columns in the file's order: names, or `{name: net, label: Net}` to call one otherwise; all "
        "of the dataset unless given.",
    )

    @model_validator(mode="after")
    def _labels_differ(self) -> Self:
        labels = [column.title for column in self.columns or ()]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"two columns are called {label!r} in the file; give one another `label`")
        return self

    def shows(self) -> Iterator[Shown]:
        """Yield the columns that are in it."""
        yield Shown(self.dataset, tuple(column.name for column in self.columns) if self.columns else None)

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no row, or nothing in any."""
        return shows_nothing(document.tables, self.dataset, [column.name for column in self.columns or ()])

    def chosen(self, schema: pa.Schema) -> list[tuple[str, str]]:
        """Return the name of each column in the dataset and in the file, in the file's order.

        Raises:
            RenderError: The dataset has no such column.
        """
        if self.columns is None:
            return [(name, name) for name in schema.names]
        for column in self.columns:
            if column.name not in schema.names:
                raise RenderError(
                    f"format {self.key!r}: dataset {self.dataset!r} has no column {column.name!r}",
                    why=did_you_mean(column.name, schema.names),
                    fix="correct the name in the format's `columns`, or add the column to the dataset",
                )
        return [(column.name, column.title) for column in self.columns]

    @contextmanager
    def opened(self, tables: Tables, rows: int = SLICE_ROWS) -> Iterator[Rows]:
        """Open the dataset: the chosen columns, called as in the file.

        It is read by Arrow, which keeps the types that it has, in half the time that SQL takes.

        Args:
            tables: The run's tables.
            rows: How many rows are in a batch at most.

        Raises:
            RenderError: The dataset has no such column.
            SourceError: The run has no such table, or it cannot be read.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = tables.path(self.dataset)
        with _readable(self.dataset):
            file = pq.ParquetFile(path, pre_buffer=False)  # or Arrow keeps the whole file in memory
        with file:
            found = file.schema_arrow
            chosen = self.chosen(found)
            schema = pa.schema([pa.field(title, found.field(name).type) for name, title in chosen])
            yield Rows(schema, file.metadata.num_rows, self._batches(file, [name for name, _ in chosen], schema, rows))

    def _batches(
        self, file: pq.ParquetFile, names: list[str], schema: pa.Schema, rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Yield these columns alone: where names hold dots, Parquet may give more than was asked for."""
        import pyarrow as pa

        batches = file.iter_batches(rows, columns=list(dict.fromkeys(names)), use_threads=False)
        while True:
            with _readable(self.dataset):
                batch = next(batches, None)
                if batch is None:
                    return
                columns = [batch.column(batch.schema.get_field_index(name)) for name in names]
                found = pa.RecordBatch.from_arrays(columns, schema=schema)
                found.validate(full=True)  # Arrow would hand on text that is not UTF-8
            yield found


@contextmanager
def _readable(dataset: str) -> Iterator[None]:
    """Tell Arrow's errors as ours."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise SourceError(f"table {dataset!r} cannot be read", why=str(error),
                          fix="extract the run's data again; this file is damaged") from error  # fmt: skip


class TextDataFile(DataFile):
    """A file of data that is text, and may be compressed."""

    compression: Compression | None = Field(
        None, description="`gzip` or `zstd`: its name then ends in .gz or .zst, too; not compressed unless given."
    )

    @property
    def file_extension(self) -> str:
        """The extension of its kind, and that of the compression."""
        return self.extension + (f".{EXTENSIONS[self.compression]}" if self.compression else "")

    @property
    def file_media_type(self) -> str:
        """The media type of its kind; where it is compressed, that of the compression."""
        return MEDIA_TYPES[self.compression] if self.compression else self.media_type
