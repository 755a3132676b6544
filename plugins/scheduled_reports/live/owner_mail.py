"""The mail server by which owners are told of failures: it takes mail for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scheduled_reports import settings
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import Scope
from scheduled_reports.mail import mail_server, rehearsed


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the one way by which all owners are told."""
    conn_id = settings.owner_mail_conn_id()
    yield Thing("owner mail", conn_id, "", scope.ids, conn_id, partial(_look, scope, conn_id))


def _look(scope: Scope, conn_id: str) -> Sight:
    owners = tuple(dict.fromkeys(report.spec.owner for report in scope.reports))
    with mail_server(scope.connect, conn_id) as server:
        return Sight(rehearsed(server, server.sender.addr_spec, owners))
