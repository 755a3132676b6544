"""A chart as a picture, and as what Vega draws alive, in light and in the dark."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from scheduled_reports.brands import Brand
from scheduled_reports.brands.shades import legible
from scheduled_reports.charts.drawing import styled, svg
from scheduled_reports.charts.look import Look
from scheduled_reports.document import Chart, Document

MARKS_NEED = 4.5
"""The contrast of marks on dark paper: WCAG 2.2, 1.4.11, asks for 3, at which thin bright lines still look dim."""

WIDTH = 880
"""The room for a chart, in CSS pixels, where the screen has it."""

_NAME = re.compile(r'\bid="([^"]+)"|url\(#([^)]+)\)|href="#([^"]+)"')


@dataclass(frozen=True)
class Drawn:
    """A chart in a page.

    Attributes:
        key: Its name there.
        picture: An SVG of it, for print and for readers without JavaScript.
    """

    key: str
    picture: str


def drawn(chart: Chart, key: str, document: Document, share: float = 1) -> Drawn:
    """Return the picture of a chart that takes a part of the page's width.

    Raises:
        DocumentError: It cannot be drawn.
    """
    picture = svg(chart, round(WIDTH * share), Look(document.brand, document.language))
    return Drawn(key, _named_apart(picture, key))


def live(chart: Chart, document: Document, share: float = 1) -> dict[str, Any]:
    """Return a chart as Vega-Lite: its data once, and the rest of it for light and for dark screens."""
    width = round(WIDTH * share)
    light, dark = (_live(chart, width, look) for look in looks(document))
    same = light.get("data") == dark.get("data")
    data = light.pop("data", None) if same else None
    if same:
        dark.pop("data", None)
    return {"alt": chart.alt, "data": data, "light": light, "dark": dark}


def looks(document: Document) -> tuple[Look, Look]:
    """Return the looks of its charts on light and on dark screens."""
    return Look(document.brand, document.language), Look(in_the_dark(document.brand), document.language)


@functools.lru_cache(maxsize=64)
def in_the_dark(brand: Brand) -> Brand:
    """Return a brand with its dark colours, and with series that stand out from dark paper."""
    paper = brand.dark["paper"]
    series = tuple(legible(color, [paper], MARKS_NEED) or color for color in brand.series)
    return replace(brand, key=f"{brand.key} dark", colors=MappingProxyType(dict(brand.dark)), series=series)


def _live(chart: Chart, width: int, look: Look) -> dict[str, Any]:
    spec = styled(chart, width, look)
    if spec.get("width") == width and not _is_pie(chart):
        spec["width"] = "container"
    config = dict(spec.get("config", {}))
    marks = config.get("mark") or {}
    config["mark"] = {"tooltip": True, **marks}
    config["aria"] = False  # the figure has one description; a screen reader would go through every mark
    spec["config"] = config
    return spec


def _is_pie(chart: Chart) -> bool:
    """Return whether a chart's labels were placed for one width: the page scales it as a picture."""
    return chart.short is not None and chart.short.mark == "pie"


def _named_apart(picture: str, key: str) -> str:
    """Return an SVG whose names no other picture in the page has: the first of each name would serve for all."""

    def renamed(found: re.Match[str]) -> str:
        name = next(group for group in found.groups() if group is not None)
        return found[0].replace(name, f"{key}-{name}")

    return _NAME.sub(renamed, picture)
