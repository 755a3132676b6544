"""The block `table`: what an author says of a table, and how it becomes one with data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from scheduled_reports.document.block import Binding, Block, called, require_columns
from scheduled_reports.document.column import Range, Ratio, TableColumn
from scheduled_reports.document.column_fit import NUMBERS, require_fit
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.document.table import Column, Detail, Table
from scheduled_reports.document.table_sql import TableSql
from scheduled_reports.model import Model, OneOrMany
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import ContentTemplate, TableName
from scheduled_reports.tables import Tables
from scheduled_reports.value_kinds import Kind, kind_of


class Top(Model):
    """The first rows of a table, and one line for all others."""

    rows: int = Field(ge=1, le=10_000, description="How many rows are shown by themselves, in the order of `sort`.")
    others: Annotated[str, Field(max_length=200)] | bool = Field(
        True, description="What the line is called that adds up the other rows; `false` leaves it out."
    )


def _top(given: Any) -> Any:
    return {"rows": given} if isinstance(given, int) and not isinstance(given, bool) else given


class TableRows(Model):
    """A table of a run, and what of it is shown."""

    dataset: TableName = Field(description="A source or dataset of this report.")
    columns: tuple[TableColumn, ...] = Field(
        (), description="What to show, from left to right; every column unless given."
    )
    sort: OneOrMany[str] = Field(
        (), description="Columns to sort by; `-revenue` is from high to low. NULL comes last. As the dataset has them "
        "unless given.",
    )  # fmt: skip

    def order(self) -> tuple[tuple[str, bool], ...]:
        """Return the columns to sort by, and whether from high to low."""
        return tuple((entry.removeprefix("-"), entry.startswith("-")) for entry in self.sort)

    def named(self) -> list[str]:
        """Return the columns of the dataset that something is shown of, as far as they are named."""
        return list(dict.fromkeys(name for column in self.columns for name in column.used()))


class DetailRows(TableRows):
    """The rows behind each row of a table."""

    on: OneOrMany[str] = Field(min_length=1, description="Columns in which a row and its details are the same.")


class TableContent(Block, TableRows):
    """What a table and an appendix say alike."""

    group_by: OneOrMany[str] = Field(
        (), description="Columns whose values become headings between the rows, with a subtotal each where columns "
        "have a `total`. Groups stand in the order of their first rows.",
    )  # fmt: skip
    top: Annotated[Top | None, BeforeValidator(_top, json_schema_input_type=Top | int | None)] = Field(
        None, description="Show the first rows alone, and add up the others: a number, or `{rows: 10, others: Rest}`."
    )
    detail: DetailRows | None = Field(
        None,
        description="The rows behind each row. In `html` a row opens them; Excel has them on a sheet of their own.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.top and self.group_by:
            raise ValueError("'top' and 'group_by' exclude each other; take the first rows of each group in a dataset")
        if self.columns and self.columns[0].total is not None:
            raise ValueError("the first column holds the words of totals, and can have no 'total'; put another first")
        if self.top and not self.sort:
            raise ValueError("'top' needs 'sort': the first rows by what?")
        return self

    def tables_shown(self) -> Iterator[Shown]:
        """Yield the columns that it has, all of them where it names none, and those of its details."""
        extra = [*self.group_by, *(self.detail.on if self.detail else ())]
        yield Shown(self.dataset, tuple(dict.fromkeys([*self.named(), *extra])) if self.columns else None)
        if self.detail:
            keys = tuple(dict.fromkeys([*self.detail.named(), *self.detail.on]))
            yield Shown(self.detail.dataset, keys if self.detail.columns else None)

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool:
        """Return whether it has no row, or nothing in any of its columns."""
        return shows_nothing(tables, self.dataset, [column.name for column in self.columns])

    def table(self, data: Binding, what: str, title: str) -> Table:
        """Look at the dataset's columns; its rows are read when a format asks for them.

        Args:
            data: What it is bound to.
            what: What it is, for errors.
            title: Its caption.

        Raises:
            DocumentError: A column is not there, or does not hold what it must.
        """
        keys = self.detail.on if self.detail else ()
        others = None
        if self.top and self.top.others is not False:
            others = self.top.others if isinstance(self.top.others, str) else data.language.text("Others")
        detail = None
        if self.detail:
            below = bound(self.detail, data, f"details of the {what}", "", keys=self.detail.on)
            detail = Detail(below, tuple(self.detail.on))
        top = self.top.rows if self.top else None
        return bound(self, data, what, title, keys=keys, groups=self.group_by, top=top, others=others, detail=detail)


class TableBlock(TableContent):
    """A table with every row of a dataset."""

    type: Literal["table"]
    title: ContentTemplate = Field("", description="Its caption; may hold templates.")

    def bind(self, data: Binding) -> Table:
        """Look at the dataset's columns."""
        title = data.fill(self.title)
        return self.table(data, called("table", title, self.dataset), title)


