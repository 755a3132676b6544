"""A table over a dataset."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduled_reports.document.block import Block, Bound, require_columns, written
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import TableName, Template
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """A column as readers see it.

    Attributes:
        name: Its name in the dataset.
        label: Its heading.
        format: Number or date pattern, or None.
        align: `right` for numbers, else `left`.
    """

    name: str
    label: str
    format: str | None
    align: Literal["left", "right"]


@dataclass(frozen=True)
class Table(Bound):
    """A table with all its rows.

    Attributes:
        title: Its caption; may be empty.
        dataset: The dataset's name.
        columns: What to show, from left to right.
        data: The rows, an Arrow table with at least those columns; instants are in UTC.
        zone: The schedule's time zone.
    """

    title: str
    dataset: str
    columns: tuple[Column, ...]
    data: pa.Table
    zone: ZoneInfo
    kind = "table"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield each row's values in the order of `columns`."""
        selected = self.data.select([column.name for column in self.columns])
        for batch in selected.to_batches(max_chunksize=10_000):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def texts(self) -> Iterator[tuple[str, ...]]:
        """Yield each row's values as readers see them, instants in the schedule's zone."""
        patterns = [column.format or self._usual_pattern(column) for column in self.columns]
        whats = [f"column {column.label!r}" for column in self.columns]
        for row in self.rows():
            yield tuple(
                written(_in_zone(value, self.zone), pattern, what)
                for value, pattern, what in zip(row, patterns, whats, strict=True)
            )

    def _usual_pattern(self, column: Column) -> str | None:
        """Return one pattern for all numbers of a column that has none, so that their decimals stand in line."""
        if column.align == "left":
            return None
        numbers = (float(value) for value in self.data[column.name].to_pylist() if value is not None)
        whole = all(number.is_integer() for number in numbers if math.isfinite(number))
        return "#,##0" if whole else "#,##0.00"


class TableColumn(Model):
    """One column of a table."""

    name: str = Field(description="The column's name in the dataset.")
    label: str | None = Field(None, description="Its heading; the name in words unless given.")
    format: str | None = Field(None, description="Number or date pattern: `#,##0`, `0.0%`, `yyyy-MM-dd`.")


class TableBlock(Block):
    """A table with every row of a dataset."""

    type: Literal["table"]
    title: Template = Field("", description="Its caption; may hold templates.")
    dataset: TableName = Field(description="A source or dataset of this report.")
    columns: tuple[TableColumn, ...] = Field(
        (), description="What to show, from left to right; every column unless given."
    )

    def shows(self) -> Iterator[Shown]:
        """Yield the columns that it has; all of them where it names none."""
        yield Shown(self.dataset, tuple(column.name for column in self.columns) or None)

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool:
        """Return whether it has no row, or nothing in any of its columns."""
        return shows_nothing(tables, self.dataset, [column.name for column in self.columns])

    def bind(self, tables: Tables, words: Mapping[str, Any]) -> Table:
        """Read the dataset."""
        import pyarrow as pa

        data = tables.read(self.dataset)
        require_columns([column.name for column in self.columns], data.column_names, f"table over {self.dataset!r}")
        wanted = self.columns or tuple(TableColumn(name=name) for name in data.column_names)
        numeric = {field.name for field in data.schema if _is_number(pa, field.type)}
        columns = tuple(
            Column(column.name, column.label or _in_words(column.name), column.format,
                   "right" if column.name in numeric else "left")
            for column in wanted
        )  # fmt: skip
        zone = ZoneInfo(words["schedule"]["timezone"])
        return Table(fill(self.title, words), self.dataset, columns, data, zone)


def _in_zone(value: Any, zone: ZoneInfo) -> Any:
    """Return an instant as wall time of `zone`, as its readers' clocks show it; anything else as it is."""
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        return value
    try:
        return value.astimezone(zone)
    except OverflowError:  # the last hours of the year 9999
        return value


def _is_number(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _in_words(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
