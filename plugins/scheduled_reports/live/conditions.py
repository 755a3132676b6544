"""Each condition that asks a database: its query may be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from scheduled_reports.live.base import PATIENCE, Sight, Thing
from scheduled_reports.live.scope import Scope
from scheduled_reports.spec.load import Report
from scheduled_reports.spec.sql import binds_in


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the conditions with a connection and a query."""
    for report in scope.reports:
        for loc, condition in report.spec.run_when.conditions():
            conn_id, sql = getattr(condition, "connection", None), getattr(condition, "sql", None)
            if conn_id and sql:
                name, look = ".".join(map(str, loc)), partial(_look, scope, report, condition)
                yield Thing("condition", name, report.id, (report.id,), conn_id, look)


def _look(scope: Scope, report: Report, condition: Any) -> Sight:
    from scheduled_reports.databases import Asked, database_of
    from scheduled_reports.databases.probe import columns_of

    zone = getattr(condition, "timezone", "UTC")
    every = scope.run_of(report).binds(zone)
    values = {name: every[name] for name, _ in binds_in(condition.sql)}
    asked = Asked(condition.sql, values, zone, f"the query of a condition (connection {condition.connection!r})")
    names = columns_of(database_of(scope.connect, condition.connection), asked, PATIENCE)
    return Sight(f"its query may be read: {', '.join(names)}")
