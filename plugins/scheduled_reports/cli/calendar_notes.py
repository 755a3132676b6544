"""What `reports calendar` says below its list: conflicts, and what the calendars did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, groupby

from scheduled_reports.cli.airflow_pools import stored_pools
from scheduled_reports.cli.calendar_fires import Days, Due, Planned, time_of
from scheduled_reports.schedule.conflicts import Span, same_periods, together
from scheduled_reports.schedule.names import listed
from scheduled_reports.schedule.pools import DEFAULT_POOL, DEFAULT_SLOTS, Overload, Use, overloads
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.warnings import placed

SHORTEST = dt.timedelta(minutes=5)
"""How long a run is taken to last whose schedule does not say what is `expected`."""

_MOST_NAMES = 6
_MOST_DAYS = 10


def pool_warnings(plans: Sequence[Planned], dues: Sequence[Due], slots: int | None) -> list[str]:
    """Return a line for each pool that does not exist, and for each set of runs that is too large for its pool.

    Args:
        plans: The schedules.
        dues: Their fires.
        slots: What every pool has; None: what Airflow's database says, or its default where that cannot be read.
    """
    uses = [_use(due) for due in dues]
    pools = {use.pool for use in uses} | {plan.schedule.pool for plan in plans if plan.schedule.pool}
    if slots is not None:
        return _too_many(overloads(uses, dict.fromkeys(pools, slots)), dues)
    if pools <= {DEFAULT_POOL} and not overloads(uses, {DEFAULT_POOL: 1}):
        return []  # nothing to ask Airflow for, whose import takes a second
    stored = stored_pools()
    unknown = [] if stored is None else [str(problem) for problem in _unknown_pools(plans, stored)]
    return unknown + _too_many(overloads(uses, stored or {DEFAULT_POOL: DEFAULT_SLOTS}), dues)


def _use(due: Due) -> Use:
    schedule = due.plan.schedule
    return Use(
        due.fire.at, due.fire.at + (schedule.expected or SHORTEST), due.plan.label, schedule.pool or DEFAULT_POOL
    )


def _unknown_pools(plans: Sequence[Planned], stored: Mapping[str, int]) -> Iterator[Problem]:
    for plan in plans:
        if plan.schedule.pool and plan.schedule.pool not in stored:
            index = plan.report.spec.schedules.index(plan.schedule)
            what = f"pool {plan.schedule.pool} does not exist in this Airflow: its runs would wait for ever"
            hint = f"{did_you_mean(plan.schedule.pool, stored)}; add it: airflow pools set {plan.schedule.pool} 8 ''"
            yield from placed(plan.report, [(("schedules", index, "pool"), what, hint)])


def _too_many(found: list[Overload], dues: Sequence[Due]) -> list[str]:
    """Return a line for each pool and set of runs, however often it comes."""
    zones = {due.plan.label: due.plan.timing.frame.zone for due in dues}
    lines = []
    ordered = sorted(found, key=lambda overload: (overload.pool, overload.names, overload.start))
    for (pool, names), group in groupby(ordered, key=lambda overload: (overload.pool, overload.names)):
        first, *others = group
        own = {zones[name] for name in names}
        start = first.start.astimezone(own.pop() if len(own) == 1 else dt.UTC)
        often = f", and on {len(others)} more occasions" if others else ""
        shown = [*names[:_MOST_NAMES], *([f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else [])]
        lines.append(
            f"warning: {len(names)} runs are under way at once in the pool {pool}, which has {first.slots} "
            f"slot{'s' if first.slots != 1 else ''}: {start:%A} {start.day} {start:%B %Y}, {time_of(start)} {start:%Z}"
            f"{often}: {listed(shown)}; give some another time or 'jitter', or the pool more slots"
        )
    return lines


def facts(plans: Sequence[Planned], dues: Sequence[Due], days: Days) -> Iterator[str]:
    """Yield what is worth knowing and no warning: days left out, schedules that go together, or that have no time."""
    by_id = {dag_id: list(group) for dag_id, group in groupby(sorted(dues, key=_dag_id), key=_dag_id)}
    for plan in plans:
        own = by_id.get(plan.dag_id, [])
        if moved := sum(due.fire.moved for due in own):
            yield f"{plan.label}: {moved} of {len(own)} fires moved; the list says from where"
        if skipped := _skipped(plan, own, days):
            shown = [f"{day:%a} {day.day} {day:%b}" for day in skipped[:_MOST_DAYS]]
            more = [f"{len(skipped) - _MOST_DAYS} more days"] if len(skipped) > _MOST_DAYS else []
            yield f"{plan.label}: left out on {listed(shown + more)}"
        if plan.timing.recurrence is None:
            yield f"{plan.label}: no time of its own, it runs {plan.report.when(plan.schedule)}"
    yield from _in_step(plans, days)


def _dag_id(due: Due) -> str:
    return due.plan.dag_id


def _skipped(plan: Planned, dues: Sequence[Due], days: Days) -> list[dt.date]:
    """Return the days that its calendar or a blackout took a fire from; weekends go without saying."""
    recurrence = plan.timing.recurrence
    if recurrence is None or (recurrence.on_closed is None and not recurrence.blackouts):
        return []
    bare = recurrence.bare()
    meant = {fire.wall.date() for fire in bare.between(*days.within(plan.timing))}
    kept = {day.date() for due in dues for day in (due.fire.wall, due.fire.meant)}
    weekend = recurrence.calendar.weekend
    return [day for day in sorted(meant - kept) if day.weekday() not in weekend and not _moves(recurrence, day)]


def _moves(recurrence: Recurrence, day: dt.date) -> bool:
    """Return whether fires of `day` move to another, which may lie outside the days shown."""
    if recurrence.on_closed in {"previous", "next"} and not recurrence.calendar.is_open(day):
        return True
    return any(blackout.then == "after" for blackout in recurrence.blackouts)


def _in_step(plans: Sequence[Planned], days: Days) -> Iterator[str]:
    span = Span(days.now, dt.datetime.combine(days.last, dt.time.max, dt.UTC))
    for _, group in groupby(plans, key=lambda plan: plan.report.id):
        for one, other in combinations(group, 2):
            fires = together(one.timing, other.timing, span)
            if fires and not same_periods(one.timing, other.timing, fires):
                yield f"{one.label} and {other.label} always fire together; they cover different periods"
