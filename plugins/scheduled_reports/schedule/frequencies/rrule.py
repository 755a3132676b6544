"""Recurrence rules (RFC 5545): for all that the other frequencies cannot say."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from scheduled_reports.model import OneOrMany
from scheduled_reports.schedule.calendar import LAST_DAY
from scheduled_reports.schedule.frequencies.base import At, Frequency, Rules, Times
from scheduled_reports.schedule.moments import Moment, as_written
from scheduled_reports.schedule.names import listed
from scheduled_reports.schedule.rrules.rule import Rule, rule_of
from scheduled_reports.schedule.rrules.series import Named, Series
from scheduled_reports.schedule.rrules.words import series_words

_EARLIEST = dt.date(1970, 1, 1)


def _rule_text(given: Any) -> Any:
    return rule_of(given).text if isinstance(given, str) else given


RuleText = Annotated[str, BeforeValidator(_rule_text)]
"""A recurrence rule."""

Moments = OneOrMany[Moment]


class RRule(Frequency):
    """Recurrence rules (RFC 5545): for all that the other frequencies cannot say.

    All is wall time in the schedule's zone, UNTIL too. `starting` fires where the rule names it, and not otherwise.
    """

    type: Literal["rrule"]
    rrule: OneOrMany[RuleText] = Field(
        min_length=1,
        description="One or several rules, without DTSTART: `FREQ=MONTHLY;BYDAY=-1FR`. UNTIL is wall time; where it is "
        "a day, that day is included. Weeks begin on Monday unless WKST says otherwise.",
    )
    starting: Moment = Field(
        description="From when the rules count (DTSTART): `2026-01-05T09:00`; the day alone where `at` has the times."
    )
    at: At | None = Field(
        None, description="Time or times of day, in place of BYHOUR and BYMINUTE; COUNT and BYSETPOS then count days."
    )
    skipped: Moments = Field(
        (), alias="except", description="Days, or single moments, on which it does not fire (EXDATE): `2026-12-25`."
    )
    also: Moments = Field((), description="More days, or moments, on which it fires (RDATE): `2026-07-14T12:00`.")

    @model_validator(mode="after")
    def _fires(self) -> Self:
        self._check_starting()
        for text in self.rrule:
            self._check_times(rule_of(text))
        for text, series in zip(self.rrule, self._series, strict=True):
            if next(series.days(self._first_day, LAST_DAY), None) is None:
                raise ValueError(
                    f"{text!r} never fires from {self._first_day} to {LAST_DAY}; write days that there are"
                )
        if next(self.days(min((self._first_day, *self._also)), LAST_DAY, Rules()), None) is None:
            raise ValueError("'except' leaves out every fire; write fewer days there")
        return self

    def _check_starting(self) -> None:
        if self._first_day < _EARLIEST:
            raise ValueError(f"starting {self._first_day} is too long ago; write {_EARLIEST} or later")
        if isinstance(self.starting, dt.datetime) == (self.at is not None):
            wrong = "has a time, and 'at' too" if self.at else "has no time"
            raise ValueError(
                f"starting {as_written(self.starting)} {wrong}; write 'starting: 2026-01-05T09:00', or a day and 'at'"
            )

    def _check_times(self, rule: Rule) -> None:
        if self.at and not rule.by_day_or_longer:
            raise ValueError(f"'at' does not go with FREQ={rule.every}; write the first time in 'starting'")
        if self.at and ("BYHOUR" in rule or "BYMINUTE" in rule):
            raise ValueError("'at' takes the place of BYHOUR and BYMINUTE; leave these out, or 'at'")
        if rule.until and rule.until.date() < self._first_day:
            raise ValueError(f"UNTIL={rule.until:%Y%m%d} lies before starting {self._first_day}; write a later day")

    def days(self, first: dt.date, last: dt.date, rules: Rules) -> Iterator[tuple[dt.date, Times]]:
        """Yield the days of all rules and of `also`, but for what `except` takes away."""
        extra = [(day, self._also[day]) for day in sorted(self._also) if first <= day <= last]
        found = [series.days(first, last) for series in self._series]
        for day, times in found[0] if len(found) == 1 and not extra else _merged([*found, iter(extra)]):
            gone = self._skipped.get(day)
            kept = tuple(time for time in times if gone and time not in gone) if day in self._skipped else times
            if kept:
                yield day, kept

    def words(self) -> str:
        """Return it in plain words."""
        text = "; ".join(series_words(series) for series in self._series)
        for word, moments in (("also", self.also), ("except", self.skipped)):
            if moments:
                named = [as_written(moment).replace("T", " ") for moment in moments]
                text += f", {word} on {listed(named) if len(named) < 4 else f'{len(named)} listed days'}"
        return text

    @property
    def _first_day(self) -> dt.date:
        return self.starting.date() if isinstance(self.starting, dt.datetime) else self.starting

    @cached_property
    def _series(self) -> tuple[Series, ...]:
        start = self.starting
        begin = start if isinstance(start, dt.datetime) else dt.datetime.combine(start, dt.time(0))
        return tuple(Series(rule_of(text), begin, self.at or ()) for text in self.rrule)

    @cached_property
    def _also(self) -> dict[dt.date, Times]:
        own = self.at or (self._series[0].starting.time(),)
        return _by_day(self.also, own)

    @cached_property
    def _skipped(self) -> dict[dt.date, Times]:
        """The days of `except`; without times where the whole day is left out."""
        whole = {moment for moment in self.skipped if not isinstance(moment, dt.datetime)}
        return {day: () if day in whole else times for day, times in _by_day(self.skipped, ()).items()}


def _by_day(moments: tuple[dt.date, ...], times: Times) -> dict[dt.date, Times]:
    """Return the times of each day; those of a moment that is a day alone are `times`."""
    found: dict[dt.date, set[dt.time]] = {}
    for moment in moments:
        if isinstance(moment, dt.datetime):
            found.setdefault(moment.date(), set()).add(moment.time())
        else:
            found.setdefault(moment, set()).update(times)
    return {day: tuple(sorted(group)) for day, group in found.items()}


def _merged(streams: list[Iterator[Named]]) -> Iterator[Named]:
    """Yield each day of several streams once, with all its times."""
    for day, group in groupby(heapq.merge(*streams), key=lambda named: named[0]):
        yield day, tuple(sorted({time for _, times in group for time in times}))
