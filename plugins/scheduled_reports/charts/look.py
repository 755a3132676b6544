"""How charts look: the Vega-Lite configuration of a brand, and the numbers and dates of a language."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from scheduled_reports.brands import HOUSE, Brand, font_family
from scheduled_reports.language import ENGLISH, Language

FONT_SIZE = 11
"""Of axis labels, in CSS pixels."""


@dataclass(frozen=True)
class Look:
    """What themes a chart; it can be hashed and cached by.

    Attributes:
        brand: Whose colours and fonts.
        language: In which language and locale numbers and dates stand.
    """

    brand: Brand = HOUSE
    language: Language = ENGLISH


@functools.lru_cache(maxsize=64)
def config(look: Look) -> dict[str, Any]:
    """Return the Vega-Lite configuration of a look (https://vega.github.io/vega-lite/docs/config.html)."""
    colors, series = look.brand.colors, list(look.brand.series)
    ink, accent, rule = colors["ink"], colors["accent"], colors["rule"]
    text = _text(colors["muted"])
    measure = {"grid": True, "domain": False, "ticks": False, "tickCount": 5}
    return {
        "font": font_family(look.brand.font_stack), "padding": 2, "locale": locale(look.language),
        "view": {"stroke": None, "continuousWidth": 240, "continuousHeight": 160},
        "axis": {**text, "gridColor": colors["hair"], "domainColor": rule, "tickColor": rule,
                 "tickSize": 4, "labelPadding": 5, "titlePadding": 10, "labelOverlap": True},
        "axisX": {"grid": False}, "axisXQuantitative": measure, "axisYQuantitative": measure,
        "axisYDiscrete": {"domain": False, "ticks": False},
        "legend": {**text, "orient": "top", "labelFontSize": 11.5, "labelColor": ink,
                   "symbolSize": 80, "columnPadding": 16, "offset": 8, "layout": {"margin": 28}},
        "header": {**text, "labelColor": ink, "labelFontWeight": 600},
        "title": {"anchor": "start", "fontSize": 13, "fontWeight": 600, "color": ink, "offset": 10},
        "range": {"category": series, "ramp": ramp(look), "heatmap": ramp(look), "ordinal": [blend(look, 0.35), accent],
                  "diverging": [series[1], colors["hair"], accent]},
        "mark": {"color": accent}, "bar": {"cornerRadiusEnd": 1.5},
        "arc": {"stroke": colors["paper"], "strokeWidth": 1.5},
        "line": {"strokeWidth": 2.25, "strokeCap": "round"}, "area": {"fillOpacity": 0.75},
        "rule": {"color": colors["muted"]}, "point": {"filled": True, "size": 45},
        "text": {"color": ink, "fontSize": FONT_SIZE},
    }  # fmt: skip


def _text(color: str) -> dict[str, Any]:
    return {
        "labelColor": color, "titleColor": color, "labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE,
        "titleFontWeight": 600,
    }  # fmt: skip


def ramp(look: Look) -> list[str]:
    """Return the two ends of a scale from little to much."""
    return [blend(look, 0.1), look.brand.colors["accent"]]


def blend(look: Look, share: float) -> str:
    """Return the accent colour mixed into the paper; `share` is its part, 0 to 1."""
    accent, paper = look.brand.colors["accent"], look.brand.colors["paper"]
    parts = ((int(accent[at : at + 2], 16), int(paper[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(ink * share + ground * (1 - share)):02x}" for ink, ground in parts)


@functools.lru_cache(maxsize=64)
def locale(language: Language) -> dict[str, Any]:
    """Return how Vega writes numbers and dates in a language (https://vega.github.io/vega/docs/api/locale/).

    The words and signs are those of the Unicode CLDR, as Babel has them.
    """
    from babel import Locale

    known = Locale.parse(language.locale)
    symbols = known.number_symbols.get("latn") or known.number_symbols
    percent = known.percent_formats[None].pattern.replace("#", "").replace("0", "").strip(",.") or "%"
    return {
        "number": {
            "decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3],
            "currency": ["", ""], "percent": percent, "minus": "\N{MINUS SIGN}",
        },
        "time": {
            "dateTime": "%x %X", "date": "%Y-%m-%d", "time": "%H:%M:%S", "periods": ["AM", "PM"],
            "days": _names(known.days["format"]["wide"], [6, 0, 1, 2, 3, 4, 5]),
            "shortDays": _names(known.days["format"]["abbreviated"], [6, 0, 1, 2, 3, 4, 5]),
            "months": _names(known.months["format"]["wide"], range(1, 13)),
            "shortMonths": _names(known.months["format"]["abbreviated"], range(1, 13)),
        },
    }  # fmt: skip


def _names(names: Any, order: Any) -> list[str]:
    return [str(names[number]) for number in order]
