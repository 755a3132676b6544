"""Each destination: it would take what a report delivers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scheduled_reports.channels import Channel
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import CANNOT_TELL, HERE, Scope
from scheduled_reports.spec.load import Report


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the destinations of every report."""
    for report in scope.reports:
        for channel in report.spec.deliver:
            place = next(iter(channel.connection_ids()), HERE)
            look = partial(_look, scope, report, channel)
            yield Thing("destination", channel.key, report.id, (report.id,), place, look)


def _look(scope: Scope, report: Report, channel: Channel) -> Sight:
    words = channel.probe(scope.connect, scope.run_of(report).audience, thorough=scope.thorough)
    return Sight(words) if words is not None else CANNOT_TELL
