"""All kinds of things that reports need."""

from __future__ import annotations

from scheduled_reports.live import (
    approvers,
    archive,
    conditions,
    connections,
    destinations,
    ledger,
    owner_mail,
    pools,
    sources,
    variables,
)
from scheduled_reports.live.base import Thing
from scheduled_reports.live.scope import Scope

HOURLY = (connections, sources, destinations, archive)
"""What can fail from one hour to the next, and can be asked without writing to anybody."""

ALL = (*HOURLY, conditions, ledger, owner_mail, pools, variables, approvers)


def things_in(scope: Scope) -> list[Thing]:
    """Return what the reports of a scope need."""
    kinds = ALL if scope.thorough else HOURLY
    return [thing for kind in kinds for thing in kind.things(scope)]
