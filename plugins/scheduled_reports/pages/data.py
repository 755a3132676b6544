"""The data of a report's tables as CSV files, to be embedded in its PDF."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scheduled_reports.data_files.delimited import Dialect, header, records
from scheduled_reports.document import Appendix, Document, LineKind, Table, walk

if TYPE_CHECKING:
    import pyarrow as pa


def embedded(document: Document) -> Iterator[Any]:
    """Yield the rows of every table that the report shows as an attachment: `calls.csv`; its own columns alone.

    Two tables over one dataset are two files where they show different columns or rows: `calls.csv`, `calls-2.csv`.
    """
    from weasyprint import Attachment

    made = document.provenance.generated_at
    contents: dict[bytes, str] = {}
    for table in shown_tables(document):
        content = csv(table)
        if content in contents:
            continue
        number = sum(name == table.dataset for name in contents.values()) + 1
        contents[content] = table.dataset
        name = f"{table.dataset}.csv" if number == 1 else f"{table.dataset}-{number}.csv"
        yield Attachment(
            file_obj=BytesIO(content), name=name, description=table.title or table.dataset, created=made, modified=made,
            relationship="Data",
        )  # fmt: skip


def shown_tables(document: Document) -> Iterator[Table]:
    """Yield the tables of a document, those of its appendices among them."""
    for block in walk(document.blocks):
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Appendix):
            yield block.table


def csv(table: Table) -> bytes:
    """Return the rows of a table, without heads of groups and totals (RFC 4180, UTF-8)."""
    dialect, zone = Dialect(), str(table.zone)
    names = [column.name for column in table.columns]
    return b"".join([header(names, dialect), *(records(rows, zone, dialect) for rows in _rows(table, names))])


def _rows(table: Table, names: list[str]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for lines in table.lines():
        batch = pa.RecordBatch.from_arrays(list(lines.values), names=names)
        is_row = [kind == LineKind.ROW for kind in lines.kinds]
        yield batch if all(is_row) else batch.filter(pa.array(is_row))
