"""Key figures, each compared with the previous period."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from scheduled_reports.document.block import Block, Bound, require_columns, written
from scheduled_reports.document.numbers import natural_pattern, percent_factor, shown
from scheduled_reports.errors import DocumentError
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import TableName
from scheduled_reports.tables import Tables


@dataclass(frozen=True)
class Kpi:
    """One figure.

    Attributes:
        label: What it is.
        value: The figure, or None where the data has none.
        text: The figure as readers see it.
        format: Its number pattern.
        previous: The figure of the previous period, or None.
        previous_text: That figure as readers see it; empty where there is none to compare with.
        change: The change in words: `+4.2 %`, `+1.3 pts`, `unchanged`; empty where nothing can be compared.
        verdict: Whether that is good news.
    """

    label: str
    value: float | None
    text: str
    format: str
    previous: float | None
    previous_text: str
    change: str
    verdict: Literal["good", "bad", "neutral"]


@dataclass(frozen=True)
class Kpis(Bound):
    """A row of key figures."""

    items: tuple[Kpi, ...]
    kind = "kpis"


class KpiItem(Model):
    """One key figure: columns of the dataset's only row."""

    label: str = Field(min_length=1, description="What the figure is.")
    value: str = Field(description="The column that holds it.")
    previous: str | None = Field(None, description="The column that holds the previous period's figure.")
    format: str | None = Field(None, description="Number pattern: `#,##0`, `0.0%`, `#,##0.00 €`.")
    better: Literal["higher", "lower", "neither"] = Field("higher", description="Which direction is good news.")


class KpisBlock(Block):
    """A row of key figures with their change against the previous period."""

    type: Literal["kpis"]
    dataset: TableName = Field(description="A source or dataset with exactly one row.")
    items: tuple[KpiItem, ...] = Field(min_length=1, max_length=8, description="The figures, from left to right.")

    def shows(self) -> Iterator[Shown]:
        """Yield the columns of the figures."""
        yield Shown(self.dataset, self._named())

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool | None:
        """Return whether it has no figure, or zeros alone beside a report that is empty; None where it does not fit."""
        if not tables.rows(self.dataset):
            return True
        try:
            figures = [item.value for item in self.bind(tables, {}).items]
        except DocumentError:  # for who renders it to say
            return None
        return all(figure is None or (beside_nothing and figure == 0) for figure in figures)

    def bind(self, tables: Tables, words: Mapping[str, Any]) -> Kpis:
        """Read the dataset's only row."""
        table = tables.read(self.dataset, limit=2)
        if table.num_rows != 1:
            raise DocumentError(
                f"kpis over {self.dataset!r} need exactly one row", why=f"it has {tables.rows(self.dataset):,}",
                fix="aggregate without GROUP BY, or add LIMIT 1",
            )  # fmt: skip
        require_columns(list(self._named()), table.column_names, f"kpis over {self.dataset!r}")
        row = table.to_pylist()[0]
        return Kpis(tuple(_kpi(item, row) for item in self.items))

    def _named(self) -> tuple[str, ...]:
        return tuple(name for item in self.items for name in (item.value, item.previous) if name is not None)


def _kpi(item: KpiItem, row: Mapping[str, Any]) -> Kpi:
    value, previous = _number(row[item.value], item.value), None
    if item.previous is not None:
        previous = _number(row[item.previous], item.previous)
    pattern = item.format or ("#,##0" if value is None else natural_pattern(value))
    change, verdict = _change(value, previous, pattern, item.better)
    what = f"the key figure {item.label!r}"
    return Kpi(item.label, value, written(value, pattern, what), pattern, previous,
               "" if previous is None else written(previous, pattern, what), change, verdict)  # fmt: skip


def _number(value: Any, column: str) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DocumentError(f"the key figure in column {column!r} is not a number", why=f"it is {value!r}",
                            fix="CAST it in the query, or show it in a table") from None  # fmt: skip
    return number if math.isfinite(number) else None


def _change(
    value: float | None, previous: float | None, pattern: str, better: str
) -> tuple[str, Literal["good", "bad", "neutral"]]:
    """Say the change: percentage points for a percentage, else per cent of the previous figure."""
    if value is None or previous is None:
        return "", "neutral"
    points = "%" in pattern
    if not points and previous == 0:
        return ("unchanged" if value == 0 else "new"), "neutral"
    if points:
        change = round((value - previous) * percent_factor(pattern), 1)
    else:
        change = round((value / previous - 1) * 100 * math.copysign(1, previous), 1)
    if change == 0:
        return "unchanged", "neutral"
    text = f"{'+' if change > 0 else '−'}{shown(abs(change), '#,##0.0')} {'pts' if points else '%'}"
    if better == "neither":
        return text, "neutral"
    return text, "good" if (change > 0) == (better == "higher") else "bad"
