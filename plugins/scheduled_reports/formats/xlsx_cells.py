"""Values and texts as Excel's cells can hold them, and the names of its sheets.

The limits are those of https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
"""

from __future__ import annotations

import base64
import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.document.theme import COLORS
from scheduled_reports.formats.arrow_text import json_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell

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
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ESCAPE_LIKE.sub("_x005F_", text)
    if len(text) * 2 <= MAX_TEXT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= MAX_TEXT * 2:
        return text
    return units[: (MAX_TEXT - len(CUT)) * 2].decode("utf-16-le", errors="ignore") + CUT


def is_risky(value: Any) -> bool:
    """Say whether `value` is a text that Excel would take for a formula when a reader edits its cell."""
    return isinstance(value, str) and bool(_RISKY_START.match(clean(value[:64])))


def put(cell: Cell, value: Any) -> Cell:
    """Set the cell's value; text is text, whatever it begins with.

    Args:
        cell: A cell that already looks as it should; it may be one that was written before.
        value: What `value_for` returns.
    """
    if isinstance(value, str):
        cell.value = clean(value)
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


def styled(
    sheet: Any, value: Any = None, *, bold: bool = False, size: float = 11, color: str = "ink", fill: str | None = None,
    border: str | None = None, align: str | None = None, wrap: bool = False, number_format: str = "General",
    risky: bool = False,
) -> Cell:  # fmt: skip
    """Return a cell for a row of `sheet`, which is write-only.

    Colours are names in `theme.COLORS`; `border` is that of the line below; `size` is in points. `risky` cells are for
    texts that `is_risky`: they stay text when a reader edits them. Do not change the style of a cell that was written:
    openpyxl shares it with the cells before.
    """
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = WriteOnlyCell(sheet)
    cell.font = Font(name="Calibri", size=size, bold=bold, color=argb(color))
    cell.alignment = Alignment(horizontal=align, vertical="top", wrap_text=wrap)
    cell.number_format = number_format
    cell.quotePrefix = int(risky or is_risky(value))
    if fill:
        cell.fill = PatternFill("solid", fgColor=argb(fill))
    if border:
        cell.border = Border(bottom=Side("thin", color=argb(border)))
    return put(cell, value)


def argb(color: str) -> str:
    """Return a colour of the theme as Excel writes it: `#0b5c7a` is `FF0B5C7A`."""
    return "FF" + COLORS[color].removeprefix("#").upper()


def display_width(text: str) -> int:
    """Return how many columns of digits the longest line of `text` takes; East Asian characters take two."""
    lines = text.split("\n")
    return max(len(line) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in line) for line in lines)


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a name for a sheet and add it to `taken`.

    Excel wants 1 to 31 characters; no brackets, colon, asterisk, question mark or slash of either kind; no apostrophe
    at either end; not `History`; and no two names that differ in case only: the second `Calls` becomes `Calls (2)`.
    """
    base = " ".join(_FORBIDDEN.sub("", re.sub(r"[\[\]:*?/\\\s]", " ", title)).split()).strip("' ") or "Table"
    base = "History sheet" if base.lower() == "history" else base
    number, name = 1, _shortened(base, 31)
    while name.lower() in taken:
        number += 1
        name = _shortened(base, 31 - len(f" ({number})")) + f" ({number})"
    taken.add(name.lower())
    return name


def _shortened(name: str, limit: int) -> str:
    """Cut to `limit` UTF-16 code units, which is how Excel counts."""
    return name.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore").strip("' ")


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
