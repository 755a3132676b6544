"""Write values as text by a Unicode number or date pattern (UTS #35), the notation that Excel's formats share.

`#,##0` · `0.0%` · `#,##0.00 €` · `0.0 'min'` · `yyyy-MM-dd HH:mm`. Babel does the work.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal, localcontext
from typing import Any

LOCALE = "en"
MISSING = "–"


def shown(value: Any, pattern: str | None = None) -> str:
    """Return `value` as readers see it; a missing value, NaN or infinity is an en dash.

    Args:
        value: A number, date, time, truth value or text.
        pattern: A number or date pattern; without one, the kind of value decides.

    Raises:
        ValueError: The pattern does not fit the value.
    """
    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return _number(value, pattern or natural_pattern(value))
    return _moment(value, pattern) if isinstance(value, dt.date | dt.time) else str(value)


def _number(value: float | Decimal, pattern: str) -> str:
    from babel.numbers import format_decimal

    with localcontext(prec=400):  # the largest float has 309 digits before the point
        text = str(format_decimal(value, format=_QUOTED.sub(_hide_percent, pattern), locale=LOCALE))
    return text.replace(_LITERAL_PERCENT, "%")


def _moment(value: dt.date | dt.time, pattern: str | None) -> str:
    from babel.dates import format_date, format_datetime, format_time

    try:
        if isinstance(value, dt.datetime):
            return str(format_datetime(value, format=pattern or "yyyy-MM-dd HH:mm", locale=LOCALE))
        if isinstance(value, dt.date):
            return str(format_date(value, format=pattern or "yyyy-MM-dd", locale=LOCALE))
        return str(format_time(value, format=pattern, locale=LOCALE)) if pattern else str(value)
    except AttributeError as error:  # Babel's, for the hour of a day
        raise ValueError(f"{value!r} has no such part: {error}") from error


def natural_pattern(value: float | Decimal) -> str:
    """Return the pattern of a number that has none: thousands grouped, two decimals unless it is whole."""
    return "#,##0" if value == int(value) else "#,##0.00"


def percent_factor(pattern: str) -> int:
    """Return by what a pattern multiplies a number: 100 for `0.0%`, 1 for `0.0'%'`, where the sign is only text."""
    return 100 if "%" in _QUOTED.sub("", pattern) else 1


_QUOTED = re.compile(r"('(?:[^']|'')*')")
_LITERAL_PERCENT = "\ue000"
"""Stands for a quoted % while Babel writes a number: it takes any for a percent sign, quoted or not."""


def _hide_percent(quoted: re.Match[str]) -> str:
    return quoted[0].replace("%", _LITERAL_PERCENT)


_EXCEL = {"MMMM": "mmmm", "MMM": "mmm", "MM": "mm", "M": "m", "EEEE": "dddd", "EEE": "ddd", "HH": "hh", "a": "AM/PM"}
"""What Excel calls a Unicode pattern's letters, where it calls them otherwise."""


def excel_format(pattern: str) -> str:
    """Return the Excel number format (ECMA-376 Part 1, 18.8.31) of a Unicode pattern: 'text' becomes "text"."""
    pieces = _QUOTED.split(pattern)
    return "".join(
        _excel_text(piece[1:-1].replace("''", "'") or "'") if piece.startswith("'")
        else re.sub(r"([A-Za-z])\1*", lambda letters: _EXCEL.get(letters[0], letters[0]), piece)
        for piece in pieces
    )  # fmt: skip


def _excel_text(text: str) -> str:
    return '"' + text.replace('"', '"\\""') + '"'
