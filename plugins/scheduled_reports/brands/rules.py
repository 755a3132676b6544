"""What colours must meet, so that every reader can read a report; what does not is told with a shade that does.

Text needs a contrast of 4.5:1 on its ground (WCAG 2.2, 1.4.3 Contrast (Minimum), level AA), at any size: reports are
printed small. What carries meaning without being text, the series of a chart and the edges of notices, needs 3:1 on
the paper (1.4.11 Non-text Contrast, AA). Rules between lines carry none, and need nothing.

Two colours of a series must differ for readers with normal vision and with each kind of colour-blindness (vision.py) by
`APART` (CIEDE2000), and by `BESIDE` where they follow each other, as they meet in most charts. WCAG has no number for
that; these are ours: the marks of charts are small, and there an eye needs several times the difference that it sees
in large patches side by side (Stone, Szafir and Setlur, "An Engineering Model for Color Difference as a Function of
Size", Color and Imaging Conference 2014).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from scheduled_reports.brands.color import BLACK, WHITE, contrast
from scheduled_reports.brands.shades import legible
from scheduled_reports.brands.vision import least_difference
from scheduled_reports.spec.marks import Finding

TEXT, GRAPHIC = 4.5, 3.0
"""Least contrasts."""

BESIDE, APART = 15.0, 10.0
"""Least differences of two colours of a series: of neighbours, and of any two."""

_PAPERS = ("paper", "accent_paper", "good_paper", "bad_paper", "warning_paper")

GROUNDS: Mapping[str, tuple[str, ...]] = {
    "ink": (*_PAPERS, "shade"),
    "muted": _PAPERS,
    "neutral": ("paper",),
    "accent": ("paper", "accent_paper"),
    "good": ("paper", "good_paper"),
    "bad": ("paper", "bad_paper"),
    "warning": ("paper", "warning_paper"),
}
"""The grounds that each text is written on. What is written on the accent is the paper or the ink, and so passes."""

EDGES = ("warning_edge",)

PAPER = 12.0
"""Least contrast of black on light paper, and of white on dark paper: what is neither leaves no room for colours."""


def contrast_findings(colors: Mapping[str, str], given: Mapping[str, str], section: str) -> Iterator[Finding]:
    """Yield each colour that cannot be read on its grounds.

    Args:
        colors: All colours, by name.
        given: Those of the author, by name: only they can be wrong.
        section: Where the author's stand in the file: `colors` or `dark`.
    """
    for name, grounds in (*GROUNDS.items(), *((edge, ("paper",)) for edge in EDGES)):
        needed = GRAPHIC if name in EDGES else TEXT
        told = [ground for ground in grounds if name in given or ground in given]
        worst = min(told, key=lambda ground: contrast(colors[name], colors[ground]), default=None)
        if worst is not None and contrast(colors[name], colors[worst]) < needed:
            yield _unreadable(colors, given, section, name, worst, told, needed)


def paper_findings(light: Mapping[str, str], dark: Mapping[str, str]) -> Iterator[Finding]:
    """Yield each paper that is not light, or not dark where it should be."""
    for section, given, word, ink in (("colors", light, "light", BLACK), ("dark", dark, "dark", WHITE)):
        paper = given.get("paper", ink)
        if "paper" in given and contrast(ink, paper) < PAPER:
            message = f"{paper} is not {word} paper: {ink} on it has a contrast of {_ratio(ink, paper)}"
            yield (section, "paper"), f"{message}, and it needs {PAPER:g}:1", _hint(legible(paper, [ink], PAPER))


def series_findings(series: tuple[str, ...], paper: str) -> Iterator[Finding]:
    """Yield each colour of an author's series that does not stand out from the paper, or from another of them."""
    for index, color in enumerate(series):
        if contrast(color, paper) < GRAPHIC:
            message = f"{color} on the paper {paper} has a contrast of {_ratio(color, paper)}, and a series needs 3:1"
            yield ("series", index), message, _hint(legible(color, [paper], GRAPHIC))
    close = [pair for pair in combinations(range(len(series)), 2) if _too_close(series, *pair)]
    order = _passing_order(series) if close else None
    for one, other in close:
        found, vision = least_difference(series[one], series[other])
        needed = BESIDE if other == one + 1 else APART
        place = "neighbours" if other == one + 1 else "any two"
        message = (
            f"{series[one]} and {series[other]} look alike with {vision}: they differ by {found:.1f} (CIEDE2000), and "
            f"{place} need {needed:g}"
        )  # fmt: skip
        hint = f"in this order all pass: {', '.join(order)}" if order else "make one of them lighter or darker"
        yield ("series", other), message, hint


def _too_close(series: tuple[str, ...], one: int, other: int) -> bool:
    return least_difference(series[one], series[other])[0] < (BESIDE if abs(other - one) == 1 else APART)


def _passing_order(series: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the colours in the first order, from the given one on, in which neighbours differ enough; None: no such.

    It gives up after some thousand tries.
    """
    if any(least_difference(one, other)[0] < APART for one, other in combinations(series, 2)):
        return None
    waiting: list[tuple[int, ...]] = [(first,) for first in reversed(range(len(series)))]
    for _ in range(5_000):
        if not waiting:
            return None
        chosen = waiting.pop()
        if len(chosen) == len(series):
            return tuple(series[index] for index in chosen)
        rest = [index for index in range(len(series)) if index not in chosen]
        last = series[chosen[-1]]
        waiting += [(*chosen, n) for n in reversed(rest) if least_difference(last, series[n])[0] >= BESIDE]
    return None


def _unreadable(
    colors: Mapping[str, str], given: Mapping[str, str], section: str, name: str, ground: str, told: list[str],
    needed: float,
) -> Finding:  # fmt: skip
    """Say what is wrong with a text or its ground, whichever the author gave, and which shade of it would do."""
    one, other = colors[name], colors[ground]
    what = f"{name} {one} on {ground} {other} has a contrast of {_ratio(one, other)}, and it needs {needed:g}:1"
    if name in given:
        return (section, name), what, _hint(legible(one, [colors[entry] for entry in told], needed))
    written = [colors[text] for text, grounds in GROUNDS.items() if ground in grounds]
    return (section, ground), what, _hint(legible(other, written, needed))


def _ratio(one: str, other: str) -> str:
    """Return a contrast as people read it: cut, since 4.49 is not 4.5."""
    return f"{int(contrast(one, other) * 100) / 100:.2f}:1"


def _hint(shade: str | None) -> str:
    return f"the nearest shade that passes is {shade!r}" if shade else "no shade of it passes; change the other one"
