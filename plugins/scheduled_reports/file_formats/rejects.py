"""What becomes of rows that cannot be taken: the first stops all, or each is kept apart with its place and reason."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scheduled_reports.errors import SourceError
from scheduled_reports.file_formats.base import Bad, InFile, shortened

if TYPE_CHECKING:
    import pyarrow.parquet as pq

BATCH_ROWS = 10_000


class Rejects:
    """Takes bad rows.

    Args:
        target: The Parquet file to keep them in: file, line, column, reason, row. None stops at the first.
        hides: Whether no value may be shown or kept, as a column of the source is masked.
    """

    def __init__(self, target: Path | None, *, hides: bool) -> None:
        self._target, self._hides = target, hides
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[dict[str, Any]] = []
        self.count = 0
        self.first: SourceError | None = None

    def __enter__(self) -> Self:
        if self._target is not None:
            import pyarrow as pa
            import pyarrow.parquet as pq

            texts = [(name, pa.string()) for name in ("column", "reason", "row")]
            schema = pa.schema([("file", pa.string()), ("line", pa.int64()), *texts])
            self._writer = pq.ParquetWriter(self._target, schema, compression="zstd")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            if error is None:
                self._flush()
            self._writer.close()

    def take(self, file: InFile, bad: Bad) -> None:
        """Keep a bad row.

        Raises:
            SourceError: Bad rows stop the report.
        """
        told = self._error(file, bad)
        if self._writer is None:
            raise told
        self.first = self.first or told
        self.count += 1
        row = None if self._hides else bad.row
        place = f"{bad.cell}: " if bad.cell else ""
        self._waiting.append({"file": file.name, "line": bad.number, "column": bad.column,
                              "reason": place + self._reason(bad), "row": row})  # fmt: skip
        if len(self._waiting) >= BATCH_ROWS:
            self._flush()

    def require_some_good(self, target: Path, what: str) -> None:
        """Raise SourceError where there were rows and `target`, the table without them, has none."""
        import pyarrow.parquet as pq

        if self.first is not None and not pq.read_metadata(target).num_rows:
            first = f"the first, {self.first.what.removeprefix(f'{what}: ')}: {self.first.why}"
            raise SourceError(f"{what}: none of its {self.count:,} rows can be taken", why=first,
                              fix="correct `columns` or `format`, or have the file mended")  # fmt: skip

    def _reason(self, bad: Bad) -> str:
        return bad.reason if bad.value is None or self._hides else f"{shortened(bad.value)} {bad.reason}"

    def _error(self, file: InFile, bad: Bad) -> SourceError:
        column = f"column {bad.column!r}: " if bad.column else ""
        shown = f" ({shortened(bad.row)})" if bad.value is None and not self._hides else ""
        fix = "have it mended, or set `on_bad_row: quarantine` to go on without such rows"
        return file.error(f"{column}{self._reason(bad)}{shown}", fix, bad.cell or bad.number)

    def _flush(self) -> None:
        import pyarrow as pa

        if self._writer is not None and self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, self._writer.schema))
        self._waiting = []