def bound(
    block: TableRows, data: Binding, what: str, title: str, *, keys: tuple[str, ...] = (), groups: tuple[str, ...] = (),
    top: int | None = None, others: str | None = None, detail: Detail | None = None,
) -> Table:  # fmt: skip
    """Return a table with data.

    Args:
        block: What of which dataset is shown.
        data: What it is bound to.
        what: What it is, for errors.
        title: Its caption.
        keys: Columns by which its rows open others, or are opened.
        groups: Columns by which it is grouped.
        top: How many rows it shows by themselves.
        others: What the line is called that adds up the rest.
        detail: What its rows open.

    Raises:
        DocumentError: A column is not there, or does not hold what it must.
    """
    schema = data.tables.read(block.dataset, limit=0).schema
    require_columns([*block.named(), *(name for name, _ in block.order()), *groups, *keys], schema.names, what)
    wanted = block.columns or tuple(TableColumn(name=name) for name in schema.names if name not in groups)
    kinds = {name: kind_of(schema.field(name).type) for name in schema.names}
    numbers = frozenset(name for name in schema.names if kinds[name] in NUMBERS)
    require_fit(wanted, kinds, block.dataset, data, what)
    sql = TableSql(block.dataset, wanted, block.order(), groups, keys, top, numbers)
    extents = _extents(wanted, kinds, sql, data, what)
    sql = replace(sql, beyond_double=frozenset(name for name, extent in extents.items() if _needs_digits(extent)))
    columns = tuple(_column(column, kinds[column.name], extents.get(column.name)) for column in wanted)
    return Table(title, block.dataset, columns, data.zone, data.tables, sql, data.language, others, detail=detail)


Extent = tuple[float, float, bool]
"""The least and the greatest number of a column, and whether all are whole."""


def _extents(
    columns: tuple[TableColumn, ...], kinds: Mapping[str, Kind], sql: TableSql, data: Binding, what: str
) -> dict[str, Extent]:
    """Return the extents of the columns for which they matter."""
    names = list(dict.fromkeys(
        column.name for column in columns if _matters(column, kinds[column.name], is_grouped=bool(sql.groups))
    ))  # fmt: skip
    if not names:
        return {}
    with data.tables.query(sql.extents(names), {}, what) as reader:
        found = reader.read_all().to_pydict()
    values = [column[0] for column in found.values()]
    triples = zip(values[0::3], values[1::3], values[2::3], strict=True)
    return {
        name: (low or 0.0, high or 0.0, whole is not False)
        for name, (low, high, whole) in zip(names, triples, strict=True)
    }


def _matters(column: TableColumn, kind: Kind, *, is_grouped: bool) -> bool:
    """Return whether it matters between which numbers a column lies, or whether they are whole."""
    shares_mean = is_grouped and kind == "integer" and column.total == "mean"
    return bool(column.scale or column.bar or shares_mean or (kind == "number" and not column.format))


def _needs_digits(extent: Extent) -> bool:
    """Return whether a DOUBLE may be too coarse for the whole numbers of a column (IEEE 754: from 2 ** 53 on)."""
    low, high, whole = extent
    return whole and max(-low, high) >= 2**53


def _column(column: TableColumn, kind: Kind, extent: Extent | None) -> Column:
    low, high, whole = extent or (0.0, 0.0, True)
    pattern = column.format
    if pattern is None and kind in NUMBERS:
        pattern = "#,##0" if whole and (column.total != "mean" and not isinstance(column.total, Ratio)) else "#,##0.00"
    return Column(
        column.name, column.label or in_words(column.name), column.format,
        column.align or ("right" if kind in NUMBERS else "left"), kind, pattern, column.width, column.total,
        column.highlight, _span(column.scale, low, high), _span(column.bar, min(low, 0.0), max(high, 0.0)),
        column.link is not None,
    )  # fmt: skip


def _span(given: Range | None, low: float, high: float) -> tuple[float, float] | None:
    if given is None:
        return None
    return (low if given.low is None else given.low, high if given.high is None else given.high)


def in_words(name: str) -> str:
    """Return a column's name as a heading: `handle_time` is `Handle time`."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
