"""The small line beside a key figure: one path for each stretch of known figures, in a box of 100 x 28.

It has no colour of its own, unlike the picture of `charts/`: the page's style gives it one, another in the dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

WIDTH, HEIGHT = 100.0, 28.0

_MARGIN = 2.0


def paths(figures: Sequence[float | None]) -> list[str]:
    """Return the lines of a sparkline as SVG paths; a gap where a figure is not known, a dot where one stands alone."""
    known = [figure for figure in figures if figure is not None]
    if len(figures) < 2 or not known:
        return []
    low, high = min(known), max(known)
    points = [(index * WIDTH / (len(figures) - 1), figure) for index, figure in enumerate(figures)]
    stretches = (list(group) for there, group in groupby(points, lambda point: point[1] is not None) if there)
    return [_path([(x, _height(y or 0.0, low, high)) for x, y in stretch]) for stretch in stretches]


def _height(figure: float, low: float, high: float) -> float:
    part = (figure - low) / (high - low) if high > low else 0.5
    return HEIGHT - _MARGIN - part * (HEIGHT - 2 * _MARGIN)


def _path(points: list[tuple[float, float]]) -> str:
    start, *others = [f"{x:.1f},{y:.1f}" for x, y in points]
    return f"M{start}" + ("".join(f"L{point}" for point in others) or "h0.01")
