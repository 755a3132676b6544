"""The ledger: it can be written, and has a version that we know."""

from __future__ import annotations

from collections.abc import Iterator

from scheduled_reports import settings
from scheduled_reports.ledger.probe import probe
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import Scope


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the ledger, which all reports need."""
    yield Thing("ledger", "", "", scope.ids, "the ledger", lambda: _look(scope))


def _look(scope: Scope) -> Sight:
    return Sight(probe(settings.ledger_conn_id(), scope.connect, settings.airflow_home() / "scheduled_reports"))
