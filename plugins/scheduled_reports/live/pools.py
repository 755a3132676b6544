"""Each pool that a schedule names: Airflow never runs a task of a pool that is not there, and only logs that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from scheduled_reports.errors import SettingError
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import Scope
from scheduled_reports.spec.problems import did_you_mean


def things(scope: Scope) -> Iterator[Thing]:
    """Yield each pool once."""
    needed: dict[str, list[str]] = defaultdict(list)
    for report in scope.reports:
        for pool in dict.fromkeys(schedule.pool for schedule in report.spec.schedules if schedule.pool):
            needed[pool].append(report.id)
    for pool, reports in sorted(needed.items()):
        yield Thing("pool", pool, "", tuple(reports), "Airflow's pools", partial(_look, scope, pool))


def _look(scope: Scope, pool: str) -> Sight:
    if scope.pools is None:
        return Sight("Airflow's database cannot be read here, so nobody can tell", sure=False)
    if pool not in scope.pools:
        why = did_you_mean(pool, scope.pools) or "its tasks would never run"
        raise SettingError(f"Airflow has no pool {pool!r}", why=why, fix=f"airflow pools set {pool} 4 reports")
    slots = scope.pools[pool]
    return Sight("without a limit" if slots < 0 else f"{slots} slots")
