"""Rows on disk until all have been seen and their types are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.file_formats.base import InFile, Rows

if TYPE_CHECKING:
    import pyarrow as pa

Read = tuple[InFile, Rows]
"""Rows, and the file that they are of."""


@dataclass
class Spool:
    """Rows in a folder, in their order.

    Attributes:
        folder: Where they lie; whoever made it removes it.
    """

    folder: Path
    _parts: list[tuple[InFile, Path]] = field(default_factory=list)

    def fill(self, rows: Iterable[Read]) -> Iterator[Rows]:
        """Store rows, and yield each when it is stored."""
        import pyarrow as pa

        writer: pa.RecordBatchStreamWriter | None = None
        before: tuple[InFile, pa.Schema] | None = None
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        try:
            for file, found in rows:
                batch = pa.RecordBatch.from_arrays([*found.columns, found.numbers], [*found.names, ""])
                if writer is None or before != (file, batch.schema):
                    if writer is not None:
                        writer.close()
                    part = self.folder / f"{len(self._parts)}.arrow"
                    self._parts.append((file, part))
                    writer, before = pa.ipc.new_stream(part, batch.schema, options=options), (file, batch.schema)
                writer.write_batch(batch)
                yield found
        finally:
            if writer is not None:
                writer.close()

    def rows(self) -> Iterator[Read]:
        """Yield the rows as they were stored, without those that are bad."""
        import pyarrow as pa

        for file, part in self._parts:
            with pa.OSFile(str(part)) as raw, pa.ipc.open_stream(raw) as reader:
                names = reader.schema.names[:-1]
                for batch in reader:
                    yield file, Rows(names, batch.columns[:-1], batch.columns[-1])
            part.unlink()
