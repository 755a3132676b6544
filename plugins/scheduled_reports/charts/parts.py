"""Parts that the Vega-Lite of several short forms shares: axes with written labels, colours, tooltips."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import chop_cells

from scheduled_reports.charts.form import Axis, Category, ShortForm
from scheduled_reports.charts.look import Look
from scheduled_reports.charts.names import in_words
from scheduled_reports.charts.scale import Scale, room, scale, usual_pattern
from scheduled_reports.charts.spans import names, slots, ticks, unit_of
from scheduled_reports.errors import DocumentError

MOST_TOLD = 2_000
"""Marks that carry their texts for a tooltip; more would double the size of a page."""

DASHES = ([1, 0], [7, 3], [2, 3], [10, 3, 2, 3], [5, 2], [12, 4], [8, 3, 2, 3, 2, 3])
"""Lines are told apart by more than their colour (WCAG 2.2, 1.4.1).

Seven, and brands have six or eight colours: where colours begin again, dashes do not.
"""

SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right")

LINE = 13
"""From one line of a name to the next, in CSS pixels."""

LONGEST_LABEL, _BESIDE_NAME, _WIDEST_TITLE, _MOST_LINES = 220, 44, 300, 4

ABOVE_TITLE = 24
"""How far above the plot a legend stands, in CSS pixels: between them is the title of the figures."""


@dataclass(frozen=True)
class Frame:
    """What a short form is drawn into.

    Attributes:
        form: The chart.
        width: Of the whole chart, in CSS pixels.
        height: Of its plot.
        look: Whose colours and which language.
    """

    form: ShortForm
    width: float
    height: float
    look: Look

    def texts(self, values: Sequence[float | None], axis: Axis | None = None) -> list[str]:
        """Return figures as readers see them.

        Raises:
            DocumentError: The author's pattern does not fit.
        """
        asked = axis or self.form.figure_axis
        figures = [value for value in values if value is not None]
        pattern = asked.format or usual_pattern(figures)
        try:
            return [self.look.language.shown(value, pattern) for value in values]
        except ValueError as error:
            raise unfit(pattern, error) from error

    def measured(self, figures: Sequence[float], axis: Axis, *, zero: bool, most: int = 5) -> Scale:
        """Return an axis of figures.

        Raises:
            DocumentError: The author's pattern does not fit.
        """
        try:
            return scale(figures, axis.format, self.look.language, zero=zero, most=most)
        except ValueError as error:
            raise unfit(axis.format, error) from error


def unfit(pattern: str | None, error: ValueError) -> DocumentError:
    """Return the error of a pattern that does not fit a chart's figures or dates."""
    return DocumentError(f"a chart's values cannot be shown as {pattern!r}", why=str(error),
                         fix="correct its format, for example '#,##0.00', '0.0%' or 'MMM yyyy'")  # fmt: skip


def lookup(texts: Sequence[str], index: str = "datum.value") -> str:
    """Return a Vega expression that finds a label by its number; a line feed begins another line."""
    lines = [text.split("\n") if "\n" in text else text for text in texts]
    return f"{json.dumps(lines)}[{index}]"


def titled(text: str) -> str | list[str] | None:
    """Return a title as Vega-Lite takes it: in several lines where it is long, None where there is none."""
    lines = wrapped(text, _WIDEST_TITLE).split("\n")
    return lines if len(lines) > 1 else text or None


def _below_first(title: str) -> float:
    """Return how high the lines of a title after its first are, in CSS pixels."""
    return LINE * wrapped(title, _WIDEST_TITLE).count("\n")


def centered(texts: Sequence[str]) -> dict[str, Any]:
    """Return what moves names of several lines up beside an upright axis: Vega puts their first line in the middle."""
    counts = [text.count("\n") for text in texts]
    moves = [{"test": f"indexof({[at for at, found in enumerate(counts) if found == count]}, datum.value) >= 0",
              "value": -LINE * count / 2} for count in sorted(set(counts) - {0})]  # fmt: skip
    return {"labelLineHeight": LINE, **({"labelOffset": {"condition": moves, "value": 0}} if moves else {})}


