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
    from babel.dates import format_date, format_datetime
    from babel.numbers import format_decimal

    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        with localcontext(prec=76):  # more digits than any database has
            return str(format_decimal(value, format=pattern or natural_pattern(value), locale=LOCALE))
    if isinstance(value, dt.datetime):
        return str(format_datetime(value, format=pattern or "yyyy-MM-dd HH:mm", locale=LOCALE))
    if isinstance(value, dt.date):
        return str(format_date(value, format=pattern or "yyyy-MM-dd", locale=LOCALE))
    return str(value)


def natural_pattern(value: float | Decimal) -> str:
    """Return the pattern of a number that has none: thousands grouped, two decimals unless it is whole."""
    return "#,##0" if value == int(value) else "#,##0.00"


_EXCEL = {"MMMM": "mmmm", "MMM": "mmm", "MM": "mm", "M": "m", "EEEE": "dddd", "EEE": "ddd", "HH": "hh", "a": "AM/PM"}
"""What Excel calls a Unicode pattern's letters, where it calls them otherwise."""


def excel_format(pattern: str) -> str:
    """Return the Excel number format (ECMA-376 Part 1, 18.8.31) of a Unicode pattern: 'text' becomes "text"."""
    pieces = re.split(r"('(?:[^']|'')*')", pattern)
    return "".join(
        '"' + piece[1:-1].replace("''", "'") + '"' if piece.startswith("'")
        else re.sub(r"([A-Za-z])\1*", lambda letters: _EXCEL.get(letters[0], letters[0]), piece)
        for piece in pieces
    )  # fmt: skip
