"""Which earlier period a report is compared with: `previous`, `same_last_year`, `{periods_ago: 12}`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import chain, islice, takewhile
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from scheduled_reports.model import Model
from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.timing import Timing

_MOMENT = dt.timedelta(microseconds=1)
_FIRES = 400
"""How many fires after a moment are looked at for one that covers what was before it."""


class Ago(Model):
    """An earlier period, by how long ago it was."""

    periods_ago: int = Field(0, ge=0, le=1000, description="How many of the schedule's own periods ago: 12.")
    days_ago: int = Field(0, ge=0, le=1000, description="How many days before the period's last day: 7.")


WORDS = ("previous", "latest", "same", "same_last_year")
_WRITE = f"write {', '.join(WORDS)}, {{periods_ago: 12}} or {{days_ago: 7}}"


def _known(given: Any) -> Any:
    if isinstance(given, dict) and len(given) == 1:
        [(unit, count)] = given.items()
        whole = isinstance(count, int) and not isinstance(count, bool)
        if unit in Ago.model_fields and whole and 1 <= count <= 1000:
            return Ago(**{unit: count})
    if isinstance(given, Ago) or given in WORDS:
        return given
    raise ValueError(f"{given!r} is no earlier period; {_WRITE}, a number from 1 to 1000")


EarlierPeriod = Annotated[Literal["previous", "latest", "same", "same_last_year"] | Ago, BeforeValidator(_known)]
"""What a spec may write for an earlier period."""


def wanted(which: EarlierPeriod, timing: Timing, period: Period) -> Iterator[Period] | None:
    """Return the periods of a schedule that are meant by `which`, seen from `period`, the first choice first.

    Args:
        which: What the spec says.
        timing: The timing of the schedule whose runs are looked for.
        period: The period of the run that looks for them.

    Returns:
        None where only the runs that there are can say it: for `latest`, and for a schedule without a clock.

    Raises:
        ReportError: No run of the schedule covers the day that is meant.
    """
    if which == "same":
        return iter([timing.period_between(period.start, period.end)])
    if which == "same_last_year":
        return iter([timing.period_of(_year_before(period.last_day))])
    if isinstance(which, Ago) and which.days_ago:
        return iter([timing.period_of(period.last_day - dt.timedelta(days=which.days_ago))])
    if which == "latest" or timing.recurrence is None:
        return None
    before = periods_before(timing, period.start)
    return islice(before, which.periods_ago - 1, which.periods_ago) if isinstance(which, Ago) else before


def _year_before(day: dt.date) -> dt.date:
    """Return the same date a year before; of 29 February, the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def periods_before(timing: Timing, moment: dt.datetime) -> Iterator[Period]:
    """Yield the periods that runs of a schedule cover by its clock, newest first, which end at or before `moment`.

    None where it has no clock. A fire may come long after the period that it covers: on the 5th for the month before.
    """
    if timing.recurrence is None:
        return
    after = (timing.period_of_fire(fire) for fire in islice(timing.recurrence.between(moment), _FIRES))
    latest = list(takewhile(lambda period: period.end <= moment, after))
    earlier = (timing.period_of_fire(fire) for fire in _fires_before(timing.recurrence, moment))
    yield from _distinct(period for period in chain(reversed(latest), earlier) if period.end <= moment)


def _fires_before(recurrence: Recurrence, moment: dt.datetime) -> Iterator[Fire]:
    """Yield the fires before `moment`, newest first."""
    asked, given = 16, 0
    while True:
        fires = recurrence.until(moment - _MOMENT, asked)
        yield from reversed(fires[: len(fires) - given])
        if len(fires) < asked:
            return
        asked, given = asked * 4, len(fires)


def _distinct(periods: Iterable[Period]) -> Iterator[Period]:
    """Yield periods without those that are the same as the one before: several runs may cover one day."""
    last: Period | None = None
    for period in periods:
        if last is None or (period.start, period.end) != (last.start, last.end):
            yield period
        last = period
