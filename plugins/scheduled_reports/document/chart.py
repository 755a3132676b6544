"""A Vega-Lite chart over a dataset."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from scheduled_reports.document.block import Block, Bound, require_columns
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.document.vega_lite import check, dated, quantities
from scheduled_reports.errors import DocumentError
from scheduled_reports.spec.marks import TableName, Template
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill

MAX_POINTS = 20_000
"""More marks than this neither draw in seconds nor can be told apart on a page; the query should aggregate."""


@dataclass(frozen=True)
class Chart(Bound):
    """A chart with its data.

    Attributes:
        title: Its caption; may be empty.
        alt: What it shows, in words, for who cannot see it.
        vega_lite: The specification with its data inside (`data.values`); no size or colours beyond the author's.
        height: Height of the plot in CSS pixels.
    """

    title: str
    alt: str
    vega_lite: Mapping[str, Any]
    height: int
    kind = "chart"

    @property
    def points(self) -> int:
        """How many rows of data it draws."""
        return len(self.vega_lite["data"]["values"])


class ChartBlock(Block):
    """A chart, written as Vega-Lite (https://vega.github.io/vega-lite/docs/) over one dataset."""

    type: Literal["chart"]
    title: Template = Field("", description="Its caption; may hold templates.")
    dataset: TableName = Field(description="A source or dataset of this report.")
    alt: Template = Field("", description="What the chart shows, in words; its title unless given.")
    height: int = Field(220, ge=60, le=1200, description="Height of the plot in pixels.")
    vega_lite: dict[str, Any] = Field(description="A Vega-Lite specification without `data`.")

    @field_validator("vega_lite")
    @classmethod
    def _data_is_ours(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "data" in value:
            raise ValueError("'data' is not allowed here; the chart's 'dataset' gives the data")
        if not {"mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat", "spec"} & set(value):
            raise ValueError("the Vega-Lite specification draws nothing; give it a 'mark' and an 'encoding'")
        check(value)
        return value

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool:
        """Return whether it has no row, or nothing in the columns that give its marks their place or their length."""
        return shows_nothing(tables, self.dataset) or self._draws_nothing(tables)

    def _draws_nothing(self, tables: Tables) -> bool:
        """Return whether every mark measures what is null: Vega-Lite draws the axes alone."""
        marks, made = list(quantities(self.vega_lite)), set(_values(self.vega_lite, "as"))
        fields = set[str]().union(*marks)
        known = all(marks) and fields <= set(tables.columns(self.dataset)) - made
        return bool(fields) and known and shows_nothing(tables, self.dataset, fields)

    def bind(self, tables: Tables, words: Mapping[str, Any]) -> Chart:
        """Put the dataset into the specification."""
        title, what = fill(self.title, words), f"chart over {self.dataset!r}"
        rows = tables.rows(self.dataset)
        if rows > MAX_POINTS:
            raise DocumentError(f"{what}: too many points", why=f"{rows:,} rows, at most {MAX_POINTS:,} can be drawn",
                                fix="aggregate them in a dataset")  # fmt: skip
        made = set(_values(self.vega_lite, "as"))
        fields = [name for name in _values(self.vega_lite, "field") if name not in made and "." not in name]
        require_columns(fields, tables.columns(self.dataset), what)
        times, zone = set(dated(self.vega_lite)), ZoneInfo(words["schedule"]["timezone"])
        values = [
            {key: _plain(_wall_time(item, zone, as_time=key in times)) for key, item in row.items()}
            for row in tables.read(self.dataset).to_pylist()
        ]
        return Chart(title, fill(self.alt, words) or title, {**self.vega_lite, "data": {"values": values}}, self.height)


def _values(node: Any, key: str) -> Iterator[str]:
    """Yield every text under `key`, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str))
            yield from _values(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from _values(item, key)


def _wall_time(value: Any, zone: ZoneInfo, *, as_time: bool) -> Any:
    """Return an instant as wall time of `zone`, and a date drawn along time as its midnight, both without a zone.

    JavaScript reads a bare date as UTC and a time without a zone as local, and draws both as local: only the second
    shows what the data says wherever it is drawn.
    """
    if isinstance(value, dt.datetime):
        return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
    return dt.datetime.combine(value, dt.time()) if as_time and isinstance(value, dt.date) else value


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    return str(value)
