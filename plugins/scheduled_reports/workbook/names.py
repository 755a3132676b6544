"""Names of sheets and of the tables in them, as Excel takes them."""

from __future__ import annotations

import re

from scheduled_reports.workbook.cells import without_forbidden

_PLACE_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[rRcC]\d*([rRcC]\d*)?")
"""A name like that of a cell: `AB12`, `R1C1`."""


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a name for a sheet and add it to `taken`.

    Excel wants 1 to 31 characters; no brackets, colon, asterisk, question mark or slash of either kind; no apostrophe
    at either end; not `History`; and no two names that differ in case only: the second `Calls` becomes `Calls (2)`.
    """
    base = " ".join(without_forbidden(re.sub(r"[\[\]:*?/\\\s]", " ", title)).split()).strip("' ") or "Table"
    base = "History sheet" if base.lower() == "history" else base
    number, name = 1, _shortened(base, 31)
    while name.lower() in taken:
        number += 1
        name = _shortened(base, 31 - len(f" ({number})")) + f" ({number})"
    taken.add(name.lower())
    return name


def list_name(sheet: str, taken: set[str]) -> str:
    """Return a name for the table on a sheet, for formulas to use, and add it to `taken`.

    Excel wants letters, digits and underscores, no digit first, and nothing that could be a cell.
    """
    base = re.sub(r"\W+", "_", sheet).strip("_")[:200] or "Table"
    if not base[0].isalpha() or _PLACE_LIKE.fullmatch(base):
        base = f"Table_{base}"
    number, name = 1, base
    while name.lower() in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name.lower())
    return name


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas and links write it: `It's` is `'It''s'`."""
    return "'" + sheet.replace("'", "''") + "'"


def _shortened(name: str, limit: int) -> str:
    """Cut to `limit` UTF-16 code units, which is how Excel counts."""
    return name.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore").strip("' ")
