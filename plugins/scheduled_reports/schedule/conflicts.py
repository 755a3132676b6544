"""What is allowed in a report's schedules, and probably not meant. Pure: the caller says what time it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, zip_longest

from scheduled_reports.schedule.clock import in_words
from scheduled_reports.schedule.clock_changes import changed_fires
from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.frequencies import Frequency
from scheduled_reports.schedule.frequencies.cron import Cron, cron_line
from scheduled_reports.schedule.frequencies.monthly import Monthly, Yearly
from scheduled_reports.schedule.names import ordinal
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.units import Units
from scheduled_reports.spec.marks import Finding, Loc

Schedules = Sequence[tuple[Schedule, Timing]]
"""The schedules of one report, in the order of its spec, and when each fires."""

CALENDAR_NOTICE = dt.timedelta(days=60)
"""How long before a calendar's sources end that is said."""

_ONE_DAY, _NOTHING = dt.timedelta(days=1), dt.timedelta(0)
_LEAST_FIRES = 3
_FIRES_LOOKED_AT = 60
_COMMON_YEAR = 2027


@dataclass(frozen=True)
class Span:
    """The time that is looked at.

    Attributes:
        first: Its beginning, aware.
        last: Its end, aware.
    """

    first: dt.datetime
    last: dt.datetime


def findings(schedules: Schedules, ready_at: Mapping[str, dt.time], span: Span) -> Iterator[Finding]:
    """Yield what is odd about the schedules of one report.

    Args:
        schedules: All of them.
        ready_at: From when on, wall time, each source that says so holds the day before.
        span: What counts as the near future.
    """
    for index, (schedule, timing) in enumerate(schedules):
        loc: Loc = ("schedules", index)
        yield from _missing_days(schedule.frequency, loc)
        if timing.recurrence is None:
            continue
        if timing.recurrence.after(span.first) is None:
            yield _never_again(schedule, timing.recurrence, span, loc)
            continue
        yield from _clock_changes(timing.recurrence, span, loc)
        yield from _too_early(timing, ready_at, span, loc)
        yield from _too_long(schedule, timing.recurrence, span, loc)
        yield from _same_period_twice(timing, timing.recurrence, span, loc)
    yield from _same_reports(schedules, span)


def ending_calendar(timing: Timing, span: Span) -> str | None:
    """Return what to say of a calendar that ends before the schedule does, and soon; None of any other."""
    recurrence = timing.recurrence
    if recurrence is None or (until := recurrence.calendar.known_until) is None:
        return None
    if until >= (span.last + CALENDAR_NOTICE).date() or (recurrence.ends is not None and recurrence.ends <= until):
        return None
    return f"calendar {recurrence.calendar.name} lists nothing after {until}"


def together(one: Timing, other: Timing, span: Span) -> list[Fire]:
    """Return the first fires of two schedules that always fire together: in the span, and 3 times at least; else none.

    What `jitter` makes of them does not count.
    """
    if one.recurrence is None or other.recurrence is None:
        return []
    found: list[Fire] = []
    pairs = zip_longest(one.recurrence.between(span.first), other.recurrence.between(span.first))
    for fire, twin in pairs:
        if fire is None or twin is None or _due(fire, one) != _due(twin, other):
            return []
        found.append(fire)
        if len(found) >= _LEAST_FIRES and fire.at > span.last:
            break
    return found[:_LEAST_FIRES] if len(found) >= _LEAST_FIRES else []


def same_periods(one: Timing, other: Timing, fires: Sequence[Fire]) -> bool:
    """Return whether two schedules that fire together also cover the same."""
    periods = [[timing.period(_due(fire, one) + _jitter(timing)) for fire in fires] for timing in (one, other)]
    return [(period.start, period.end) for period in periods[0]] == [
        (period.start, period.end) for period in periods[1]
    ]


def _due(fire: Fire, timing: Timing) -> dt.datetime:
    return fire.at - _jitter(timing)


def _jitter(timing: Timing) -> dt.timedelta:
    return (timing.recurrence.jitter if timing.recurrence else None) or _NOTHING


def _same_reports(schedules: Schedules, span: Span) -> Iterator[Finding]:
    for index, (_, timing) in enumerate(schedules):
        for other, its in schedules[:index]:
            fires = together(its, timing, span)
            if fires and same_periods(its, timing, fires):
                what = f"always fires together with {other.id!r} and covers the same period: readers get it twice"
                yield ("schedules", index), what, "delete one of the two, or let it cover another period"
                break


def _never_again(schedule: Schedule, recurrence: Recurrence, span: Span, loc: Loc) -> Finding:
    before = recurrence.until(span.first)
    last = f": its last fire was {before[-1].wall:%Y-%m-%d %H:%M}" if before else ""
    key = "ends" if schedule.ends and schedule.ends < span.first.date() else "when"
    return (*loc, key), f"never fires again{last}", "give it later days, or delete the schedule"


