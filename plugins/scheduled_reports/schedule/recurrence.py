"""When a schedule fires: its frequency on its calendar, in its time zone. Pure: no clock, no file, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import Field

from scheduled_reports.model import Model, TimeZone
from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY, YEARS, Calendar, OnClosed
from scheduled_reports.schedule.clock import Duration, days_between, in_words, instant
from scheduled_reports.schedule.fire import Fire, one_for_each_instant, put
from scheduled_reports.schedule.fiscal import AnyFiscalYear
from scheduled_reports.schedule.frequencies import AnyFrequency, Rules
from scheduled_reports.schedule.names import Weekday
from scheduled_reports.schedule.shifts import Blackout, BusinessHours
from scheduled_reports.schedule.units import Units

_MOMENT, _ONE_DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)
_WINDOWS = (0.1, 2, 40, 400, 367 * len(YEARS))
"""How many days back the last fire is looked for, nearest first."""

_MOST_MOVES = 30
"""A fire that business hours and blackouts pass on to each other this often has nowhere to go: it does not happen."""


class Recurrence(Model):
    """When a schedule fires.

    Attributes:
        when: On which days, at which times.
        timezone: IANA zone of all wall times.
        calendar: The business's open days, expanded.
        on_closed: What a fire on a closed day does; None where closed days do not matter.
        business_hours: Hours that fires are moved into.
        blackouts: Spans in which nothing runs.
        week_starts: The weekday on which weeks begin.
        fiscal: The fiscal year.
        jitter: By how much every fire is put off.
    """

    when: AnyFrequency
    timezone: TimeZone = "UTC"
    calendar: Calendar = Calendar()
    on_closed: OnClosed | None = None
    business_hours: BusinessHours | None = None
    blackouts: tuple[Blackout, ...] = ()
    week_starts: Weekday = 0
    fiscal: AnyFiscalYear | None = None
    jitter: Duration | None = None
    starts: dt.date | None = Field(None)
    ends: dt.date | None = Field(None)

    def after(self, moment: dt.datetime) -> Fire | None:
        """Return the first fire later than `moment` (aware); None where there is none to the end of LAST_DAY."""
        return next(self.between(moment + _MOMENT), None)

    def between(self, first: dt.datetime, last: dt.datetime | None = None) -> Iterator[Fire]:
        """Yield every fire from `first` to `last` (aware, both included), in order."""
        for fire in self._fires(self._earliest(first), self._last_source(last)):
            if last is not None and fire.at > last:
                return
            if fire.at >= first:
                yield fire

    def until(self, moment: dt.datetime, count: int = 1) -> list[Fire]:
        """Return the last `count` fires up to `moment` (aware, included), in order; fewer where there are fewer."""
        moment = min(moment, self._end)
        found: list[Fire] = []
        for days in _WINDOWS:
            found = list(self.between(moment - dt.timedelta(days=days), moment))
            if len(found) >= count:
                break
        return found[-count:]

    def words(self) -> str:
        """Return when it fires in plain words: `09:00 on the last business day of the month, Europe/Berlin`."""
        named = f" ({self.calendar.name})" if self.calendar.name else ""
        if self.when.on_open_days:
            words = [f"{self.when.words()}{named}"]
        else:
            moved = {"skip": "open days only", "previous": "or the open day before", "next": "or the next open day"}
            words = [self.when.words(), *([f"{moved[self.on_closed]}{named}"] if self.on_closed else [])]
        if self.business_hours:
            words.append(f"within {self.business_hours.start:%H:%M}–{self.business_hours.until:%H:%M}")
        words += [blackout.words() for blackout in self.blackouts]
        words += [f"from {self.starts}"] if self.starts else []
        words += [f"until {self.ends}"] if self.ends else []
        if self.jitter:
            words.append(f"put off by {in_words(self.jitter)}")
        return ", ".join((*words, self.timezone))

    def bare(self) -> Recurrence:
        """Return the same without what moves fires or leaves them out: the calendar, business hours, blackouts."""
        fields = {name: getattr(self, name) for name in Recurrence.model_fields}  # not what is cached from them
        return Recurrence.model_construct(**{**fields, "on_closed": None, "business_hours": None, "blackouts": ()})

    def endless(self) -> Recurrence:
        """Return the same without a first and a last day."""
        fields = {name: getattr(self, name) for name in Recurrence.model_fields}
        return Recurrence.model_construct(**{**fields, "starts": None, "ends": None})

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def rules(self) -> Rules:
        """What the frequency counts by."""
        return Rules(self.calendar, Units(self.week_starts, self.fiscal))

    @property
    def _put_off(self) -> dt.timedelta:
        return self.jitter or dt.timedelta(0)

    @cached_property
    def _life(self) -> tuple[dt.date, dt.date]:
        """The first and the last day on which it may fire."""
        return max(self.starts or FIRST_DAY, FIRST_DAY), min(self.ends or LAST_DAY, LAST_DAY)

    @cached_property
    def _end(self) -> dt.datetime:
        """The first moment after all fires."""
        return instant(_midnight(self._life[1] + _ONE_DAY), self.zone) + self._put_off

    @cached_property
    def _waits(self) -> tuple[Blackout, ...]:
        """The blackouts whose end fires wait for."""
        return tuple(blackout for blackout in self.blackouts if blackout.then == "after")

    def _earliest(self, first: dt.datetime) -> dt.datetime:
        """Return the earliest wall time of what fires at `first` or later."""
        end = first - self._put_off
        moments = (end - _MOMENT, end)  # where clocks go forward just then, or back
        wall = min(moment.astimezone(self.zone).replace(tzinfo=None) for moment in moments)
        return max(wall, _midnight(self._life[0]))

    def _first_source(self, wall: dt.datetime) -> dt.date:
        """Return a day so early that whatever fires at `wall` or later was meant for it or a later one."""
        day, back = wall.date(), 1
        while day > FIRST_DAY and not self._free_before(day, wall):
            day -= dt.timedelta(days=back)
            back *= 2
        goal = day
        while day > FIRST_DAY and not self._open_before(day, goal):
            day -= _ONE_DAY
        return max(day, FIRST_DAY)

    def _free_before(self, day: dt.date, wall: dt.datetime) -> bool:
        """Return whether nothing meant for `day` or earlier waits until `wall`: none overtakes another on its way."""
        if not self.business_hours and not self._waits:
            return True
        free = self._freed(_midnight(day), self._waits)
        return free is not None and free < wall

    def _open_before(self, day: dt.date, goal: dt.date) -> bool:
        """Return whether the calendar puts nothing meant for a day before `day` off to `goal`."""
        if self.on_closed != "next":
            return True
        latest = self._goal(self._target(day - _ONE_DAY), dt.time.max)
        return latest is None or latest.date() < goal

    def _last_source(self, last: dt.datetime | None) -> dt.date:
        """Return a day so late that whatever fires at `last` or earlier was meant for it or an earlier one."""
        day = self._life[1] if last is None else min(self._life[1], last.astimezone(self.zone).date())
        if self.on_closed == "previous":
            day = self.calendar.roll(day + _ONE_DAY, "next") or LAST_DAY
        return min(day, LAST_DAY)

    def _fires(self, earliest: dt.datetime, last: dt.date) -> Iterator[Fire]:
        """Yield every fire from the wall time `earliest` on, meant for `last` or earlier; one for each instant."""
        return one_for_each_instant(self._moved(earliest, last)) if self._moves else self._unmoved(earliest, last)

    def _moved(self, earliest: dt.datetime, last: dt.date) -> Iterator[Fire]:
        if self._has_room:
            for wall, meant in self._walls(self._first_source(earliest), last):
                if fire := self._fire(wall, meant):
                    yield fire

    def _unmoved(self, earliest: dt.datetime, last: dt.date) -> Iterator[Fire]:
        """Yield the same where only the calendar moves fires: quickly, and without a look at the next one."""
        latest: Fire | None = None
        for wall, meant in self._walls(self._first_source(earliest), last) if self._has_room else ():
            fire = self._fire(wall, meant) if wall >= earliest else None  # most of a day of minutes lies before
            if fire is not None and (latest is None or fire.at > latest.at):
                yield fire
                latest = fire

    def _fire(self, wall: dt.datetime, meant: dt.datetime) -> Fire | None:
        """Return what fires for `wall`; None where blackouts, business hours or the schedule's own ends prevent it."""
        moved = self._freed(wall, self.blackouts)
        if moved is None:
            return None
        at = instant(moved, self.zone)
        if self._moves and (shown := at.astimezone(self.zone).replace(tzinfo=None)) > moved:
            free = self._freed(shown, self.blackouts)  # clocks go forward, perhaps into a blackout
            if free is None:
                return None
            moved, at = (moved, at) if free == shown else (free, instant(free, self.zone))
        alive = self._life[0] <= moved.date() <= self._life[1]
        return Fire(at + self._put_off, moved, meant) if alive else None

    @cached_property
    def _has_room(self) -> bool:
        """Whether there is an open day, and a moment in a week that business hours and blackouts by the clock leave."""
        calendar, hours = self.calendar, self.business_hours
        if (self.on_closed or hours) and not any(map(calendar.is_open, days_between(*self._life))):
            return False
        weekly = [blackout for blackout in self.blackouts if isinstance(blackout.until, dt.time)]
        week = list(days_between(FIRST_DAY, FIRST_DAY + dt.timedelta(days=6)))
        begins = [blackout.until for blackout in weekly if isinstance(blackout.until, dt.time)]
        if hours:
            opened = {day.weekday() for day in calendar.opened}
            week = [day for day in week if day.weekday() in opened or day.weekday() not in calendar.weekend]
            begins = [hours.start, *(time for time in begins if hours.start <= time <= hours.until)]
        walls = [dt.datetime.combine(day, time) for day in week for time in begins]  # where free time begins, if at all
        return not weekly or any(all(blackout.moved(wall) == wall for blackout in weekly) for wall in walls)

    @property
    def _moves(self) -> bool:
        """Whether anything but the calendar moves fires."""
        return bool(self.business_hours or self.blackouts)

    def _walls(self, first: dt.date, last: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield (wall, meant) in the order of wall: the calendar's moves, those to the same moment merged."""
        waiting: dict[dt.date, dict[dt.datetime, dt.datetime]] = {}
        for day, times in self.when.days(first, last, self.rules):
            target = self._target(day)
            for ready in sorted(key for key in waiting if target is None or key < target):
                yield from sorted(waiting.pop(ready).items())
            if target is None or self._is_dark(target):
                continue
            for time in times:
                if (goal := self._goal(target, time)) is not None:
                    put(waiting.setdefault(goal.date(), {}), goal, dt.datetime.combine(day, time))
        for ready in sorted(waiting):
            yield from sorted(waiting[ready].items())

    def _is_dark(self, day: dt.date) -> bool:
        """Return whether nothing that is put on `day` happens: a quick answer for a blackout of years."""
        spans = [blackout.around(_midnight(day)) for blackout in self.blackouts if blackout.then == "skip"]
        ends = [span[1] for span in spans if span is not None and span[1].date() > day]
        latest = self._goal(day, dt.time.max) if ends else None
        if latest is not None and self.business_hours:
            latest = self.business_hours.moved(latest, self.calendar)
        return latest is not None and any(latest < end for end in ends)

    def _target(self, day: dt.date) -> dt.date | None:
        """Return the open day that stands for `day`; None where the fire is skipped."""
        if self.on_closed is None or self.calendar.is_open(day):
            return day
        return None if self.on_closed == "skip" else self.calendar.roll(day, self.on_closed)

    def _goal(self, target: dt.date | None, time: dt.time) -> dt.datetime | None:
        """Return when a fire put on `target` happens; on a half day, what comes after its close is on a closed day."""
        while self.on_closed is not None and target is not None:
            close = self.calendar.half_days.get(target)
            if close is None or time <= close:
                break
            if self.on_closed == "previous":
                return dt.datetime.combine(target, close)
            target = self.calendar.roll(target + _ONE_DAY, "next") if self.on_closed == "next" else None
        return None if target is None else dt.datetime.combine(target, time)

    def _freed(self, wall: dt.datetime, blackouts: tuple[Blackout, ...]) -> dt.datetime | None:
        """Return the first moment from `wall` on that business hours and blackouts leave free; None for a skip."""
        for _ in range(_MOST_MOVES):
            moved = self.business_hours.moved(wall, self.calendar) if self.business_hours else wall
            if moved is None:
                return None
            ends = [end for blackout in blackouts if (end := blackout.moved(moved)) is not None]
            if len(ends) < len(blackouts):
                return None
            free = max(ends, default=moved)
            if free == wall:
                return wall
            wall = free
        return None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0))
