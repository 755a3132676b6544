"""Colours of a mail: those of light and dark paper, and the steps between paper and shade."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from scheduled_reports.brands import Brand
from scheduled_reports.brands.color import contrast

STEPS = 8
"""How many grounds a scale has: dark mode changes them by their names, one by one."""

_TEXT = 4.5
"""Least contrast of text (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True)
class Inks:
    """What a mail is coloured with.

    Attributes:
        light: The brand's colours by name.
        dark: The same for dark mode.
        steps: The grounds of a scale on light paper, the weakest first.
        dark_steps: The same on dark paper.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]
    steps: tuple[str, ...]
    dark_steps: tuple[str, ...]

    def is_legible(self, name: str, step: int) -> bool:
        """Return whether text in a colour can be read on the ground of a step, on light and on dark paper."""
        pairs = ((self.light[name], self.steps[step]), (self.dark[name], self.dark_steps[step]))
        return all(contrast(text, ground) >= _TEXT for text, ground in pairs)


@functools.lru_cache(maxsize=16)
def inks_of(brand: Brand) -> Inks:
    """Return the colours of a brand's mail."""
    return Inks(brand.colors, brand.dark, _steps(brand.colors), _steps(brand.dark))


def step_of(share: float | None) -> int | None:
    """Return which step a shade, 0 to 1, is; None where it is as good as none."""
    return None if share is None or share * STEPS < 0.5 else min(round(share * STEPS), STEPS) - 1


def _steps(colors: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_mixed(colors["paper"], colors["shade"], (step + 1) / STEPS) for step in range(STEPS))


def _mixed(paper: str, shade: str, share: float) -> str:
    pairs = zip(_channels(paper), _channels(shade), strict=True)
    return "#" + "".join(f"{round(ground + (ink - ground) * share):02x}" for ground, ink in pairs)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))
