"""Values as text in English, and their formats for Excel: what `scheduled_reports.language` does in every language."""

from __future__ import annotations

from typing import Any

from scheduled_reports.language import ENGLISH
from scheduled_reports.language.columns import MISSING
from scheduled_reports.language.excel import excel_format
from scheduled_reports.language.named import is_percentage
from scheduled_reports.language.numbers import natural_pattern

__all__ = ["LOCALE", "MISSING", "excel_format", "is_percentage", "natural_pattern", "percent_factor", "shown"]

LOCALE = ENGLISH.locale


def shown(value: Any, pattern: str | None = None) -> str:
    """Return `value` as readers of English see it; a missing value, NaN or infinity is an en dash.

    Raises:
        ValueError: The pattern does not fit the value.
    """
    return ENGLISH.shown(value, pattern)


def percent_factor(pattern: str) -> int:
    """Return by what a pattern multiplies a number: 100 for `0.0%`, 1 for `0.0'%'`, where the sign is only text."""
    return 100 if is_percentage(pattern) else 1
