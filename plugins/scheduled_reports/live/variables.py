"""Each Airflow Variable that a condition reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from scheduled_reports.errors import SettingError
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import Scope


def things(scope: Scope) -> Iterator[Thing]:
    """Yield each Variable once."""
    needed: dict[str, list[str]] = defaultdict(list)
    for report in scope.reports:
        named = (getattr(condition, "variable", None) for _, condition in report.spec.run_when.conditions())
        for key in dict.fromkeys(filter(None, named)):
            needed[key].append(report.id)
    for key, reports in sorted(needed.items()):
        yield Thing("variable", key, "", tuple(reports), "Airflow's Variables", partial(_look, scope, key))


def _look(scope: Scope, key: str) -> Sight:
    if scope.airflow.variable(key) is None:
        raise SettingError(f"there is no Airflow Variable {key!r}", fix=f"add it: airflow variables set {key} …")
    return Sight("is there")
