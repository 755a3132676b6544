"""A chart's short form with its data: categories, series and formats, ready for whatever draws it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Mark = Literal["bar", "line", "area", "pie", "scatter", "heatmap"]
Kind = Literal["text", "number", "time"]
Category = str | int | float | dt.datetime


@dataclass(frozen=True)
class Series:
    """One line, one colour of bars or points, or one row of a heatmap.

    Attributes:
        name: What it is, as readers see it.
        values: A figure for each category of the chart, None where there is none; empty in a scatter chart.
        points: The (x, y, size) of each point of a scatter chart; the size is None where none is shown.
    """

    name: str
    values: tuple[float | None, ...] = ()
    points: tuple[tuple[float | dt.datetime, float, float | None], ...] = ()


@dataclass(frozen=True)
class Axis:
    """What one direction, or the colour, of a chart means.

    Attributes:
        title: Its name as readers see it; may be empty.
        kind: What its values are.
        format: Number or date pattern (UTS #35), or None.
    """

    title: str
    kind: Kind
    format: str | None = None


@dataclass(frozen=True)
class ShortForm:
    """A chart over one dataset without a word of Vega-Lite; native charts of a workbook are drawn from it.

    Attributes:
        mark: What draws it.
        x: The column of the categories: names of slices, positions of points along x.
        y: The columns of the figures; in a heatmap the column of the rows.
        color: The column that tells the series apart; in a heatmap the one of the figures.
        size: The column of the points' sizes.
        x_axis: What x means.
        y_axis: What the figures mean; in a heatmap the rows.
        color_axis: What the colours mean: a legend's title; in a heatmap the figures.
        size_axis: What the sizes mean.
        categories: The values along x in the order in which they stand; wall time without a zone. Empty in a scatter
            chart. The last one of a pie may stand for what is left of many.
        texts: The same as readers see them.
        series: The figures, one series for each colour.
        stacked: Whether series stand on each other rather than side by side.
        horizontal: Whether bars lie.
        labels: Whether figures stand beside or in their marks; None where the room decides.
    """

    mark: Mark
    x: str
    y: tuple[str, ...]
    color: str | None
    size: str | None
    x_axis: Axis
    y_axis: Axis
    color_axis: Axis
    size_axis: Axis
    categories: tuple[Category, ...]
    texts: tuple[str, ...]
    series: tuple[Series, ...]
    stacked: bool = False
    horizontal: bool = False
    labels: bool | None = None

    @property
    def figures(self) -> tuple[float, ...]:
        """All figures that there are."""
        if self.mark == "scatter":
            return tuple(point[1] for series in self.series for point in series.points)
        return tuple(value for series in self.series for value in series.values if value is not None)

    @property
    def figure_axis(self) -> Axis:
        """What the figures mean."""
        return self.color_axis if self.mark == "heatmap" else self.y_axis
