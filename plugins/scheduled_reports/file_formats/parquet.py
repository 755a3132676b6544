"""Apache Parquet: columns with types of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from scheduled_reports.file_formats.base import FileFormat, InFile, Rows

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 50_000


class ParquetFormat(FileFormat):
    """Columns with types of their own, which are kept as they are."""

    endings: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    type: Literal["parquet"]

    def read(self, file: InFile, declared: Mapping[str, str | None]) -> Iterator[Rows]:
        """Yield the rows; a row's number is its place in the file, from 1."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        first = 1
        try:
            with pq.ParquetFile(file.path) as opened:
                names = opened.schema_arrow.names
                yield Rows(names, [pa.nulls(0, kind) for kind in opened.schema_arrow.types], pa.array([], pa.int64()))
                for batch in opened.iter_batches(BATCH_ROWS):
                    yield Rows(names, batch.columns, pa.array(range(first, first + batch.num_rows), pa.int64()))
                    first += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise _broken(file, error, f" after row {first - 1:,}" if first > 1 else "") from error

    def arrow_schema(self, files: Sequence[InFile]) -> pa.Schema | None:
        """Return the columns of all files; where their types differ, the widest."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        found = None
        for file in files:
            try:
                ours = pq.read_schema(file.path).remove_metadata()
            except (pa.ArrowException, OSError) as error:
                raise _broken(file, error, "") from error
            if found is None:
                found = ours
                continue
            try:
                found = pa.unify_schemas([found, ours], promote_options="permissive")
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                why = f"its types do not go with those of {files[0].name}: {error}"
                fix = "read the files as two sources, and unite them in a dataset"
                raise file.error(why, fix) from error
        return found


def _broken(file: InFile, error: Exception, where: str) -> Exception:
    reason = str(error).partition("\n")[0]
    return file.error(f"it is no whole Parquet file{where}: {reason}", "have it sent again, whole", retryable=True)
