"""Which deliveries a run owes."""

from __future__ import annotations

from scheduled_reports.ledger import DeliveryEntry, Ledger, Planned
from scheduled_reports.run import Run


def planned(run: Run) -> list[Planned]:
    """Return one delivery for each recipient of each destination in the spec."""
    return [
        Planned(channel.key, channel.kind, recipient)
        for channel in run.report.spec.deliver
        for recipient in channel.recipients(run.words)
    ]


def owed(run: Run, ledger: Ledger) -> list[DeliveryEntry]:
    """Return what the ledger says of the deliveries that the spec asks for now."""
    wanted = {(item.destination, item.recipient) for item in planned(run)}
    return [entry for entry in ledger.deliveries(run) if (entry.destination, entry.recipient) in wanted]
