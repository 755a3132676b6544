"""Values and texts as Excel's cells can hold them.

The limits are those of https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
"""

from __future__ import annotations

import base64
import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from html import escape
from typing import Any

MAX_TEXT = 32_767
CUT = "… [cut: Excel holds 32,767 characters]"
EXACT_BELOW = 10**15
"""Excel keeps 15 digits of a number (IEEE 754 double, cut to 15): a longer integer, an account number say, is text."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0, section 2.2, does not allow."""

_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Excel reads `_x0041_` in a text as `A` (ST_Xstring, ECMA-376 Part 1, 22.9.2.19)."""

_RISKY_START = re.compile(r"[=+\-@\t\n'＝＋－＠]")


def value_for(value: Any, zone: dt.tzinfo) -> Any:
    """Return `value` as Excel holds it: None, bool, int, float, Decimal, date, time, datetime without zone, or text.

    NaN and infinity are None. Integers and decimals of more than 15 digits before the point, and dates before 1900,
    are text, since Excel would change them. Bytes are base64; lists and structures are JSON.

    Args:
        value: What a table holds.
        zone: A datetime that knows its zone becomes wall time here.
    """
    from scheduled_reports.formats.arrow_text import json_text  # its package imports this one

    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, dt.date):
        return _moment(value, zone)
    if isinstance(value, str | dt.time):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return json_text(value) if isinstance(value, dict | list | tuple) else str(value)


def clean(text: str) -> str:
    """Return `text` without what a cell cannot hold; a text that is too long ends in a visible mark."""
    text = without_forbidden(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ESCAPE_LIKE.sub("_x005F_", text)
    if len(text) * 2 <= MAX_TEXT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= MAX_TEXT * 2:
        return text
    return units[: (MAX_TEXT - len(CUT)) * 2].decode("utf-16-le", errors="ignore") + CUT


def without_forbidden(text: str) -> str:
    """Return `text` without the characters that XML does not allow."""
    return _FORBIDDEN.sub("", text)


def is_risky(value: Any) -> bool:
    """Say whether `value` is a text that Excel would take for a formula when a reader edits its cell."""
    return isinstance(value, str) and bool(_RISKY_START.match(clean(value[:64])))


def display_width(text: str) -> int:
    """Return how many columns of digits the longest line of `text` takes; East Asian characters take two."""
    lines = text.split("\n")
    return max(len(line) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in line) for line in lines)


def text_element(text: str) -> str:
    """Return the XML element `t` with a text that `clean` returned."""
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<t{space}>{escape(text, quote=False)}</t>"


def inline_cell(text: str, style: int) -> str:
    """Return a cell with a text of its own as XML."""
    return f'<c s="{style}" t="inlineStr"><is>{text_element(clean(text))}</is></c>'


def value_cell(value: Any, style: int, formula: str | None = None) -> str:
    """Return a cell with what `value_for` returned, no text, as XML.

    Args:
        value: The value; of a formula, what it gives.
        style: The number of its style in the workbook.
        formula: What calculates it, without `=`.
    """
    if value is None:
        return f'<c s="{style}"/>'
    kind = ' t="b"' if isinstance(value, bool) else ""
    what = f"<f>{escape(formula, quote=False)}</f>" if formula else ""
    return f'<c s="{style}"{kind}>{what}<v>{_figure(value)}</v></c>'


def _figure(value: Any) -> str:
    from openpyxl.utils.datetime import to_excel

    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.date | dt.time):
        return repr(to_excel(value))
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def _number(value: float | Decimal) -> Any:
    if not math.isfinite(value):
        return None
    if isinstance(value, float) or abs(value) < EXACT_BELOW:
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _moment(value: dt.date, zone: dt.tzinfo) -> dt.date | str:
    """Return a date or datetime that Excel's calendar, 1900 to 9999, has; another one as ISO 8601 text."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        try:
            value = value.astimezone(zone).replace(tzinfo=None)
        except OverflowError:
            return value.isoformat(" ")
    if value.year >= 1900:
        return value
    return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
