"""What a spec may say of a chart's short form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from scheduled_reports.charts.form import Mark
from scheduled_reports.model import Model, OneOrMany
from scheduled_reports.spec.marks import ContentTemplate
from scheduled_reports.spec.problems import did_you_mean

SLICES = 7
"""Slices of a pie that can be told apart; the smaller ones become one."""

ALLOWED: dict[Mark, tuple[str, ...]] = {
    "bar": ("color", "color_title", "stacked", "horizontal", "sort", "labels"),
    "line": ("color", "color_title"),
    "area": ("color", "color_title", "stacked"),
    "pie": ("slices", "sort", "labels"),
    "scatter": ("color", "color_title", "size", "size_title"),
    "heatmap": ("color", "color_title", "color_format", "labels"),
}
"""The keys of each mark, beside x and y with their titles and formats."""

_COMMON = ("mark", "x", "y", "x_title", "y_title", "x_format", "y_format")


class ShortFields(Model):
    """A chart without a word of Vega-Lite."""

    mark: Mark | None = Field(None, description="What draws the data; `vega_lite` in its place draws anything else.")
    x: str | None = Field(
        None, description="The column along x: categories, dates or numbers; in a pie the names of its slices."
    )
    y: OneOrMany[str] = Field(
        (), description="The column of the figures, or several, one series each; in a heatmap the column of its rows."
    )
    color: str | None = Field(
        None, description="The column that tells series apart by colour; in a heatmap the column of the figures."
    )
    size: str | None = Field(None, description="The column that gives the points of a scatter chart their size.")
    x_title: ContentTemplate | None = Field(None, description="What x means; the column's name in words unless given.")
    y_title: ContentTemplate | None = Field(None, description="What y means; the column's name in words unless given.")
    color_title: ContentTemplate | None = Field(None, description="Title of the legend of colours; none unless given.")
    size_title: ContentTemplate | None = Field(
        None, description="Title of the legend of sizes; its column's name unless given."
    )
    x_format: str | None = Field(None, description="Number or date pattern of x: `0`, `MMM yyyy`, `HH:mm`.")
    y_format: str | None = Field(None, description="Number pattern of the figures: `#,##0`, `0.0%`, `#,##0.00 €`.")
    color_format: str | None = Field(None, description="Number pattern of a heatmap's figures.")
    stacked: bool | None = Field(None, description="Whether series stand on each other; areas do, bars do not.")
    horizontal: bool | None = Field(None, description="Whether bars lie; those with long names do unless it is false.")
    sort: Literal["x", "ascending", "descending"] | None = Field(
        None,
        description="By x, or by the figures. Unless given: dates and numbers by x, texts as the dataset has them, "
        "slices of a pie largest first.",
    )
    labels: bool | None = Field(
        None, description="Whether figures stand in or beside their marks; where there is room, unless given."
    )
    slices: int = Field(
        SLICES, ge=2, le=12, description="The most slices that a pie has; the smaller ones become 'Others'."
    )

    def short_form_faults(self) -> Iterator[tuple[str, str]]:
        """Yield (key, what is wrong; what to do) for keys that do not fit the mark or each other."""
        given = self.model_fields_set & set(ShortFields.model_fields)
        if self.mark is None:
            yield from ((key, f"{key!r} belongs to a short form; add 'mark'") for key in sorted(given))
            return
        for key in ("x", "y"):
            if not getattr(self, key):
                yield key, f"a {self.mark} chart needs {key!r}; name a column of the dataset"
        for key in sorted(given - {*_COMMON, *ALLOWED[self.mark]}):
            allowed = (*_COMMON[1:], *ALLOWED[self.mark])
            yield key, f"a {self.mark} chart has no {key!r}; {did_you_mean(key, allowed)}"
        if self.mark == "heatmap" and not self.color:
            yield "color", "a heatmap needs 'color'; name the column of its figures"
        if len(self.y) > 1 and self.mark in {"pie", "scatter", "heatmap"}:
            yield "y", f"a {self.mark} chart has one 'y'; name one column"
        elif len(self.y) > 1 and self.color:
            yield "color", "several columns 'y' are series already; leave 'color' out, or name one 'y'"
        if len(set(self.y)) < len(self.y):
            yield "y", "a column stands twice; name each once"

    def columns(self) -> tuple[str, ...]:
        """Return the columns that it shows, each once."""
        named = (self.x, *self.y, self.color, self.size)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def figure_columns(self) -> tuple[str, ...]:
        """Return the columns of its figures."""
        return (self.color,) if self.mark == "heatmap" and self.color else self.y
