"""A key figure's course as a tiny line without axes, its last point marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from scheduled_reports.charts.look import Look

WIDTH, HEIGHT = 96, 24
"""In CSS pixels."""

_EDGE, _DOT, _ALONE = 3.5, 2.5, 1.2
"""Room around the line, the radius of its last point, and that of a point between gaps."""


def sparkline_svg(
    values: Sequence[float | None], look: Look, width: int = WIDTH, height: int = HEIGHT, color: str | None = None
) -> str:
    """Return the course of `values` as an SVG picture, or nothing where there is no figure.

    It is hidden from screen readers: the figure and its change stand beside it in words.

    Args:
        values: Oldest first; None leaves a gap.
        look: Whose accent colour it has.
        width: In CSS pixels.
        height: In CSS pixels.
        color: Another colour, `#rrggbb`.
    """
    points = list(_points(values, width, height))
    if not points:
        return ""
    ink = color or look.brand.colors["accent"]
    grouped = groupby(enumerate(points), lambda entry: entry[1][0] - entry[0])  # what follows without a gap
    runs = [[point for _, point in run] for _, run in grouped]
    path = "".join(_line(run) for run in runs if len(run) > 1)
    stroke = f'stroke="{ink}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"'
    line = f'<path d="{path}" fill="none" {stroke}/>' if path else ""
    dots = "".join(_dot(run[0], _ALONE, ink) for run in runs if len(run) == 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'aria-hidden="true">{line}{dots}{_dot(points[-1], _DOT, ink)}</svg>'
    )


def _points(values: Sequence[float | None], width: int, height: int) -> Iterator[tuple[int, float, float]]:
    """Yield number, x and y of each figure; equal ones lie in the middle, a single one at the end."""
    figures = [value for value in values if value is not None]
    if not figures:
        return
    low, high = min(figures), max(figures)
    span, last = high - low, max(len(values) - 1, 1)
    for number, value in enumerate(values):
        if value is not None:
            across = number / last if len(values) > 1 else 1.0
            up = (value - low) / span if span else 0.5
            yield number, _EDGE + across * (width - 2 * _EDGE), height - _EDGE - up * (height - 2 * _EDGE)


def _dot(point: tuple[int, float, float], radius: float, ink: str) -> str:
    return f'<circle cx="{point[1]:.1f}" cy="{point[2]:.1f}" r="{radius}" fill="{ink}"/>'


def _line(run: Sequence[tuple[int, float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for _, x, y in run)
