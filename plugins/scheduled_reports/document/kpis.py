"""Key figures, each compared with the previous period, the same a year before, or a target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound, require_columns, written
from scheduled_reports.document.comparison import Comparison, compared
from scheduled_reports.document.numbers import natural_pattern
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import ValueFormat
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import ContentTemplate, TableName
from scheduled_reports.tables import Tables

MOST_POINTS = 366
"""More points than pixels tell nothing in so small a line."""


@dataclass(frozen=True)
class Kpi:
    """One figure.

    Attributes:
        label: What it is.
        value: The figure, or None where the data has none.
        text: The figure as readers see it, with its unit.
        format: Its number pattern.
        unit: What it counts; may be empty.
        comparisons: What it is compared with, the previous period first.
        trend: The figures of its sparkline, the oldest first; none where it has no sparkline.
    """

    label: str
    value: float | None
    text: str
    format: str
    unit: str = ""
    comparisons: tuple[Comparison, ...] = ()
    trend: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Kpis(Bound):
    """A row of key figures."""

    items: tuple[Kpi, ...]
    kind = "kpis"


class Sparkline(Model):
    """A small line of a figure over time."""

    dataset: TableName = Field(description="A source or dataset with one row for each point, the oldest first.")
    value: str = Field(description="The column that holds the figure.")


class KpiItem(Model):
    """One key figure: columns of the dataset's only row."""

    label: ContentTemplate = Field(min_length=1, description="What the figure is.")
    value: str = Field(description="The column that holds it.")
    previous: str | None = Field(None, description="The column that holds the previous period's figure.")
    year: str | None = Field(None, description="The column that holds the figure of the same period a year before.")
    target: str | float | None = Field(None, description="The column that holds what was aimed at, or a number.")
    format: ValueFormat | None = Field(
        None, description="Number pattern, `#,##0`, `0.0%`, `#,##0.00 €`, or a format by name: `currency EUR`."
    )
    unit: str = Field("", max_length=20, description="What it counts, behind the figure: `min`, `kWh`.")
    better: Literal["higher", "lower", "neither"] = Field("higher", description="Which direction is good news.")
    sparkline: Sparkline | None = Field(None, description="How it went: a small line beside it.")

    def used(self) -> Iterator[str]:
        """Yield the columns of the dataset that it shows."""
        yield from (name for name in (self.value, self.previous, self.year, self.target) if isinstance(name, str))


class KpisBlock(Block):
    """A row of key figures with their change."""

    type: Literal["kpis"]
    dataset: TableName = Field(description="A source or dataset with exactly one row.")
    items: tuple[KpiItem, ...] = Field(min_length=1, max_length=8, description="The figures, from left to right.")

    def tables_shown(self) -> Iterator[Shown]:
        """Yield the columns of the figures."""
        yield Shown(self.dataset, self._named())
        for item in self.items:
            if item.sparkline:
                yield Shown(item.sparkline.dataset, (item.sparkline.value,))

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool | None:
        """Return whether it has no figure, or zeros alone beside a report that is empty; None where it does not fit."""
        if not tables.rows(self.dataset):
            return True
        try:
            figures = list(self.figures(tables).values())
        except DocumentError:  # for who renders it to say
            return None
        return all(figure is None or (beside_nothing and figure == 0) for figure in figures)

    def figures(self, tables: Tables) -> dict[str, float | None]:
        """Return each figure by its label.

        Raises:
            DocumentError: The dataset has not exactly one row, lacks a column, or holds no number in it.
        """
        row = self._row(tables)
        return {item.label: _number(row[item.value], item.value) for item in self.items}

    def bind(self, data: Binding) -> Kpis:
        """Read the dataset's only row."""
        row = self._row(data.tables)
        return Kpis(tuple(_kpi(item, row, data) for item in self.items))

    def _row(self, tables: Tables) -> Mapping[str, Any]:
        table = tables.read(self.dataset, limit=2)
        if table.num_rows != 1:
            raise DocumentError(
                f"kpis over {self.dataset!r} need exactly one row", why=f"it has {tables.rows(self.dataset):,}",
                fix="aggregate without GROUP BY, or add LIMIT 1",
            )  # fmt: skip
        require_columns(list(self._named()), table.column_names, f"kpis over {self.dataset!r}")
        row: Mapping[str, Any] = table.to_pylist()[0]
        return row

    def _named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for item in self.items for name in item.used()))


def _kpi(item: KpiItem, row: Mapping[str, Any], data: Binding) -> Kpi:
    value = _number(row[item.value], item.value)
    pattern = item.format or ("#,##0" if value is None else natural_pattern(value))
    unit = f"\N{NO-BREAK SPACE}{item.unit}" if item.unit else ""
    label = data.fill(item.label)

    def show(figure: float | None) -> str:
        text = written(data.language, figure, pattern, f"the key figure {label!r}")
        return text if figure is None else text + unit

    aims = {
        "previous": None if item.previous is None else _number(row[item.previous], item.previous),
        "year": None if item.year is None else _number(row[item.year], item.year),
        "target": _number(row[item.target], item.target) if isinstance(item.target, str) else item.target,
    }
    comparisons = tuple(
        compared(against, value, figure, pattern, item.better, show(figure), data.language)
        for against, figure in aims.items()
        if figure is not None
    )
    return Kpi(label, value, show(value), pattern, item.unit, comparisons, _trend(item.sparkline, data))


def _trend(sparkline: Sparkline | None, data: Binding) -> tuple[float | None, ...]:
    """Return the points of a sparkline.

    Raises:
        DocumentError: The column is not there, is not of numbers, or there are too many points.
    """
    if sparkline is None:
        return ()
    what, tables = f"sparkline over {sparkline.dataset!r}", data.tables
    require_columns([sparkline.value], tables.columns(sparkline.dataset), what)
    rows = tables.rows(sparkline.dataset)
    if rows > MOST_POINTS:
        raise DocumentError(f"{what}: too many points", why=f"{rows:,} rows, at most {MOST_POINTS} can be told apart",
                            fix="aggregate them in a dataset, by day or week")  # fmt: skip
    values = tables.read(sparkline.dataset).column(sparkline.value).to_pylist()
    return tuple(_number(value, sparkline.value) for value in values)


def _number(value: Any, column: str) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DocumentError(f"the key figure in column {column!r} is not a number", why=f"it is {value!r}",
                            fix="CAST it in the query, or show it in a table") from None  # fmt: skip
    return number if math.isfinite(number) else None
