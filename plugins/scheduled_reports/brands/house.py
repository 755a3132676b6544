"""The brand that reports have where nobody gave them another.

It meets the rules that it asks of others (rules.py). The hues of its series are near those of Okabe and Ito
(https://jfly.uni-koeln.de/color/), whose orange and sky blue are too light for lines on white paper (2.3:1).
"""

from __future__ import annotations

from types import MappingProxyType

from scheduled_reports.brands.brand import Brand
from scheduled_reports.brands.fonts import INTER

HOUSE = Brand(
    key="house",
    name="",
    logo=None,
    colors=MappingProxyType({
        "ink": "#14212b",
        "muted": "#566573",
        "rule": "#dce3e8",
        "hair": "#e8edf1",
        "accent": "#0b5c7a",
        "on_accent": "#ffffff",
        "good": "#14713d",
        "bad": "#b3261e",
        "neutral": "#566573",
        "paper": "#ffffff",
        "notice": "#8a4a00",
        "notice_edge": "#b87100",
        "notice_paper": "#fff3d6",
        "warning": "#8a4a00",
        "warning_edge": "#b87100",
        "accent_paper": "#e7f0f4",
        "good_paper": "#e6f4ea",
        "bad_paper": "#fdecea",
        "warning_paper": "#fff3d6",
        "shade": "#9fc3d2",
    }),
    dark=MappingProxyType({
        "ink": "#e6ebef",
        "muted": "#a3b1bc",
        "rule": "#2c3740",
        "hair": "#2c3740",
        "accent": "#7cc3de",
        "on_accent": "#12181d",
        "good": "#6fce95",
        "bad": "#ff9d94",
        "neutral": "#a3b1bc",
        "paper": "#12181d",
        "notice": "#ffc65c",
        "notice_edge": "#e69f00",
        "notice_paper": "#3a2a08",
        "warning": "#ffc65c",
        "warning_edge": "#e69f00",
        "accent_paper": "#12303c",
        "good_paper": "#12301f",
        "bad_paper": "#3d1a17",
        "warning_paper": "#3a2a08",
        "shade": "#215266",
    }),
    series=("#0b5c7a", "#c68618", "#557bd7", "#8c0b49", "#0ea687", "#b74c0b", "#69747d", "#390199"),
    font="Inter",
    fonts=INTER,
)  # fmt: skip
