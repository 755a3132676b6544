"""How a key figure compares with another: its change, and whether that is good news."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scheduled_reports.document.numbers import is_percentage, percent_factor
from scheduled_reports.language import Language

Against = Literal["previous", "year", "target"]
Verdict = Literal["good", "bad", "neutral"]


@dataclass(frozen=True)
class Comparison:
    """What a key figure is compared with.

    Attributes:
        against: The previous period, the same a year before, or a target.
        figure: That figure.
        text: That figure as readers see it.
        change: The change in words: `+4.2%`, in German `+4,2 %`, `+1.3 pts`, `unchanged`; empty where nothing can be
            compared.
        verdict: Whether that is good news.
        words: What it is compared with, in words: `better than 7,411`.
    """

    against: Against
    figure: float
    text: str
    change: str
    verdict: Verdict
    words: str

    @property
    def arrow(self) -> str:
        """The direction of the change as a sign, so that colour never speaks alone."""
        return {"+": "▲", "−": "▼"}.get(self.change[:1], "")


def compared(
    against: str, value: float | None, figure: float, pattern: str, better: str, text: str, language: Language
) -> Comparison:
    """Return how a value compares with another figure.

    Args:
        against: `previous`, `year` or `target`.
        value: The value; None where the data has none.
        figure: The other figure.
        pattern: The number pattern of both.
        better: Which direction is good news: `higher`, `lower` or `neither`.
        text: The other figure as readers see it.
        language: What it is said in.
    """
    change, verdict = _change(value, figure, pattern, better, language)
    if against == "target" and value is not None and better != "neither":
        verdict = "good" if value == figure or (value > figure) == (better == "higher") else "bad"
    words = {
        "target": {"good": "target {figure} met", "bad": "target {figure} missed"}.get(verdict, "target {figure}"),
        "year": "{figure} a year before",
        "previous": {"good": "better than {figure}", "bad": "worse than {figure}"}.get(verdict, "was {figure}"),
    }[against]
    return Comparison(against, figure, text, change, verdict, language.text(words, figure=text))  # type: ignore[arg-type]


def _change(value: float | None, other: float, pattern: str, better: str, language: Language) -> tuple[str, Verdict]:
    """Say the change: percentage points for a percentage, else per cent of the other figure."""
    if value is None:
        return "", "neutral"
    points = is_percentage(pattern) or "%" in pattern  # quoted, it says that the figure is in per cent already
    if not points and other == 0:
        return language.text("unchanged" if value == 0 else "new"), "neutral"
    if points:
        change = round((value - other) * percent_factor(pattern), 1)
    else:
        change = round((value / other - 1) * 100 * math.copysign(1, other), 1)
    if change == 0:
        return language.text("unchanged"), "neutral"
    sign, size = "+" if change > 0 else "−", abs(change)
    if points:
        text = f"{sign}{language.shown(size, '#,##0.0')} {language.text('pts')}"
    else:
        text = sign + language.shown(round(size / 100, 3), "percent 1")
    if better == "neither":
        return text, "neutral"
    return text, "good" if (change > 0) == (better == "higher") else "bad"
