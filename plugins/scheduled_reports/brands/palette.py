"""The colours of a brand: what its author gave, and the rest made of that, so that all of it can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from scheduled_reports.brands.color import WHITE, contrast
from scheduled_reports.brands.rules import APART, BESIDE, GRAPHIC, TEXT
from scheduled_reports.brands.shades import ground_for, legible, shade, tinted
from scheduled_reports.brands.vision import least_difference

LEAST_SERIES, MOST_SERIES = 6, 8
"""How many colours a derived series has: as many of eight as every reader can tell apart."""

_GOOD, _BAD, _WARNING, _EDGE = "#14713d", "#b3261e", "#8a4a00", "#b07a00"


def on_paper(given: Mapping[str, str]) -> dict[str, str]:
    """Return the colours on light paper.

    Args:
        given: What the author gave, the accent at least; it stays as it is.
    """
    colors = {"paper": WHITE, **given}
    paper, accent = colors["paper"], colors["accent"]

    def tone(name: str, lightness: float, most_chroma: float) -> None:
        _set(colors, name, lambda: legible(tinted(accent, lightness, most_chroma), [paper], TEXT))

    tone("ink", 0.24, 0.03)
    tone("muted", 0.49, 0.025)
    _set(colors, "neutral", lambda: colors["muted"])
    for name, lightness, most_chroma in (("rule", 0.91, 0.012), ("hair", 0.945, 0.009)):
        colors.setdefault(name, tinted(accent, lightness, most_chroma))
    for name, usual in (("good", _GOOD), ("bad", _BAD), ("warning", _WARNING)):
        _set(colors, name, lambda usual=usual: legible(usual, [paper], TEXT))  # type: ignore[misc]
    _set(colors, "warning_edge", lambda: legible(_EDGE, [paper], GRAPHIC))
    _grounds(colors, 0.955, 0.03)
    return _told(colors, tinted(accent, 0.80, 0.07))


def in_the_dark(light: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the colours on dark paper, for mail.

    Args:
        light: The colours on light paper.
        given: What the author gave for the dark; it stays as it is.
    """
    accent = light["accent"]
    colors = {"paper": tinted(accent, 0.205, 0.015), **given}
    paper = colors["paper"]
    for name, of, lightness, most_chroma in (
        ("ink", accent, 0.935, 0.01), ("muted", accent, 0.755, 0.022), ("accent", accent, 0.78, 0.12),
        ("good", light["good"], 0.78, 0.13), ("bad", light["bad"], 0.79, 0.12),
        ("warning", light["warning_edge"], 0.86, 0.13), ("warning_edge", light["warning_edge"], 0.75, 0.16),
    ):  # fmt: skip
        wished = tinted(of, lightness, most_chroma)
        _set(colors, name, lambda wished=wished: legible(wished, [paper], TEXT))  # type: ignore[misc]
    _set(colors, "neutral", lambda: colors["muted"])
    for name, lightness in (("rule", 0.335), ("hair", 0.30)):
        colors.setdefault(name, tinted(accent, lightness, 0.022))
    _grounds(colors, 0.29, 0.055)
    return _told(colors, tinted(accent, 0.42, 0.07))


def series_of(accent: str, paper: str) -> tuple[str, ...]:
    """Return the colours of a chart's series, the accent first, that every reader can tell apart on `paper`.

    Each next one is that of the pool which is furthest from all before it, for whoever sees least of the difference.
    """
    pool = [color for color in _pool() if contrast(color, paper) >= GRAPHIC]
    least = {color: least_difference(color, accent)[0] for color in pool}
    series = [accent]
    while len(series) < MOST_SERIES:
        worth = {
            color: min(near, least_difference(color, series[-1])[0] * APART / BESIDE) for color, near in least.items()
        }
        chosen = max(worth, key=lambda color: worth[color])
        if worth[chosen] < APART and len(series) >= LEAST_SERIES:
            break
        series.append(chosen)
        least = {color: min(near, least_difference(color, chosen)[0]) for color, near in least.items()}
    return tuple(series)


@cache
def _pool() -> tuple[str, ...]:
    """Return colours from dark to light, and greys."""
    chromas = {0.38: 0.12, 0.45: 0.13, 0.52: 0.14, 0.58: 0.14, 0.64: 0.14, 0.68: 0.12}
    hues = [shade(lightness, chroma, hue) for lightness, chroma in chromas.items() for hue in range(5, 365, 20)]
    return *hues, *(shade(lightness, 0.012, 250) for lightness in (0.35, 0.52, 0.60, 0.67))


def _set(colors: dict[str, str], name: str, made: Callable[[], str | None]) -> None:
    """Set a colour that its author did not give; black or white where no shade of what was wished can be read."""
    if name not in colors:
        found = made()
        colors[name] = found or max(("#000000", WHITE), key=lambda color: contrast(color, colors["paper"]))


def _grounds(colors: dict[str, str], lightness: float, most_chroma: float) -> None:
    """Set the tints, on which their own tone and all other text can be read."""
    for name in ("accent", "good", "bad", "warning"):
        tone = "warning_edge" if name == "warning" else name  # the edge has more colour to give
        written = [colors[name], colors["ink"], colors["muted"]]
        wished = tinted(colors[tone], lightness, most_chroma)
        colors.setdefault(f"{name}_paper", ground_for(wished, written, TEXT, colors["paper"]))


def _told(colors: dict[str, str], wished: str) -> dict[str, str]:
    """Return the colours with those that follow from others, and their second names."""
    paper, accent = colors["paper"], colors["accent"]
    written = max((paper, colors["ink"]), key=lambda color: contrast(color, accent))
    return colors | {
        "shade": ground_for(wished, [colors["ink"]], TEXT, paper),
        "on_accent": written,
        "notice": colors["warning"],
        "notice_edge": colors["warning_edge"],
        "notice_paper": colors["warning_paper"],
    }
