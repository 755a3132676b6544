"""A period in words. English is `Period.label`; others take their dates from CLDR's patterns and intervals."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Literal

from babel import Locale

from scheduled_reports.language.moments import write_moment

if TYPE_CHECKING:
    from scheduled_reports.language.language import Language
    from scheduled_reports.schedule.period import Period


def period_in_words(language: Language, period: Period) -> str:
    """Return what the business calls a period and its dates, with times where it is not of whole days."""
    if language.babel.language == "en":
        return period.label
    whole = _begins_day(period.start) and _begins_day(period.end)
    dates = _dates(language.babel, period.start, period.last_day, whole) if whole else _times(language, period)
    return language.text("{name} ({dates})", name=period.name, dates=dates) if period.name else dates


def _dates(locale: Locale, start: dt.datetime, last: dt.date, whole: bool) -> str:
    first, after = start.date(), last + dt.timedelta(days=1)
    if first == last:
        return write_moment(first, "full", locale)
    if whole and first.day == after.day == 1:
        if (after.year - first.year) * 12 + after.month - first.month == 1:
            return write_moment(first, "skeleton yMMMM", locale)
        if first.month == after.month == 1 and after.year == first.year + 1:
            return write_moment(first, "skeleton y", locale)
    from_pattern, to_pattern = _interval(locale, _greatest_difference(first, last))
    return write_moment(first, from_pattern, locale) + _DASH.sub(" – ", write_moment(last, to_pattern, locale))


_DASH = re.compile("^\\s*–\\s*")
"""A dash between two dates: some locales set none or thin spaces about it."""


def _greatest_difference(first: dt.date, last: dt.date) -> Literal["y", "M", "d"]:
    return "y" if first.year != last.year else "M" if first.month != last.month else "d"


def _interval(locale: Locale, differs: Literal["y", "M", "d"]) -> tuple[str, str]:
    """Return the pattern of the first day, and of the last with what stands between them.

    Where days come first (`1. Oktober 2026`), the first day leaves out what both have in common at its end; where years
    do, CLDR says what the last one leaves out.
    """
    long = str(locale.date_formats["long"].pattern)
    day_first = re.match(r"(d+\.?).*?M+", long)
    if differs == "y" or (day_first is None and differs not in locale.interval_formats.get("yMMMd", {})):
        return long, f"' – '{long}"
    if day_first is not None:
        return day_first[1 if differs == "d" else 0], f"' – '{long}"
    first, last = (re.sub("M+", "MMMM", part) if "MMM" in part else part
                   for part in locale.interval_formats["yMMMd"][differs])  # fmt: skip
    found = re.fullmatch(r"(.*?[^\s–~～至]?)([\s–~～至]*)", first)
    return (found[1], f"'{found[2]}'{last}") if found and found[2] else (first, last)


def _times(language: Language, period: Period) -> str:
    locale, start, end = language.babel, period.start, period.end
    if _begins_day(start):
        dates = _dates(locale, start, end.date(), whole=False)
        return language.text("{dates}, until {time}", dates=dates, time=_time(locale, end))
    if start.date() == end.date():
        day = write_moment(start.date(), "full", locale)
        return language.text("{day}, {start} – {end}", day=day, start=_time(locale, start), end=_time(locale, end))
    return language.text(
        "{first_day}, {start} – {last_day}, {end}",
        first_day=write_moment(start.date(), "full", locale), start=_time(locale, start),
        last_day=write_moment(end.date(), "full", locale), end=_time(locale, end),
    )  # fmt: skip


def _time(locale: Locale, moment: dt.datetime) -> str:
    return write_moment(moment.timetz().replace(tzinfo=None), "short", locale)


def _begins_day(moment: dt.datetime) -> bool:
    """Return whether a day begins with `moment`, which is later than midnight where clocks skip that."""
    just_before = (moment.astimezone(dt.UTC) - dt.timedelta(microseconds=1)).astimezone(moment.tzinfo)
    return just_before.date() < moment.date()
