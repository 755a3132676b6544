"""What moves a fire away from its time: blackouts and business hours."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from scheduled_reports.model import Model, OneOrMany
from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.clock import TimeOfDay
from scheduled_reports.schedule.moments import WallTime, as_written
from scheduled_reports.schedule.names import WEEKDAYS, Weekday, listed

_ONE_DAY = dt.timedelta(days=1)
_LONGEST = dt.timedelta(days=366)


class BusinessHours(Model):
    """The hours of an open day; a fire outside them moves to the next moment inside."""

    start: TimeOfDay = Field(alias="from", description="When they begin: `09:00`.")
    until: TimeOfDay = Field(description="When they end: `17:30`; a fire at this very minute is still inside.")

    @model_validator(mode="after")
    def _until_lies_after_from(self) -> Self:
        if self.until <= self.start:
            raise ValueError(f"until {self.until:%H:%M} is not after from {self.start:%H:%M}; write a later time")
        return self

    def moved(self, wall: dt.datetime, calendar: Calendar) -> dt.datetime | None:
        """Return `wall`, or the next moment inside; None where the calendar has no such day for a year."""
        day = self._day_with_hours(wall.date(), calendar)
        if day == wall.date() and wall.time() > self._close(day, calendar):
            day = self._day_with_hours(day + _ONE_DAY, calendar)
        if day is None:
            return None
        return wall if day == wall.date() and wall.time() >= self.start else dt.datetime.combine(day, self.start)

    def _day_with_hours(self, day: dt.date, calendar: Calendar) -> dt.date | None:
        """Return the first day from `day` on that is open, and not a half day that closes before hours begin."""
        found = calendar.roll(day, "next")
        while found and self._close(found, calendar) < self.start and found - day < _LONGEST:
            found = calendar.roll(found + _ONE_DAY, "next")
        return found if found and self._close(found, calendar) >= self.start else None

    def _close(self, day: dt.date, calendar: Calendar) -> dt.time:
        return min(self.until, calendar.half_days.get(day, self.until))


def _edge(given: Any) -> Any:
    """Read a time of day, or a day and time, with one error for what is neither."""
    if isinstance(given, dt.time | dt.datetime):
        return given
    for kind in (_TIME, _WALL_TIME):
        with suppress(ValidationError):
            return kind.validate_python(given)
    raise ValueError(f"{given!r} is not where a blackout can begin or end; write 22:00 or 2026-12-24T12:00")


def _edge_as_written(edge: dt.datetime | dt.time) -> str:
    return f"{edge:%H:%M}" if isinstance(edge, dt.time) else as_written(edge)


_TIME, _WALL_TIME = TypeAdapter(TimeOfDay), TypeAdapter(WallTime)
_Edge = Annotated[
    dt.datetime | dt.time,
    BeforeValidator(_edge),
    PlainSerializer(_edge_as_written, when_used="json"),
    WithJsonSchema({"anyOf": [_TIME.json_schema(), _WALL_TIME.json_schema()]}),
]


class Blackout(Model):
    """A span in which nothing runs: once (`from` and `until` with dates), or on weekdays by the clock."""

    start: _Edge = Field(alias="from", description="Where it begins: `2026-12-24T12:00` or `22:00`.")
    until: _Edge = Field(description="Its end, at which reports run again; a time before `from` is on the next day.")
    on: OneOrMany[Weekday] = Field(
        (), description="The weekdays on which it begins, where it is by the clock; every day unless given."
    )
    then: Literal["skip", "after"] = Field(
        "skip", description="What a fire in it does: not happen, or wait for its end."
    )

    @model_validator(mode="after")
    def _both_ends_are_of_one_kind(self) -> Self:
        if isinstance(self.start, dt.datetime) != isinstance(self.until, dt.datetime):
            raise ValueError("from and until must both be times of day, or both dates with times; write two of a kind")
        if isinstance(self.start, dt.datetime) and isinstance(self.until, dt.datetime):
            if self.on:
                raise ValueError("'on' is for blackouts by the clock; leave it out, or write times of day")
            if self.until <= self.start:
                raise ValueError(
                    f"until {as_written(self.until)} is not after from {as_written(self.start)}; write a later moment"
                )
        elif self.start == self.until:
            raise ValueError("from and until are the same time: nothing would ever run; write another end")
        return self

    def words(self) -> str:
        """Return it in plain words: `not on Sunday 22:00–02:00`, `not from 2026-12-24 12:00 to 2026-12-27 06:00`."""
        if isinstance(self.start, dt.datetime):
            return f"not from {self.start:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}"
        days = f"on {listed([WEEKDAYS[number].capitalize() for number in sorted(set(self.on))])} " if self.on else ""
        return f"not {days}{self.start:%H:%M}–{self.until:%H:%M}"

    def around(self, wall: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
        """Return the (start, end) of the blackout that `wall` lies in, its end included; None where it is in none."""
        if isinstance(self.start, dt.datetime) and isinstance(self.until, dt.datetime):
            return (self.start, self.until) if self.start <= wall <= self.until else None
        for day in (wall.date(), wall.date() - _ONE_DAY):
            if self.on and day.weekday() not in self.on:
                continue
            start = dt.datetime.combine(day, self.start)  # type: ignore[arg-type]
            end = dt.datetime.combine(day, self.until)  # type: ignore[arg-type]
            end += _ONE_DAY if end <= start else dt.timedelta(0)
            if start <= wall <= end:
                return start, end
        return None

    def moved(self, wall: dt.datetime) -> dt.datetime | None:
        """Return `wall`, or the blackout's end; None where the fire is to be skipped."""
        found = self.around(wall)
        if found is None or wall == found[1]:
            return wall
        return found[1] if self.then == "after" else None
