"""A chart over a dataset: a short form, or Vega-Lite."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from scheduled_reports.charts.alt import described
from scheduled_reports.charts.columns import Columns, apart, wall_time
from scheduled_reports.charts.compiled import HEIGHT, WIDTH, compiled, usual_height
from scheduled_reports.charts.fields import ShortFields
from scheduled_reports.charts.form import ShortForm
from scheduled_reports.charts.look import Look
from scheduled_reports.charts.reading import short_form
from scheduled_reports.charts.vega_fields import dated, named, quantities
from scheduled_reports.charts.vega_lite import faults
from scheduled_reports.document.block import Binding, Block, Bound, called, require_columns
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.errors import DocumentError
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import ContentTemplate, Loc, TableName
from scheduled_reports.spec.places import path_text
from scheduled_reports.tables import Tables

MAX_POINTS = 20_000
"""More marks than this neither draw in seconds nor can be told apart on a page; the query should aggregate."""


@dataclass(frozen=True)
class Chart(Bound):
    """A chart with its data.

    Attributes:
        title: Its caption; may be empty.
        alt: What it shows, in words, for who cannot see it.
        vega_lite: The specification with its data inside (`data.values`); no size or colours beyond the author's.
            `charts.drawing.styled` returns it for a width, in a brand's look.
        height: Height of the plot in CSS pixels.
        short: The short form with its data, where its author wrote one.
        anchor: Its name as a target within a document.
    """

    title: str
    alt: str
    vega_lite: Mapping[str, Any]
    height: int
    short: ShortForm | None = None
    anchor: str = ""
    kind = "chart"

    @property
    def points(self) -> int:
        """How many rows of data it draws."""
        return len(self.vega_lite["data"]["values"])


class ChartBlock(ShortFields, Block):
    """A chart over one dataset: a short form, or Vega-Lite (https://vega.github.io/vega-lite/docs/)."""

    type: Literal["chart"]
    title: ContentTemplate = Field("", description="Its caption; may hold templates.")
    dataset: TableName = Field(description="A source or dataset of this report.")
    alt: ContentTemplate = Field(
        "", description="What the chart shows, in words; made from the data, of Vega-Lite from the title, unless given."
    )
    height: int | None = Field(
        None, ge=60, le=1200, description=f"Height of the plot in pixels; {HEIGHT}, or what the bars need."
    )
    vega_lite: dict[str, Any] | None = Field(
        None, description="A Vega-Lite specification without `data`, in place of the keys of a short form."
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if errors := list(self._errors()):
            raise ValidationError.from_exception_data("chart", errors)
        return self

    def _errors(self) -> Iterator[InitErrorDetails]:
        if self.vega_lite is None:
            if self.mark is None:
                yield _error((), "a chart needs 'mark' with 'x' and 'y', or 'vega_lite'; "
                                 "mark: bar, line, area, pie, scatter, heatmap")  # fmt: skip
            yield from (_error((key,), message) for key, message in self.short_form_faults())
            return
        for key in sorted(self.model_fields_set & set(ShortFields.model_fields)):
            yield _error((key,), f"{key!r} has no place beside 'vega_lite'; write one of them")
        yield from (_error(("vega_lite", *loc), message) for loc, message in faults(self.vega_lite))

    def tables_shown(self) -> Iterator[Shown]:
        """Yield the columns of a short form; a specification may show all that there are."""
        yield Shown(self.dataset, None if self.vega_lite is not None else self.columns())

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool:
        """Return whether it has no row, or nothing in the columns that give its marks their place or their length."""
        return shows_nothing(tables, self.dataset) or self._draws_nothing(tables)

    def _draws_nothing(self, tables: Tables) -> bool:
        """Return whether every mark measures what is null: Vega-Lite draws the axes alone."""
        present = set(tables.columns(self.dataset))
        if self.vega_lite is None:
            return set(self.figure_columns()) <= present and shows_nothing(tables, self.dataset, self.figure_columns())
        marks, made = list(quantities(self.vega_lite)), {name for _, name in named(self.vega_lite, "as")}
        fields = set[str]().union(*marks)
        known = all(marks) and fields <= present - made
        return bool(fields) and known and shows_nothing(tables, self.dataset, fields)

    def bind(self, data: Binding) -> Chart:
        """Put the dataset into the specification, or read it into the short form."""
        rows, title = data.tables.rows(self.dataset), data.fill(self.title)
        what = called("chart", title, self.dataset)
        if rows > MAX_POINTS:
            raise DocumentError(f"{what}: too many points", why=f"{rows:,} rows, at most {MAX_POINTS:,} can be drawn",
                                fix="aggregate them in a dataset")  # fmt: skip
        if self.vega_lite is None:
            return self._short(data, what, title)
        return self._whole(data, self.vega_lite, what, title)

    def _short(self, data: Binding, what: str, title: str) -> Chart:
        require_columns(list(self.columns()), data.tables.columns(self.dataset), what)
        columns = Columns(data.tables.read(self.dataset), data.language, data.zone, what)
        form = short_form(self, columns, data.fill)
        height = self.height or usual_height(form)
        spec = compiled(form, WIDTH, height, Look(language=data.language))
        alt = data.fill(self.alt) or described(form, data.language)
        return Chart(title, alt, spec, height, form)

    def _whole(self, data: Binding, spec: dict[str, Any], what: str, title: str) -> Chart:
        made = {name for _, name in named(spec, "as")}
        present = data.tables.columns(self.dataset)
        for loc, name in named(spec, "field"):
            if name not in made and "." not in name:
                require_columns([name], present, f"{what}, `{path_text(('vega_lite', *loc))}`")
        times = set(dated(spec))
        values = [
            {key: _plain(_wall_time(item, data.zone, as_time=key in times)) for key, item in row.items()}
            for row in data.tables.read(self.dataset).to_pylist()
        ]
        alt = data.fill(self.alt) or title
        return Chart(title, alt, {**spec, "data": {"values": values}}, self.height or HEIGHT)


def _error(loc: Loc, message: str) -> InitErrorDetails:
    """Return what is wrong at a place in the block."""
    return InitErrorDetails(type=PydanticCustomError("chart", "{message}", {"message": message}), loc=loc, input=None)


def _wall_time(value: Any, zone: ZoneInfo, *, as_time: bool) -> Any:
    """Return an instant as wall time of `zone`, and a date drawn along time as its midnight, both without a zone.

    JavaScript reads a bare date as UTC and a time without a zone as local, and draws both as local: only the second
    shows what the data says wherever it is drawn.
    """
    is_moment = isinstance(value, dt.datetime) or (as_time and isinstance(value, dt.date))
    return wall_time(value, zone) if is_moment else value


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if isinstance(value, str):
        return apart(value)
    if value is None or isinstance(value, bool | int):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    return str(value)
