"""Dates along an axis: in which steps they come, which of them are named, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from scheduled_reports.language import Language

Unit = Literal["year", "month", "day", "hour", "minute"]

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_STEPS: tuple[tuple[Unit, int, float], ...] = (
    ("minute", 1, 60), ("minute", 5, 300), ("minute", 15, 900), ("minute", 30, 1_800),
    ("hour", 1, 3_600), ("hour", 2, 7_200), ("hour", 3, 10_800), ("hour", 6, 21_600), ("hour", 12, 43_200),
    ("day", 1, _DAY), ("day", 2, 2 * _DAY), ("day", 7, 7 * _DAY), ("day", 14, 14 * _DAY),
    ("month", 1, 30.44 * _DAY), ("month", 2, 60.9 * _DAY), ("month", 3, 91.3 * _DAY), ("month", 6, 182.6 * _DAY),
    ("year", 1, 365.25 * _DAY), ("year", 2, 730.5 * _DAY), ("year", 5, 1_826 * _DAY), ("year", 10, 3_652 * _DAY),
    ("year", 25, 9_131 * _DAY), ("year", 100, 36_525 * _DAY), ("year", 500, 182_625 * _DAY),
    ("year", 2_000, 730_500 * _DAY),
)  # fmt: skip
"""Steps between ticks: unit, how many, seconds."""

MOST_SLOTS = 800
"""Of a band for each date: more cannot be seen on a page."""


def unit_of(values: Sequence[dt.datetime]) -> Unit:
    """Return the largest unit at whose beginnings all of `values` lie."""
    if any(value.second or value.microsecond or value.minute for value in values):
        return "minute"
    if any(value.hour for value in values):
        return "hour"
    if any(value.day != 1 for value in values) or len(values) == 1:
        return "day"
    return "month" if any(value.month != 1 for value in values) else "year"


def slots(values: Sequence[dt.datetime]) -> list[dt.datetime]:
    """Return the sorted values with those between them that are missing, where they come in even steps.

    A bar for each day leaves room for the days without one: time runs evenly on the page.
    """
    ordered = sorted(set(values))
    unit = unit_of(ordered)
    if len(ordered) < 3 or unit == "minute":
        return ordered
    if unit in {"month", "year"}:
        months = [value.year * 12 + value.month - 1 for value in ordered]
        step = min(later - earlier for earlier, later in pairwise(months))
        end = min(months[-1], months[0] + MOST_SLOTS * step)
        filled = [_month(number) for number in range(months[0], end + 1, step)]
    else:
        gap = min(later - earlier for earlier, later in pairwise(ordered))
        count = min(int((ordered[-1] - ordered[0]) / gap), MOST_SLOTS)
        filled = [ordered[0] + gap * number for number in range(count + 1)]
    return filled if set(ordered) <= set(filled) else ordered


def ticks(first: dt.datetime, last: dt.datetime, most: int) -> tuple[list[dt.datetime], Unit]:
    """Return at most `most` beginnings of minutes, hours, days, months or years in a span, and of which."""
    span = (last - first).total_seconds()
    unit, count, _ = next((step for step in _STEPS if span / step[2] < most), _STEPS[-1])
    if unit in {"month", "year"}:
        step = count if unit == "month" else count * 12
        start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
        months = range(-(-start // step) * step, end + 1, step)
        found = [_month(number) for number in months]
    else:
        found = _even(first, last, {"minute": _MINUTE, "hour": _HOUR, "day": _DAY}[unit] * count)
    return [value for value in found if first <= value <= last] or [first], unit


def _even(first: dt.datetime, last: dt.datetime, seconds: int) -> list[dt.datetime]:
    """Return moments at even steps, the first at a step's beginning: of weeks on the weekday of the first value."""
    midnight = dt.datetime.combine(first.date(), dt.time())
    begin = midnight if seconds >= _DAY else midnight + dt.timedelta(
        seconds=-(-(first - midnight).total_seconds() // seconds) * seconds)  # fmt: skip
    count = int((last - begin).total_seconds() // seconds)
    return [begin + dt.timedelta(seconds=seconds * number) for number in range(max(count, 0) + 1)]


def _month(number: int) -> dt.datetime:
    return dt.datetime(number // 12, number % 12 + 1, 1)  # noqa: DTZ001 - wall time


def names(values: Sequence[dt.datetime], unit: Unit, language: Language, pattern: str | None) -> list[str]:
    """Return the values as readers see them; the year stands only with the first of each, in a second line.

    Args:
        values: Wall time, sorted.
        unit: Of what they are the beginnings.
        language: In which they are written.
        pattern: How (UTS #35), where the author said so.

    Raises:
        ValueError: The pattern does not fit.
    """
    if pattern:
        return [language.shown(value, pattern) for value in values]
    if unit == "year":
        return [language.shown(value, "y") for value in values]
    short, apart = {"month": ("LLL", "y"), "day": (_skeleton(language, "MMMd"), "y"),
                    "hour": ("HH:mm", _skeleton(language, "MMMd")),
                    "minute": ("HH:mm", _skeleton(language, "MMMd"))}[unit]  # fmt: skip
    above = [language.shown(value, apart) for value in values]
    many = len(set(above)) > 1 or unit == "month"
    return [
        f"{language.shown(value, short)}\n{context}" if many and (not at or above[at - 1] != context)
        else language.shown(value, short)
        for at, (value, context) in enumerate(zip(values, above, strict=True))
    ]  # fmt: skip


def whole_name(value: dt.datetime, unit: Unit, language: Language, pattern: str | None) -> str:
    """Return one value as readers see it where it stands alone.

    Raises:
        ValueError: The pattern does not fit.
    """
    if pattern or unit == "year":
        return language.shown(value, pattern or "y")
    if unit == "month":
        return language.shown(value, _skeleton(language, "yMMM"))
    day = language.shown(value, _skeleton(language, "yMMMd"))
    return day if unit == "day" else f"{day}, {language.shown(value, 'HH:mm')}"


def _skeleton(language: Language, name: str) -> str:
    """Return the locale's own order of a date's parts (CLDR, availableFormats)."""
    from babel import Locale

    return str(Locale.parse(language.locale).datetime_skeletons[name].pattern)
