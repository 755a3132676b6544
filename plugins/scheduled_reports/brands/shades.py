"""Shades of a colour: the same hue, lighter or darker, as far as something written in it needs.

Lightness, chroma and hue are those of OKLCH, in which a hue stays what it is while its lightness changes: CSS Color 4,
https://www.w3.org/TR/css-color-4/#ok-lab, with the matrices of B. Ottosson, https://bottosson.github.io/posts/oklab/.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from scheduled_reports.brands.color import Light, color_of, contrast, light_of

_STEPS = 200


def lch_of(color: str) -> tuple[float, float, float]:
    """Return (lightness 0 to 1, chroma 0 to about 0.3, hue in degrees) of an sRGB colour."""
    red, green, blue = light_of(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short, math.hypot(a, b), math.degrees(
        math.atan2(b, a)
    ) % 360  # fmt: skip


@cache
def shade(lightness: float, chroma: float, hue: float) -> str:
    """Return the sRGB colour of that lightness and hue, with that chroma or the most that a screen can show of it."""
    light, low, high = _light(lightness, chroma, hue), 0.0, chroma
    if not _can_be_shown(light):
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (middle, high) if _can_be_shown(_light(lightness, middle, hue)) else (low, middle)
        light = _light(lightness, low, hue)
    return color_of(light)


def tinted(color: str, lightness: float, most_chroma: float) -> str:
    """Return the shade of `color` with that lightness, and at most that chroma."""
    _, chroma, hue = lch_of(color)
    return shade(lightness, min(chroma, most_chroma), hue)


def legible(color: str, grounds: Iterable[str], ratio: float) -> str | None:
    """Return the shade nearest to `color` that has a contrast of `ratio` on each of `grounds`; None where none has."""
    papers = tuple(grounds)
    if min(contrast(color, paper) for paper in papers) >= ratio:
        return color
    lightness, chroma, hue = lch_of(color)
    steps = sorted((step / _STEPS for step in range(_STEPS + 1)), key=lambda step: abs(step - lightness))
    shades = (shade(step, chroma, hue) for step in steps)
    return next((found for found in shades if min(contrast(found, paper) for paper in papers) >= ratio), None)


def ground_for(ground: str, texts: Iterable[str], ratio: float, paper: str) -> str:
    """Return `ground`, or as much of it on `paper` as leaves each of `texts` a contrast of `ratio`."""
    written, one, other = tuple(texts), light_of(ground), light_of(paper)
    for step in range(_STEPS + 1):
        part = step / _STEPS
        mixed = color_of(tuple(a + (b - a) * part for a, b in zip(one, other, strict=True)))  # type: ignore[arg-type]
        if min(contrast(text, mixed) for text in written) >= ratio:
            return mixed
    return paper


def _light(lightness: float, chroma: float, hue: float) -> Light:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _can_be_shown(light: Light) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in light)
