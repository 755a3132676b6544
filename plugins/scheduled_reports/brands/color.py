"""Colours: contrast, lightness, and how far two are apart.

An sRGB colour is `#rrggbb`; what is linear is light, 0 to 1 for each of red, green and blue (IEC 61966-2-1).
"""

from __future__ import annotations

import math
from functools import cache

Light = tuple[float, float, float]
"""Linear red, green and blue, each 0 to 1."""

Lab = tuple[float, float, float]
"""Lightness, green to red, blue to yellow."""

WHITE, BLACK = "#ffffff", "#000000"

_D65 = (0.95047, 1.0, 1.08883)
"""The white of sRGB in CIE XYZ."""


def light_of(color: str) -> Light:
    """Return the light of an sRGB colour."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def color_of(light: Light) -> str:
    """Return the sRGB colour of a light; what no screen can show is cut to what it can."""
    parts = (round(_encoded(min(max(part, 0.0), 1.0)) * 255) for part in light)
    return "#" + "".join(f"{part:02x}" for part in parts)


@cache
def luminance(color: str) -> float:
    """Return the relative luminance (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = light_of(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab_of(light: Light) -> Lab:
    """Return CIE L*a*b* (CIE 15:2004, 8.2.1), as under daylight, D65."""
    red, green, blue = light
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_root(part / white) for part, white in zip((x, y, z), _D65, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Lab, other: Lab) -> float:
    """Return how far apart two colours are by CIEDE2000 (CIE 142:2001); about 1 is the least that an eye sees.

    Written after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", Color Research and Application 30
    (2005), 21-30, whose test data it meets.
    """
    (l1, a1, b1), (l2, a2, b2) = one, other
    stretch = 1 + 0.5 * (1 - _seventh((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = (math.degrees(math.atan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = h1 + turn / 2 if c1 * c2 else h1 + h2
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    weight_l = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    by_l, by_c = (l2 - l1) / weight_l, (c2 - c1) / (1 + 0.045 * chroma)
    by_h = 2 * math.sqrt(c1 * c2) * _sine(turn / 2) / (1 + 0.015 * chroma * _hue_weight(hue))
    bend = 60 * math.exp(-((((hue - 275 + 180) % 360 - 180) / 25) ** 2))
    return math.sqrt(max(0.0, by_l**2 + by_c**2 + by_h**2 - 2 * _seventh(chroma) * _sine(bend) * by_c * by_h))


def _hue_weight(hue: float) -> float:
    return 1 - 0.17 * _cosine(hue - 30) + 0.24 * _cosine(2 * hue) + 0.32 * _cosine(3 * hue + 6) - 0.2 * _cosine(
        4 * hue - 63
    )  # fmt: skip


def _seventh(chroma: float) -> float:
    return math.sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _sine(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def _cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _root(part: float) -> float:
    return math.cbrt(part) if part > (6 / 29) ** 3 else part / (3 * (6 / 29) ** 2) + 4 / 29
