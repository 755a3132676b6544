"""The days and times of a recurrence rule that begins at a moment (RFC 5545 §3.8.5.3)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

from scheduled_reports.schedule.calendar import LAST_DAY
from scheduled_reports.schedule.rrules.rule import Rule

_MONTHS = tuple(range(1, 13))
_WEEKDAYS = tuple((number, 0) for number in range(7))
_HOUR, _DAY = 60, 24 * 60

Named = tuple[dt.date, tuple[dt.time, ...]]
"""A day and its times, in order."""


@dataclass(frozen=True)
class DayParts:
    """What of a rule names days, whatever its FREQ; what is empty allows every day.

    Attributes:
        months: BYMONTH.
        week_numbers: BYWEEKNO.
        year_days: BYYEARDAY.
        month_days: BYMONTHDAY.
        weekdays: BYDAY.
        week_starts: WKST, Monday 0.
        in_months: Whether the numbers of `weekdays` count in months, not in the year.
    """

    months: tuple[int, ...]
    week_numbers: tuple[int, ...]
    year_days: tuple[int, ...]
    month_days: tuple[int, ...]
    weekdays: tuple[tuple[int, int], ...]
    week_starts: int
    in_months: bool


@lru_cache(maxsize=2000)
def days_of(year: int, parts: DayParts) -> tuple[dt.date, ...]:
    """Return the days of a year that `parts` allow, in order."""
    from dateutil import rrule

    found = rrule.rrule(
        rrule.YEARLY,
        dtstart=dt.datetime(year, 1, 1),  # noqa: DTZ001 - wall time
        interval=10_000,  # no second year: dateutil would look for one up to the year 9999
        bymonth=parts.months or (_MONTHS if parts.in_months else None),  # where it is given, BYDAY counts in months
        byyearday=parts.year_days or None,
        bymonthday=parts.month_days or None,
        byweekday=[rrule.weekday(number, nth or None) for number, nth in _of_one_kind(parts)],
    )
    days = (moment.date() for moment in found)
    if not parts.week_numbers:
        return tuple(days)
    return tuple(day for day in days if not {*_week_numbers(day, parts.week_starts)}.isdisjoint(parts.week_numbers))


def _of_one_kind(parts: DayParts) -> tuple[tuple[int, int], ...]:
    """Return BYDAY with all numbered or none: dateutil takes `MO,1FR` as Mondays that are the first Friday."""
    weekdays = parts.weekdays or _WEEKDAYS
    if not any(nth for _, nth in weekdays):
        return weekdays
    most = 5 if parts.in_months else 53
    return tuple((number, n) for number, nth in weekdays for n in ([nth] if nth else range(1, most + 1)))


def _week_numbers(day: dt.date, week_starts: int) -> tuple[int, int]:
    """Return the number of a day's week from its year's start and end; its fourth day says whose week it is (ISO 8601).

    Not dateutil's: that misses 2022-01-01 for BYWEEKNO=52, and days for numbers from the end below -1.
    """
    fourth = day - dt.timedelta(days=(day.weekday() - week_starts) % 7 - 3)
    last = dt.date(fourth.year, 12, 31)
    return (fourth.timetuple().tm_yday - 1) // 7 + 1, -((last - fourth).days // 7 + 1)


@dataclass(frozen=True)
class Series:
    """A rule that begins at a moment.

    Attributes:
        rule: The rule.
        starting: Its first possible occurrence, wall time.
        at: Times of day that take the place of the rule's own: the rule then names, counts and chooses days.
    """

    rule: Rule
    starting: dt.datetime
    at: tuple[dt.time, ...] = ()

    def days(self, first: dt.date, last: dt.date) -> Iterator[Named]:
        """Yield (day, times) of its occurrences from `first` to `last`, both included."""
        end = self.end
        if end is not None:
            last = min(last, end.date())
        for day, times in self._endless(first, last):
            kept = times if end is None or day < end.date() else tuple(time for time in times if time <= end.time())
            if kept:
                yield day, kept

    @cached_property
    def end(self) -> dt.datetime | None:
        """The moment after which it has no occurrence; None where it has some to the end of LAST_DAY."""
        if self.rule.count is None:
            return self.rule.until
        left = self.rule.count
        for day, times in self._endless(self.starting.date(), LAST_DAY):
            left -= 1 if self.at else len(times)
            if left <= 0:
                return dt.datetime.combine(day, times[left - 1])
        return None

    def _endless(self, first: dt.date, last: dt.date) -> Iterator[Named]:
        """Yield (day, times) from `starting` on, as if COUNT and UNTIL were not there."""
        begin = self.starting.date()
        first = max(first, begin)
        for day, times in self._repeated(first, last):
            kept = times if day > begin else tuple(time for time in times if time >= self.starting.time())
            if first <= day <= last and kept:
                yield day, self.at or kept

    def _repeated(self, first: dt.date, last: dt.date) -> Iterator[Named]:
        """Yield (day, times) of all periods that `first` to `last` touch, of those that INTERVAL counts."""
        if first > last:
            return
        origin, stop = self._period(self.starting.date()), self._period(last)
        step = self.rule.interval if self.rule.by_day_or_longer else 1
        for period, days in groupby(self._allowed(self._begin(first), last.year + 1), self._period):
            if period > stop:
                return
            if (period - origin) % step == 0:
                yield from self._chosen(list(days)) if "BYSETPOS" in self.rule else ((d, self._times(d)) for d in days)

    def _period(self, day: dt.date) -> int:
        """Return the number of the year, month, week or day that the rule repeats by."""
        match self.rule.every:
            case "YEARLY":
                return day.year
            case "MONTHLY":
                return day.year * 12 + day.month
            case "WEEKLY":
                return (day.toordinal() - 1 - self.rule.week_starts) // 7
            case _:
                return day.toordinal()

    def _begin(self, day: dt.date) -> dt.date:
        """Return the first day of the period that contains `day`."""
        match self.rule.every:
            case "YEARLY":
                return day.replace(month=1, day=1)
            case "MONTHLY":
                return day.replace(day=1)
            case "WEEKLY":
                return day - dt.timedelta(days=(day.weekday() - self.rule.week_starts) % 7)
            case _:
                return day

    def _allowed(self, first: dt.date, last_year: int) -> Iterator[dt.date]:
        for year in range(first.year, last_year + 1):
            days = days_of(year, self._parts)
            yield from days[bisect_left(days, first) :] if year == first.year else days

    @cached_property
    def _parts(self) -> DayParts:
        """The parts that name days; what the rule leaves open is as on the day it starts."""
        rule, day = self.rule, self.starting.date()
        months, month_days, weekdays = rule["BYMONTH"], rule["BYMONTHDAY"], rule.weekdays
        if not weekdays and not {"BYMONTHDAY", "BYYEARDAY"} & set(rule.lists):
            if rule.every == "WEEKLY" or "BYWEEKNO" in rule:
                weekdays = ((day.weekday(), 0),)
            elif rule.every in {"MONTHLY", "YEARLY"}:
                month_days = (day.day,)
                months = months or ((day.month,) if rule.every == "YEARLY" else ())
        in_months = rule.every == "MONTHLY" or "BYMONTH" in rule
        year_days, week_numbers = rule["BYYEARDAY"], rule["BYWEEKNO"]
        return DayParts(months, week_numbers, year_days, month_days, weekdays, rule.week_starts, in_months)

    def _times(self, day: dt.date) -> tuple[dt.time, ...]:
        """Return the rule's times on a day; its hours and minutes run on from `starting` through the days."""
        rule, start = self.rule, self.starting
        if self.at:
            return (start.time(),)
        hours, minutes = rule["BYHOUR"], rule["BYMINUTE"]
        if rule.every == "MINUTELY":
            since = (day.toordinal() - start.toordinal()) * _DAY - start.hour * _HOUR - start.minute
            return _every_minutes(-since % rule.interval, rule.interval, hours, minutes)
        if rule.every == "HOURLY":
            since = (day.toordinal() - start.toordinal()) * 24 - start.hour
            counted = range(-since % rule.interval, 24, rule.interval)
            return _clock(tuple(hour for hour in counted if not hours or hour in hours), minutes or (start.minute,))
        return _clock(hours or (start.hour,), minutes or (start.minute,))

    def _chosen(self, days: list[dt.date]) -> Iterator[Named]:
        """Yield (day, times) of those of a period's occurrences that BYSETPOS chooses."""
        times = self._times(days[0])
        count = len(days) * len(times)
        places = {position - 1 if position > 0 else count + position for position in self.rule["BYSETPOS"]}
        for index, group in groupby(sorted(place for place in places if 0 <= place < count), lambda p: p // len(times)):
            yield days[index], tuple(times[place % len(times)] for place in group)


@lru_cache(maxsize=1000)
def _clock(hours: tuple[int, ...], minutes: tuple[int, ...]) -> tuple[dt.time, ...]:
    return tuple(dt.time(hour, minute) for hour in hours for minute in minutes)


@lru_cache(maxsize=1000)
def _every_minutes(begin: int, step: int, hours: tuple[int, ...], minutes: tuple[int, ...]) -> tuple[dt.time, ...]:
    """Return the times of a day from minute `begin` on, every `step` minutes, in those hours and minutes."""
    found = (dt.time(*divmod(minute, _HOUR)) for minute in range(begin, _DAY, step))
    return tuple(
        time for time in found if (not hours or time.hour in hours) and (not minutes or time.minute in minutes)
    )
