"""The formats of a report for Excel (ECMA-376 Part 1, 18.8.31).

Excel writes `,` and `.` of a format as its reader's own settings have them; names of months and days are in the
language that a format begins with.
"""

from __future__ import annotations

import re
from locale import windows_locale
from typing import TYPE_CHECKING

from babel import Locale
from babel.core import get_global

from scheduled_reports.language.moments import pattern_of
from scheduled_reports.language.named import MomentKind, compact, number_pattern, unit
from scheduled_reports.language.numbers import QUOTED

if TYPE_CHECKING:
    from scheduled_reports.language.language import Language

_EXCEL = {"MMMM": "mmmm", "MMM": "mmm", "MM": "mm", "M": "m", "LLLL": "mmmm", "LLL": "mmm",
          "EEEE": "dddd", "EEE": "ddd", "EE": "ddd", "E": "ddd", "HH": "hh", "H": "h", "y": "yyyy",
          "a": "AM/PM"}  # fmt: skip
"""What Excel calls a Unicode pattern's letters, where it calls them otherwise."""


def excel_format(pattern: str) -> str:
    """Return the Excel number format of a Unicode pattern: 'text' becomes "text"."""
    pieces = QUOTED.split(pattern)
    return "".join(
        _text(piece[1:-1].replace("''", "'") or "'") if piece.startswith("'")
        else re.sub(r"([A-Za-z])\1*", lambda letters: _EXCEL.get(letters[0], letters[0]), piece)
        for piece in pieces
    )  # fmt: skip


def number_format(form: str, language: Language) -> str:
    """Return the Excel format of a number's pattern or named format; compact ones and units show the whole number.

    Raises:
        ValueError: The name goes with something that it does not know.
    """
    locale = language.babel
    if compact(form, locale) or unit(form, locale):
        return "#,##0.##"
    return excel_format(number_pattern(form, locale))


def moment_format(form: str | None, kind: MomentKind, language: Language) -> str:
    """Return the Excel format of a date's pattern or named format, in the report's language where it has words.

    Raises:
        ValueError: It is one of a number, or CLDR has no such skeleton.
    """
    found = excel_format(pattern_of(form, kind, language.babel))
    return _in_language(language.babel) + found if re.search("mmm|ddd", found) else found


def _in_language(locale: Locale) -> str:
    """Return what tells Excel the language of names, by its Windows number: LibreOffice does not know `[$-de-DE]`."""
    names = (f"{locale.language}_{locale.territory}", *_likely(locale.language))
    found = next((_NUMBERS[name] for name in names if name in _NUMBERS), None)
    return "" if found is None else f"[$-{found:X}]"


def _likely(language: str) -> tuple[str, ...]:
    """Return the locale where most people speak a language (CLDR, likelySubtags)."""
    full = str(get_global("likely_subtags").get(language, ""))
    return (f"{language}_{full.rpartition('_')[2]}",) if full else ()


_NUMBERS = {name: number for number, name in windows_locale.items()}


def _text(text: str) -> str:
    return '"' + text.replace('"', '"\\""') + '"'
