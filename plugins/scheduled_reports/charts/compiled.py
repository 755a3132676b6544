"""Compile short forms to Vega-Lite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scheduled_reports.charts.bars import bars, lying_height
from scheduled_reports.charts.form import Mark, ShortForm
from scheduled_reports.charts.heatmap import heatmap, heatmap_height
from scheduled_reports.charts.lines import lines
from scheduled_reports.charts.look import Look
from scheduled_reports.charts.parts import Frame
from scheduled_reports.charts.pie import pie
from scheduled_reports.charts.scatter import scatter

WIDTH, HEIGHT = 660, 220
"""Of a chart where nothing else is known, in CSS pixels."""

_UNMEASURED = {"axis": {"titleLimit": 0}, "legend": {"titleLimit": 0}, "text": {"limit": 0}}
"""Vega measures each text that has a limit once more, and that is most of its time; ours break into lines."""

_DRAWN: dict[Mark, Callable[[Frame], dict[str, Any]]] = {
    "bar": bars, "line": lines, "area": lines, "pie": pie, "scatter": scatter, "heatmap": heatmap,
}  # fmt: skip


def compiled(form: ShortForm, width: float, height: float, look: Look) -> dict[str, Any]:
    """Return the Vega-Lite of a short form with its data, and no rows where it has no figure.

    Args:
        form: The chart.
        width: Of the whole chart, in CSS pixels: what there is room for depends on it.
        height: Of its plot.
        look: Whose colours, which language.

    Raises:
        DocumentError: A pattern of its author does not fit.
    """
    if not any(form.figures) if form.mark == "pie" else not form.figures:
        return {"data": {"values": []}, "mark": "point"}
    return {**_DRAWN[form.mark](Frame(form, width, height, look)), "config": _UNMEASURED}


def usual_height(form: ShortForm) -> int:
    """Return how high the plot of a short form should be where its author does not say, in CSS pixels."""
    if form.horizontal:
        return lying_height(form)
    return heatmap_height(form) if form.mark == "heatmap" else HEIGHT
