"""Looks at what a spec needs, as `reports check --live` and the DAG `reports_health` do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from scheduled_reports.connections import airflow_connection
from scheduled_reports.facts.base import AirflowFacts, NoAirflow
from scheduled_reports.live.base import LIMIT, Seen, State
from scheduled_reports.live.kinds import things_in
from scheduled_reports.live.look import look_at_all
from scheduled_reports.live.scope import Scope
from scheduled_reports.spec.load import Report, load_all

NOW = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)


def scope_of(
    folder: Path, *, thorough: bool = True, pools: Mapping[str, int] | None = None, airflow: AirflowFacts | None = None
) -> Scope:
    """Return the scope of all specs in `folder`, which are valid."""
    reports, broken = load_all(folder / "report_specs", folder / "include")
    assert not broken, [str(problem) for report in broken for problem in report.problems]
    return Scope(tuple(reports), airflow_connection, airflow or NoAirflow(), pools, NOW, thorough)


def reports_in(folder: Path) -> list[Report]:
    """Return the reports in `folder`."""
    return list(scope_of(folder).reports)


def looked(scope: Scope, limit: dt.timedelta = LIMIT) -> dict[str, Seen]:
    """Look at everything; return what was seen by its title."""
    return {seen.thing.title: seen for seen in look_at_all(things_in(scope), lambda *_: None, limit)}


def failure(found: Mapping[str, Seen], title: str) -> Seen:
    """Return what was seen of one thing, which cannot be used; it says what to do."""
    assert found[title].state is State.FAILED, found[title]
    assert found[title].fix
    return found[title]