def measure(found: Scale, axis: Axis, look: Look, *, along: str = "y") -> dict[str, Any]:
    """Return the axis and scale of figures; the title of an upright one lies flat above it."""
    step = found.ticks[1] - found.ticks[0]
    index = f"round((datum.value - {found.low!r}) / {step!r})"
    # Vega thins even given values to the tickCount of the configuration
    lines: dict[str, Any] = {"values": list(found.ticks), "labelExpr": lookup(found.texts, index), "grid": True,
                             "labelLimit": 0, "labelOverlap": along == "x",
                             "tickCount": len(found.ticks) + 1}  # fmt: skip
    if found.low < 0 < found.high:
        zero = {"test": "datum.value === 0", "value": look.brand.colors["muted"]}
        lines["gridColor"] = {"condition": zero, "value": look.brand.colors["hair"]}
    if along == "y":
        lines |= {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom",
                  "titleX": 0, "titleY": -9 - _below_first(axis.title), "labelPadding": 7}  # fmt: skip
    return {"type": "quantitative", "title": titled(axis.title), "axis": lines,
            "scale": {"domain": [found.low, found.high], "nice": False, "zero": False}}  # fmt: skip


def color(frame: Frame, *, legend: bool) -> dict[str, Any]:
    """Return the colours of series in the brand's order."""
    form = frame.form
    found = {"field": "series", "type": "nominal", "title": titled(form.color_axis.title),
             "scale": {"domain": [part.name for part in form.series]}}  # fmt: skip
    return {**found, "legend": legend_of(frame) if legend else None}


def legend_of(frame: Frame) -> dict[str, Any]:
    """Return a legend above the plot: its names on one line, or in as many columns as there is room for."""
    form = frame.form
    widths = [min(room(part.name, 11.5), LONGEST_LABEL) + _BESIDE_NAME for part in form.series]
    title = room(form.color_axis.title) + 10 if form.color_axis.title else 0
    one_line = sum(widths) + title < frame.width - 40
    columns = 0 if one_line else max(int((frame.width - 60 - title) / max(widths)), 1)
    limit = LONGEST_LABEL if max(widths) >= LONGEST_LABEL + _BESIDE_NAME else 0
    return {"columns": columns, "labelLimit": limit, "titleOrient": "left",
            "offset": 8 if form.horizontal or not form.y_axis.title
            else ABOVE_TITLE + _below_first(form.y_axis.title)}  # fmt: skip


def cycled(items: Sequence[Any], count: int) -> list[Any]:
    """Return the first `count` of items, again from the first after the last."""
    return [items[number % len(items)] for number in range(count)]


def tooltip(form: ShortForm, count: int) -> dict[str, Any]:
    """Return what a live chart says of a mark under the pointer; nothing where there are too many."""
    if count > MOST_TOLD:
        return {}
    fields = [{"field": "place", "title": form.x_axis.title or in_words(form.x)}]
    if len(form.series) > 1:
        fields.append({"field": "series", "title": form.color_axis.title or form.color or form.y_axis.title or "–"})
    title = form.figure_axis.title or form.y_axis.title or "–"
    return {"tooltip": [*({**entry, "type": "nominal"} for entry in fields),
                        {"field": "text", "type": "nominal", "title": title}]}  # fmt: skip


def cells(frame: Frame) -> Iterator[dict[str, Any]]:
    """Yield a row for each figure: number of its place and of its series, figure, and its texts for tooltips."""
    form = frame.form
    told = sum(len(part.values) for part in form.series) <= MOST_TOLD
    for number, part in enumerate(form.series):
        texts = frame.texts(part.values) if told else []
        for at, value in enumerate(part.values):
            row = {"at": at, "y": value, "series": part.name, "order": number}
            yield {**row, "place": form.texts[at], "text": texts[at]} if told else row


