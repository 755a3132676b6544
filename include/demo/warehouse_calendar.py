"""When the demo call centre works, and how many calls it makes on a day."""

from datetime import date, timedelta
from functools import cache
from math import cos, exp, pi

OUTAGE_DAY = date(2026, 9, 15)
OUTAGE_FROM, OUTAGE_TO = (10 * 60 + 20) * 60, (15 * 60 + 40) * 60  # seconds of the local day: 10:20 to 15:40
HOURS, SATURDAY_HOURS = (8 * 3600, 20 * 3600), (9 * 3600, 14 * 3600)

_CALLS_ON_A_THURSDAY = 960.0
_WEEKDAYS = (1.16, 1.07, 1.03, 1.0, 0.82, 0.27, 0.0)
_GROWTH_PER_YEAR = 0.058
_GROWTH_STARTS = date(2025, 11, 1)
_SUMMER_DIP, _SUMMER_DIP_DAYS = 0.2, 38


@cache
def easter(year: int) -> date:
    """Return Easter Sunday of `year` (Gregorian algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the public holidays that all of Germany has in `year`."""
    fixed = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
    from_easter = (-2, 1, 39, 50)  # Good Friday, Easter Monday, Ascension Day, Whit Monday
    return frozenset(date(year, month, day) for month, day in fixed) | frozenset(
        easter(year) + timedelta(days=offset) for offset in from_easter
    )


def expected_calls(day: date) -> float:
    """Return how many calls the centre makes on such a day before chance has its say; 0 when it is closed."""
    if day in holidays(day.year):
        return 0.0
    years = (day - _GROWTH_STARTS).days / 365.25
    growth = min(max(exp(_GROWTH_PER_YEAR * years), 0.5), 3.0)
    return _CALLS_ON_A_THURSDAY * _WEEKDAYS[day.weekday()] * growth * _christmas(day) * _summer(day)


def _christmas(day: date) -> float:
    """Return the factor of the quiet weeks around Christmas."""
    if (day.month, day.day) in ((12, 24), (12, 31)):
        return 0.2
    if (day.month, day.day) >= (12, 27):
        return 0.38
    if (day.month, day.day) <= (1, 6):
        return 0.6
    return 0.78 if (day.month, day.day) >= (12, 18) else 1.0


def _summer(day: date) -> float:
    """Return the factor of the holiday season, lowest on 5 August."""
    distance = abs((day - date(day.year, 8, 5)).days) / _SUMMER_DIP_DAYS
    return 1.0 if distance >= 1 else 1.0 - _SUMMER_DIP * (1 + cos(pi * distance)) / 2
