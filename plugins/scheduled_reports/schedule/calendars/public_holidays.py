"""Holidays of countries and exchanges, from the library `holidays`."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scheduled_reports.schedule.calendar import YEARS
from scheduled_reports.schedule.calendars.errors import PlacedError
from scheduled_reports.schedule.calendars.file import Holidays
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from holidays import HolidayBase

_HALF_DAY = "half_day"
_WORKED = "workday"
"""The library's category for commemorative days that are worked."""

_CLOSE = re.compile(r"\b(?:from|at) (\d{1,2})(?::(\d\d))? ?([ap](?=\.?m))?")
"""How the library's English names say when a half day closes: `(markets close at 1:00pm)`, `(from 7pm)`."""

_BOUNDS = re.compile(r"only from (\d{4}) to (\d{4})")


@dataclass(frozen=True)
class HolidayDays:
    """What the library knows of one place.

    Attributes:
        closed: Holidays.
        worked: Weekend days that are worked, as a holiday was moved.
        half_days: When days close early.
        weekend: The weekdays that are closed there, Monday 0.
        first_year: The first year that it knows.
        last_year: The last year that it knows.
    """

    closed: frozenset[dt.date]
    worked: frozenset[dt.date]
    half_days: dict[dt.date, dt.time]
    weekend: frozenset[int]
    first_year: int
    last_year: int


@lru_cache(maxsize=200)
def days_of(entry: Holidays) -> HolidayDays:
    """Return the holidays that an entry names, within YEARS.

    Raises:
        PlacedError: There is no such country, exchange, subdivision or category, or a half day's close is not known.
    """
    place = _place(entry)
    _check_parts(entry, place)
    categories = set(entry.categories or (place.default_category,))
    full, first_year, last_year = _expanded(entry, place, categories - {_HALF_DAY})
    halves = _expanded(entry, place, {_HALF_DAY})[0] if _HALF_DAY in categories else {}
    worked = getattr(full, "weekend_workdays", ()) if entry.country else ()  # markets stay closed on moved workdays
    return HolidayDays(
        frozenset(full),
        frozenset(worked),
        {day: _close(entry, day, name) for day, name in halves.items() if day not in full},
        frozenset(place.weekend),
        max(place.start_year, first_year),
        min(place.end_year, last_year),
    )


def _place(entry: Holidays) -> type[HolidayBase]:
    import holidays
    from holidays.registry import COUNTRIES, FINANCIAL, EntityLoader

    if entry.country is not None:
        key, code, registry, example = "country", entry.country, COUNTRIES, "an ISO 3166-1 code, for example DE"
        codes = set(EntityLoader.get_country_codes())
    else:
        key, code, registry, example = "exchange", str(entry.exchange), FINANCIAL, ""
        codes = set(EntityLoader.get_financial_codes())
    if code not in codes:
        what = f"the library `holidays` knows no {key} {code!r}"
        raise PlacedError((key,), what, _code_hint(code, codes, registry, example))
    loader: Any = getattr(holidays, code)
    place: type[HolidayBase] = loader.get_entity()
    return place


def _code_hint(given: str, codes: set[str], registry: dict[str, tuple[str, ...]], example: str) -> str:
    """Return the code of the place that an author may have meant: by its name, or by a code much like it."""
    named = {module: names[1] for module, names in registry.items()}
    upper = given.upper() if given.upper() in codes else ""
    close = difflib.get_close_matches(given.lower().replace(" ", "_"), named, n=1, cutoff=0.75)
    meant = upper or (named[close[0]] if close else "")
    if not example:
        return f"did you mean {meant!r}? (allowed: {', '.join(sorted(codes))})" if meant else did_you_mean(given, codes)
    return f"did you mean {meant!r}? (write {example})" if meant else f"write {example}"


def _check_parts(entry: Holidays, place: type[HolidayBase]) -> None:
    code = entry.country or entry.exchange
    subdivisions = {*place.subdivisions, *place.subdivisions_aliases}
    if entry.subdivision is not None and entry.subdivision not in subdivisions:
        hint = did_you_mean(entry.subdivision, subdivisions) if subdivisions else "leave it out: it has none"
        raise PlacedError(("subdivision",), f"{code} has no subdivision {entry.subdivision!r}", hint)
    allowed = set(place.supported_categories) - {_WORKED}
    for index, category in enumerate(entry.categories):
        if category not in allowed:
            what = f"{code} has no holidays of category {category!r}"
            raise PlacedError(("categories", index), what, did_you_mean(category, allowed))


def _expanded(entry: Holidays, place: type[HolidayBase], categories: Iterable[str]) -> tuple[Any, int, int]:
    """Return (holidays of YEARS, first year known, last year known), names in English where the library has them."""
    english = "en_US" if "en_US" in place.supported_languages else place.default_language
    first_year, last_year = YEARS[0], YEARS[-1]
    if not categories:
        return {}, first_year, last_year
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = place(years=YEARS, subdiv=entry.subdivision, language=english, categories=tuple(sorted(categories)))
    for warning in caught:  # how the library says that a country's movable feasts are in its tables for some years only
        if bounds := _BOUNDS.search(str(warning.message)):
            first_year, last_year = max(first_year, int(bounds[1])), min(last_year, int(bounds[2]))
    return found, first_year, last_year


def _close(entry: Holidays, day: dt.date, name: str) -> dt.time:
    if entry.closes is not None:
        return entry.closes
    times = [_time(match) for match in _CLOSE.finditer(name)]
    if not times:
        what = f"{entry.country or entry.exchange} does not say when it closes on {day} ({name})"
        raise PlacedError(("categories",), what, 'add `closes`, for example closes: "13:00"')
    return min(times)


def _time(match: re.Match[str]) -> dt.time:
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    return dt.time(hour % 12 + (12 if half == "p" else 0) if half else hour, minute)