def positions(form: ShortForm) -> tuple[list[int], Sequence[Category]]:
    """Return in which band each category stands, and all bands: of even dates also those between that have none."""
    if form.x_axis.kind != "time":
        return list(range(len(form.categories))), form.categories
    moments = [value for value in form.categories if isinstance(value, dt.datetime)]
    if moments != sorted(moments):  # sorted by figures
        return list(range(len(moments))), form.categories
    bands = slots(moments)
    numbers = {value: number for number, value in enumerate(bands)}
    return [numbers[value] for value in moments], bands


def bands(frame: Frame, width: float) -> dict[str, Any]:
    """Return the axis of bands, with as many labels as `width` has room for."""
    form, (_, found) = frame.form, positions(frame.form)
    domain = {"domain": list(range(len(found)))}
    axis: dict[str, Any] = {"labelAngle": 0, "labelLimit": 0, "labelOverlap": False, "grid": False}
    if form.x_axis.kind == "time" and list(found) == sorted(found):
        axis |= _dated(frame, found, width)
    else:
        axis |= _named(form.texts, width)
    return {"type": "ordinal", "title": _x_title(form), "scale": domain, "axis": axis}


def _x_title(form: ShortForm) -> str | list[str] | None:
    """Return the title of x; dates speak for themselves unless the author wrote one."""
    return titled(form.x_axis.title)


def _dated(frame: Frame, found: Sequence[Any], width: float) -> dict[str, Any]:
    """Name the bands where years, months or days begin, each once; all of them where there is room."""
    axis, language = frame.form.x_axis, frame.look.language
    unit, chosen = unit_of(found), list(found)
    try:
        texts = names(chosen, unit, language, axis.format)
        if sum(room(text) + 10 for text in texts) > width:
            most = max(int(width / (max(map(room, texts)) + 16)), 2)
            wanted, larger = ticks(found[0], found[-1], most)
            matching = [value for value in wanted if value in set(found)]
            few = len(matching) < min(3, most)  # weeks seldom begin where months do
            chosen, unit = (list(found)[:: -(-len(found) // most)], unit) if few else (matching, larger)
            texts = names(chosen, unit, language, axis.format)
    except ValueError as error:
        raise unfit(axis.format, error) from error
    where = {value: number for number, value in enumerate(found)}
    written = dict(zip((where[value] for value in chosen), texts, strict=True))
    return {"values": list(written), "labelExpr": lookup([written.get(at, "") for at in range(len(found))])}


def _named(texts: Sequence[str], width: float) -> dict[str, Any]:
    """Write names upright on up to three lines, else sloping; where they stand too close, every second or third."""
    band = width / max(len(texts), 1)
    lines = [wrapped(text, band - 6) for text in texts]
    whole = all(room(word) <= band - 6 for text in texts for word in text.split())
    if whole and all(room(text) <= band - 4 and text.count("\n") < 3 for text in lines):
        return {"labelExpr": lookup(lines)}
    narrow = max(map(room, texts)) < 40
    every = math.ceil((max(map(room, texts)) + 8 if narrow else 15) / band)
    slope = {} if narrow else {"labelAngle": -40, "labelLimit": LONGEST_LABEL}
    return {"values": list(range(0, len(texts), every)), "labelExpr": lookup(texts), **slope}


def wrapped(text: str, width: float) -> str:
    """Return `text` with line feeds between words, so that lines fit `width`.

    A word that is wider breaks where it must. What needs more than four lines ends in an ellipsis: no name is so long.
    """
    cells = max(int(width / room("0")), 1)
    lines = [""]
    for word in text.split():
        for piece in chop_cells(word, cells) if room(word) > width else [word]:
            together = f"{lines[-1]} {piece}".strip()
            if room(together) <= width or not lines[-1]:
                lines[-1] = together
            else:
                lines.append(piece)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][: cells - 1]}…"]
    return "\n".join(lines)
