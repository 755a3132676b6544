"""Which deliveries a run owes."""

from __future__ import annotations

from scheduled_reports.ledger import DeliveryEntry, Ledger, Planned
from scheduled_reports.run import Run


def planned(run: Run, destination: str | None = None) -> list[Planned]:
    """Return one delivery for each recipient of each destination in the spec, or of the one named.

    A run that is for the archive only has none.
    """
    if not run.send:
        return []
    return [
        Planned(channel.key, channel.kind, recipient, channel.identity(recipient))
        for channel in run.report.spec.deliver
        if destination in {None, channel.key}
        for recipient in channel.recipients(run.words)
    ]


def owed(run: Run, ledger: Ledger, destination: str | None = None) -> list[DeliveryEntry]:
    """Return the ledger's entry of each delivery that the spec asks for now, of one destination or of all."""
    return ledger.owed(run, planned(run, destination))
