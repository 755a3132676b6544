"""What one calendar file says by itself: which days it opens and closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY, days_by_weekday
from scheduled_reports.schedule.calendars import ics, public_holidays
from scheduled_reports.schedule.calendars.days import YearDay
from scheduled_reports.schedule.calendars.errors import PlacedError
from scheduled_reports.schedule.calendars.file import CalendarFile
from scheduled_reports.schedule.calendars.known_days import KnownDays, earliest, every_day
from scheduled_reports.schedule.calendars.public_holidays import HolidayDays
from scheduled_reports.schedule.calendars.stamps import stamp_of
from scheduled_reports.schedule.names import WEEKDAYS, listed
from scheduled_reports.spec.problems import did_you_mean

_WEEKEND = (5, 6)
_BESIDE_ONLY = ("weekend", "holidays", "ics", "closed", "opened", "all_of", "any_of", "without")


@dataclass(frozen=True)
class Sources:
    """What a file takes its closed days from.

    Attributes:
        holidays: Of countries and exchanges.
        closings: Of ICS files.
    """

    holidays: tuple[HolidayDays, ...]
    closings: tuple[ics.Closings, ...]


def sources_of(file: CalendarFile, folder: Path) -> tuple[Sources, list[PlacedError]]:
    """Return what a file's `holidays` and `ics` hold, and what is wrong with either."""
    holidays, closings, wrong = [], [], list(_contradictions(file))
    for index, entry in enumerate(file.holidays):
        try:
            found = public_holidays.days_of(entry)
            _check_weekend(file, found, entry.country or str(entry.exchange))
            holidays.append(found)
        except PlacedError as error:
            wrong.append(error.within("holidays", index))
    for index, name in enumerate(file.ics):
        try:
            closings.append(_closings(folder / name))
        except PlacedError as error:
            wrong.append(error.within("ics", index))
    return Sources(tuple(holidays), tuple(closings)), wrong


def days_of(file: CalendarFile, sources: Sources, base: KnownDays | None) -> KnownDays:
    """Return a file's open days.

    Args:
        file: What it says.
        sources: What its sources hold.
        base: What its all_of, any_of and except leave open; None where it has none of them.

    Raises:
        PlacedError: A half day is on a closed day.
    """
    if file.only is not None:
        found = every_day() & frozenset(file.only)
        return KnownDays(found, _half_days(file, {}, found), min(file.only), file.known_until or max(file.only))
    found = (base.open if base else every_day()) - _weekend(file, sources, combined=bool(file.all_of or file.any_of))
    found = found.difference(
        *(part.closed for part in sources.holidays),
        *(part.closed for part in sources.closings),
        *(span.days() for span in file.closed),
    )
    found |= every_day() & frozenset(file.opened)
    closes = earliest(
        base.half_days if base else {},
        *(part.half_days for part in sources.holidays),
        *(part.half_days for part in sources.closings),
    )
    first, last = _known(file, sources, base)
    return KnownDays(found, _half_days(file, closes, found), first, last)


def _weekend(file: CalendarFile, sources: Sources, *, combined: bool) -> frozenset[dt.date]:
    numbers = file.weekend if file.weekend is not None else () if combined else _WEEKEND
    days: frozenset[dt.date] = frozenset().union(*(days_by_weekday()[number] for number in numbers))
    return days.difference(*(part.worked for part in sources.holidays))


def _known(file: CalendarFile, sources: Sources, base: KnownDays | None) -> tuple[dt.date, dt.date]:
    """Return from when to when a file's days are known."""
    firsts = [dt.date(part.first_year, 1, 1) for part in sources.holidays]
    lasts = [dt.date(part.last_year, 12, 31) for part in sources.holidays]
    if base:
        firsts, lasts = [*firsts, base.first], [*lasts, base.last]
    if file.known_until:
        lasts.append(file.known_until)
    else:
        lasts += [part.last for part in sources.closings]
        named = [span.until for span in file.closed if isinstance(span.until, dt.date)]
        lasts += [dt.date(max(named).year, 12, 31)] if named else []
    return max(firsts, default=FIRST_DAY), min(lasts, default=LAST_DAY)


def _half_days(file: CalendarFile, closes: dict[dt.date, dt.time], found: frozenset[dt.date]) -> dict[dt.date, dt.time]:
    """Return the half days among the open days `found`: the file's own go before its sources', dates before all."""
    named = dict(closes)
    for key, time in file.half_days.items():
        if isinstance(key, YearDay):
            named.update({key.within(year): time for year in range(FIRST_DAY.year, LAST_DAY.year + 1)})
    dates = {key: time for key, time in file.half_days.items() if isinstance(key, dt.date)}
    for day in sorted(dates):
        if FIRST_DAY <= day <= LAST_DAY and day not in found:
            hint = "leave it out; or, where that day is worked, write it under opened too"
            raise PlacedError(("half_days", str(day)), f"{day} is closed and cannot close early", hint)
    return {day: time for day, time in {**named, **dates}.items() if day in found}


def _contradictions(file: CalendarFile) -> Iterator[PlacedError]:
    for field in _BESIDE_ONLY if file.only is not None else ():
        if getattr(file, field) not in ((), None):
            key = "except" if field == "without" else field
            yield PlacedError((key,), "'only' names every open day already", f"leave out {key}, or only")
    single = {span.start for span in file.closed if span.start == span.until}
    for index, day in enumerate(file.opened):
        if day in single:
            yield PlacedError(("opened", index), f"{day} is under closed too", "leave it out of one of the two")


def _check_weekend(file: CalendarFile, found: HolidayDays, code: str) -> None:
    """Refuse to take Saturday and Sunday for the weekend where it is another, unless the file says so."""
    if file.weekend is not None or file.all_of or file.any_of or found.weekend <= set(_WEEKEND):
        return
    names = [WEEKDAYS[number] for number in sorted(found.weekend)]
    hint = f"write weekend: [{', '.join(names)}]; or [saturday, sunday], if that is meant"
    raise PlacedError((), f"the weekend of {code} is {listed(names)}, and this file gives none", hint)


def _closings(path: Path) -> ics.Closings:
    stamp = stamp_of(path)
    if stamp is None:
        beside = [found.name for found in path.parent.glob("*.ics")]
        raise PlacedError((), f"there is no file {path.name} in {path.parent.name}/", did_you_mean(path.name, beside))
    return ics.closings(path, stamp)
