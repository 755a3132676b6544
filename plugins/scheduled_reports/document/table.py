"""A table over a dataset: its lines, in order, however many there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from scheduled_reports.document.block import Bound, called
from scheduled_reports.document.column import Rule, Total
from scheduled_reports.document.lines import LineKind, Lines
from scheduled_reports.document.table_sql import TableSql
from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.tables import Tables
from scheduled_reports.value_kinds import Kind

if TYPE_CHECKING:
    import pyarrow as pa

LINES = 8_192
"""How many lines are in memory at a time."""


@dataclass(frozen=True)
class Column:
    """A column as readers see it.

    Attributes:
        name: Its name in the dataset.
        label: Its heading.
        format: Number or date pattern as its author wrote it, or None.
        align: `right` for numbers, else `left`, unless its author says otherwise.
        kind: What it holds.
        pattern: The pattern by which all of its values are shown; of numbers without a format, one for all of them.
        width: About how many characters wide its author wants it, or None.
        total: What stands below it.
        rules: What colours its cells.
        scale: Between which numbers its cells are shaded, or None.
        bar: Between which numbers its cells have bars, or None.
        linked: Whether its cells may lead somewhere.
    """

    name: str
    label: str
    format: str | None
    align: Literal["left", "right", "center"]
    kind: Kind = "text"
    pattern: str | None = None
    width: float | None = None
    total: Total | None = None
    rules: tuple[Rule, ...] = ()
    scale: tuple[float, float] | None = None
    bar: tuple[float, float] | None = None
    linked: bool = False


@dataclass(frozen=True)
class Detail:
    """The rows that a row of a table opens.

    Attributes:
        table: All of them.
        on: The columns in which a row and its details are the same.
    """

    table: Table
    on: tuple[str, ...]


@dataclass(frozen=True)
class Table(Bound):
    """A table with all its rows.

    Attributes:
        title: Its caption; may be empty.
        dataset: The dataset's name.
        columns: What to show, from left to right.
        zone: The schedule's time zone; instants are shown in it.
        tables: The run's tables.
        sql: The queries of its lines.
        language: The language of the report.
        others: What the line is called that adds up what `top` leaves out; None where there is none.
        anchor: Its name as a target within a document.
        detail: What a row opens.
    """

    title: str
    dataset: str
    columns: tuple[Column, ...]
    zone: ZoneInfo
    tables: Tables
    sql: TableSql
    language: Language = ENGLISH
    others: str | None = None
    anchor: str = ""
    detail: Detail | None = field(default=None, repr=False)
    kind = "table"

    @property
    def row_count(self) -> int:
        """How many rows of data are shown by themselves."""
        rows = self.tables.rows(self.dataset)
        return rows if self.sql.top is None else min(rows, self.sql.top)

    @property
    def has_total(self) -> bool:
        """Whether its last line adds up the others."""
        return any(column.total is not None for column in self.columns) and self.row_count > 0

    def lines(self, size: int = LINES) -> Iterator[Lines]:
        """Yield all lines in order, at most `size` at a time.

        Raises:
            SourceError: The run's data cannot be read.
        """
        for batch in self._rows():
            for start in range(0, batch.num_rows, size):
                yield self._lines(batch.slice(start, size))
        if self.sql.top is not None and self.tables.rows(self.dataset) > self.sql.top and self.others is not None:
            yield from self._one(self.sql.others())
        yield from self.total()

    def total(self) -> Iterator[Lines]:
        """Yield the line that adds up all rows, where there is one."""
        if self.has_total:
            yield from self._one(self.sql.total())

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the values of each row of data, without heads of groups and totals."""
        for lines in self.lines():
            rows = zip(*(values.to_pylist() for values in lines.values), strict=True)
            yield from (row for row, kind in zip(rows, lines.kinds, strict=True) if kind == LineKind.ROW)

    def texts(self) -> Iterator[tuple[str, ...]]:
        """Yield what readers see of each line.

        Raises:
            DocumentError: A column's pattern does not fit its values.
        """
        for lines in self.lines():
            yield from zip(*lines.texts(self.language), strict=True)

    def first(self, count: int) -> Iterator[Lines]:
        """Yield the first lines, `count` of them at most."""
        for lines in self.lines(min(count, LINES)):
            yield lines
            count -= lines.count
            if count <= 0:
                return

    def _rows(self) -> Iterator[pa.RecordBatch]:
        """Yield what `sql.rows` asks for; of a small table that is shown as it is, without asking."""
        small = self.tables.small(self.dataset) if self.sql.is_plain else None
        if small is None:
            yield from self._batches(self.sql.rows())
        else:
            yield from self.sql.taken(small).to_batches()

    def _batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        with self.tables.query(sql, {}, called("table", self.title, self.dataset)) as reader:
            yield from reader

    def _one(self, sql: str) -> Iterator[Lines]:
        for batch in self._batches(sql):
            yield self._lines(batch)

    def _lines(self, batch: pa.RecordBatch) -> Lines:
        kinds, levels = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        parts = iter(batch.columns[2:])
        values = tuple(itertools.islice(parts, len(self.columns)))
        urls = tuple(next(parts) if column.linked else None for column in self.columns)
        keys = tuple(itertools.islice(parts, len(self.sql.keys)))
        heads = _heads(self, kinds, levels, list(parts)) if any(kinds) else [None] * len(kinds)
        return Lines(self.columns, values, kinds, levels, heads, urls, keys, self.zone)


def _heads(table: Table, kinds: Sequence[int], levels: Sequence[int], others: list[pa.Array]) -> list[str | None]:
    """Return what stands first in lines that are no row."""
    language, heads = table.language, list[str | None]()
    for index, (kind, level) in enumerate(zip(kinds, levels, strict=True)):
        match kind:
            case LineKind.GROUP | LineKind.SUBTOTAL:
                name = language.column(others[level].slice(index, 1), None, table.zone)[0]
                heads.append(name if kind == LineKind.GROUP else language.text("{name}, total", name=name))
            case LineKind.OTHERS:
                count = language.shown(others[-1][index].as_py(), "#,##0")
                heads.append(f"{table.others or language.text('Others')} ({count})")
            case LineKind.TOTAL:
                heads.append(language.text("Total"))
            case _:
                heads.append(None)
    return heads
