"""Say in words what a chart shows, for readers who cannot see it (WCAG 2.2, 1.1.1)."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from scheduled_reports.charts.form import ShortForm
from scheduled_reports.charts.names import in_words
from scheduled_reports.charts.scale import usual_pattern
from scheduled_reports.language import Language

_KINDS = {
    "bar": "Bar chart", "line": "Line chart", "area": "Area chart", "pie": "Pie chart", "scatter": "Scatter chart",
    "heatmap": "Heatmap",
}  # fmt: skip
_MOST_NAMED = 8


def described(form: ShortForm, language: Language) -> str:
    """Return a chart in words: what it is, its highest and its lowest figure, how it goes, its series.

    Raises:
        ValueError: A pattern of its author does not fit its figures.
    """
    kind = language.text(_KINDS[form.mark])
    what = form.figure_axis.title or ", ".join(part.name for part in form.series[:_MOST_NAMED])
    if form.mark == "heatmap" and form.y_axis.title:
        subject = language.text("{chart}: {figures} by {x} and {y}", chart=kind, figures=what,
                                x=form.x_axis.title or in_words(form.x), y=form.y_axis.title)  # fmt: skip
    else:
        subject = language.text("{chart}: {figures} by {x}", chart=kind, figures=what,
                                x=form.x_axis.title or in_words(form.x))  # fmt: skip
    if not form.figures:
        return f"{subject}; {language.text('No data in this period')}"
    told = [subject, _points(form, language) if form.mark == "scatter" else _extremes(form, language)]
    if form.mark in {"line", "area"} and len(form.series) == 1:
        told.append(_course(form, language))
    if len(form.series) > 1 and form.mark != "heatmap" and form.figure_axis.title:
        told.append(_series(form, language))
    return "; ".join(part for part in told if part)


def _extremes(form: ShortForm, language: Language) -> str:
    """Return the highest and the lowest figure and where they are."""
    found = [
        (value, at, part.name) for part in form.series for at, value in enumerate(part.values) if value is not None
    ]
    high, low = max(found, key=lambda entry: entry[0]), min(found, key=lambda entry: entry[0])
    pattern = form.figure_axis.format or usual_pattern(form.figures)

    def place(entry: tuple[float, int, str]) -> str:
        return f"{form.texts[entry[1]]} ({entry[2]})" if len(form.series) > 1 else form.texts[entry[1]]

    highest = language.shown(high[0], pattern)
    if len(found) == 1:
        return language.text("{figure} at {place}", figure=highest, place=place(high))
    if high[0] == low[0]:
        return language.text("{figure} everywhere", figure=highest)
    return language.text(
        "highest {highest} at {highest_at}, lowest {lowest} at {lowest_at}",
        highest=highest, highest_at=place(high),
        lowest=language.shown(low[0], pattern), lowest_at=place(low),
    )  # fmt: skip


def _course(form: ShortForm, language: Language) -> str:
    """Return from where to where a single line goes."""
    values = [value for value in form.series[0].values if value is not None]
    if len(values) < 3 or all(later == earlier for earlier, later in pairwise(values)):
        return ""
    pattern = form.figure_axis.format or usual_pattern(form.figures)
    return language.text("from {first} to {last}", first=language.shown(values[0], pattern),
                         last=language.shown(values[-1], pattern))  # fmt: skip


def _points(form: ShortForm, language: Language) -> str:
    points = [point for part in form.series for point in part.points]
    xs, pattern = [point[0] for point in points], form.x_axis.format
    low, high = min(xs), max(xs)
    if pattern is None and isinstance(low, dt.datetime):
        pattern = "yyyy-MM-dd"
    figures = form.y_axis.format or usual_pattern(form.figures)
    return language.text(
        "{count} points, {x} from {x_low} to {x_high}, {y} from {y_low} to {y_high}",
        count=language.shown(len(points)),
        x=form.x_axis.title or in_words(form.x), y=form.y_axis.title or in_words(form.y[0]),
        x_low=language.shown(low, pattern), x_high=language.shown(high, pattern),
        y_low=language.shown(min(form.figures), figures), y_high=language.shown(max(form.figures), figures),
    )  # fmt: skip


def _series(form: ShortForm, language: Language) -> str:
    names = [part.name for part in form.series]
    if len(names) <= _MOST_NAMED:
        return language.text("series: {names}", names=", ".join(names))
    return language.text("{count} series, among them {names}", count=language.shown(len(names)),
                         names=", ".join(names[:_MOST_NAMED]))  # fmt: skip