def _clock_changes(recurrence: Recurrence, span: Span, loc: Loc) -> Iterator[Finding]:
    zone, first = recurrence.zone, span.first.date()
    for fire, change in changed_fires(recurrence, first, first + 365 * _ONE_DAY):
        local = (fire.at - (recurrence.jitter or _NOTHING)).astimezone(zone)
        where = f"on {fire.wall:%Y-%m-%d} in {zone.key}"
        hour = "–".join(f"{wall:%H:%M}" for wall in change.walls)
        if change.skips:
            what = f"{fire.wall:%H:%M} does not exist {where}: it fires at {local:%H:%M}"
        else:
            what = f"{fire.wall:%H:%M} comes twice {where}: it fires the first time, {local:%H:%M %Z}"
        yield (*loc, "when"), what, f"choose a time outside {hour} if that matters"


def _too_early(timing: Timing, ready_at: Mapping[str, dt.time], span: Span, loc: Loc) -> Iterator[Finding]:
    if not ready_at or timing.recurrence is None:
        return
    fires = list(islice(timing.recurrence.between(span.first), _FIRES_LOOKED_AT))
    for source, ready in ready_at.items():
        if early := next((fire for fire in fires if _is_early(fire, timing, ready)), None):
            local = early.at.astimezone(timing.recurrence.zone)
            what = f"runs at {local:%H:%M}, and the source {source!r} holds the day before only from {ready:%H:%M} on"
            hint = f"run it at {ready:%H:%M} or later, or let it cover an earlier period"
            yield (*loc, "when"), what, hint


def _is_early(fire: Fire, timing: Timing, ready: dt.time) -> bool:
    local = fire.at.astimezone(timing.frame.zone)
    return local.time() < ready and timing.period_of_fire(fire).last_day >= local.date() - _ONE_DAY


def _too_long(schedule: Schedule, recurrence: Recurrence, span: Span, loc: Loc) -> Iterator[Finding]:
    """Yield that runs last until after the next are due: those that wait for longer than the grace never happen."""
    fires = [fire.at for fire in islice(recurrence.between(span.first), _FIRES_LOOKED_AT)]
    gaps = [after - fire for fire, after in pairwise(fires)]
    if schedule.expected is None or not gaps or schedule.expected <= min(gaps) * schedule.max_runs:
        return
    what = (
        f"a run is expected to take {in_words(schedule.expected)}, and the next one is due {in_words(min(gaps))} later"
    )
    late = f": a fire that waits for more than {in_words(schedule.grace)} does not happen" if schedule.tolerance else ""
    yield (*loc, "expected"), f"{what}{late}", "let it run less often, or raise 'max_runs'"


def _same_period_twice(timing: Timing, recurrence: Recurrence, span: Span, loc: Loc) -> Iterator[Finding]:
    """Yield the first two fires in a row that cover the same: the second one finds that everybody has it."""
    if not timing.covers.units:
        return  # it ends with the run
    fires = list(islice(recurrence.between(span.first), _FIRES_LOOKED_AT))
    periods = [timing.period_of_fire(fire) for fire in fires]
    for index, (before, period) in enumerate(pairwise(periods)):
        if (before.start, before.end) == (period.start, period.end):
            dues = [f"{fire.wall:%Y-%m-%d %H:%M}" for fire in fires[index : index + 2]]
            what = f"the runs due {dues[0]} and {dues[1]} both cover {period.label}: the second one sends nothing"
            moved = "; on_closed: next lets each cover its own" if recurrence.on_closed == "previous" else ""
            yield (
                (*loc, "covers"),
                what,
                f"let it cover today, since_last_fire or last n hours, or run less often{moved}",
            )
            return


def _missing_days(frequency: Frequency | None, loc: Loc) -> Iterator[Finding]:
    """Yield the 29th, 30th and 31st where a month that is named lacks it."""
    for key, number, months in _days_of_months(frequency):
        lacking = [month for month in months if _length(month) < number]
        if number >= 29 and lacking:
            of = "" if len(months) == 12 else f" of the {len(months)} that it names"
            what = f"the {ordinal(number)} exists in {len(months) - len(lacking)} months{of}"
            if number == 29:
                what = "the 29th exists in February only in leap years"
            last = "'L' in its place" if isinstance(frequency, Cron) else "'on: last'"
            yield (*loc, *key), what, f"write {last} for the last day of each month"


def _days_of_months(frequency: Frequency | None) -> Iterator[tuple[Loc, int, list[int]]]:
    """Yield (key, day of the month, months) of each day that stands by its number; of cron lines, where it is alone."""
    if isinstance(frequency, Monthly | Yearly):
        spans = frequency.spans(dt.date(_COMMON_YEAR, 1, 1), dt.date(_COMMON_YEAR, 12, 31), Units())
        months = [first.month for first, _ in spans]
        yield from ((("when", "on"), day.nth, months) for day in frequency.on if day.kind == "day")
    elif isinstance(frequency, Cron):
        for line in map(cron_line, frequency.cron):
            if len(line.month_days) == 1 and not (line.last_day or line.weekdays or line.places):
                yield ("when",), min(line.month_days), sorted(line.months or range(1, 13))


def _length(month: int) -> int:
    return (dt.date(_COMMON_YEAR + month // 12, month % 12 + 1, 1) - _ONE_DAY).day
