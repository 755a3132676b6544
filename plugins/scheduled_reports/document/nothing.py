"""Whether a table has anything to show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scheduled_reports.arrow_values import word
from scheduled_reports.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa


def shows_nothing(tables: Tables, name: str, columns: Iterable[str] = ()) -> bool:
    """Return whether a table has no row, or nothing in the columns that are shown: NULL, NaN or blank text alone.

    Args:
        tables: The run's tables.
        name: The table; it is read until the first value that shows.
        columns: The columns that are shown; all unless given. Where the table has rows and lacks one of them, that is
            a mistake for whoever renders to tell, and no empty report.

    Raises:
        SourceError: There is no such table, or it cannot be read.
    """
    if not tables.rows(name):
        return True
    present, wanted = tables.columns(name), set(columns)
    if not wanted <= set(present):
        return False
    shown = [column for column in present if column in wanted] if wanted else present
    if not shown:
        return True
    quoted = ", ".join('"' + column.replace('"', '""') + '"' for column in shown)
    with tables.query(f'SELECT {quoted} FROM "{name}"', {}, f"table {name!r}") as reader:
        return not any(_shows(column) for batch in reader for column in batch.columns)


def _shows(column: pa.Array) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return False
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        return bool(pc.any(pc.is_finite(column)).as_py())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), word("", column.type))).as_py())
    return True
