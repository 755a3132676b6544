"""A date or a time as text, by a pattern (UTS #35, Part 4) and with the words of a locale. Babel does the work.

Without a pattern English writes ISO 8601 (`2026-10-01`), which readers in every country take for the same day; other
languages write the numbers of their short date with all digits of the year (`01.10.2026`, `2026/10/01`).
"""

from __future__ import annotations

import datetime as dt
import functools
import re

from babel import Locale
from babel.dates import tokenize_pattern

from scheduled_reports.language.named import MomentKind, moment_pattern
from scheduled_reports.language.numbers import native

Moment = dt.date | dt.time
"""A date, a datetime (which is a date to Python) or a time."""


def write_moment(value: Moment, form: str | None, locale: Locale) -> str:
    """Return a date or time as text; an instant in the zone that it has.

    Raises:
        ValueError: The format does not fit the value.
    """
    if form is None and isinstance(value, dt.time) and (locale.language == "en" or value.microsecond or value.tzinfo):
        return native(str(value), locale)
    pattern = pattern_of(form, _kind(value), locale)
    if isinstance(value, dt.datetime | dt.time) and value.tzinfo is not None:  # equal in every zone, not so their texts
        return native(_by_pattern(value, pattern, locale), locale)
    return _known(value, pattern, locale)


@functools.lru_cache(maxsize=16_384)
def _known(value: Moment, pattern: str, locale: Locale) -> str:
    """Return a text that is asked for again with each slice of a long column."""
    return native(_by_pattern(value, pattern, locale), locale)


@functools.lru_cache(maxsize=1024)
def pattern_of(form: str | None, kind: MomentKind, locale: Locale) -> str:
    """Return the pattern by which a locale writes a kind of value.

    Raises:
        ValueError: The name is one of a number, or CLDR has no such skeleton.
    """
    if form is not None:
        pattern = moment_pattern(form, kind, locale)
        if not any(part == "field" for part, _ in tokenize_pattern(pattern)):
            raise ValueError(f"{form!r} has no part of a date or time, as 'yyyy-MM-dd' and 'HH:mm' have")
        return pattern
    if kind == "time":
        return str(locale.time_formats["medium"].pattern)
    date = "yyyy-MM-dd" if locale.language == "en" else _all_digits(str(locale.date_formats["short"].pattern))
    time = "HH:mm" if locale.language == "en" else str(locale.time_formats["short"].pattern)
    return date if kind == "date" else f"{date} {time}"


def _kind(value: Moment) -> MomentKind:
    return "datetime" if isinstance(value, dt.datetime) else "date" if isinstance(value, dt.date) else "time"


def _all_digits(pattern: str) -> str:
    """Return a pattern with two digits of day and month and four of the year, so that dates stand in line."""
    for letters, all_of_them in (("y+", "yyyy"), ("(?<!M)M{1,2}(?!M)", "MM"), ("d+", "dd")):
        pattern = re.sub(letters, all_of_them, pattern)
    return pattern


def _by_pattern(value: Moment, pattern: str, locale: Locale) -> str:
    from babel.dates import format_date, format_datetime, format_time

    try:
        if isinstance(value, dt.datetime):
            return str(format_datetime(value, format=pattern, locale=locale))
        if isinstance(value, dt.date):
            return str(format_date(value, format=pattern, locale=locale))
        return str(format_time(value, format=pattern, locale=locale))
    except (AttributeError, KeyError, OverflowError) as error:  # Babel's, for the hour of a day and unknown letters
        raise ValueError(f"{value!r} has no such part: {error}") from error
