"""The colours: what is written in them can be read."""

from __future__ import annotations

import pytest

from scheduled_reports.document.theme import COLORS


def luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, ground: str) -> float:
    darker, lighter = sorted((luminance(COLORS[text]), luminance(COLORS[ground])))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("text", ["ink", "muted", "accent", "good", "bad", "neutral", "notice"])
def test_text_has_enough_contrast_on_white(text: str) -> None:
    assert contrast(text, "paper") >= 4.5


@pytest.mark.parametrize("text", ["ink", "notice"])
def test_a_notice_has_enough_contrast_on_its_own_ground(text: str) -> None:
    assert contrast(text, "notice_paper") >= 4.5
