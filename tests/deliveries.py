"""Deliveries for tests of the ledger, whichever database it is in."""

from __future__ import annotations

from runs import NOW
from scheduled_reports.ledger import ClaimOutcome, DeliveryEntry, DeliveryState, Ledger, Planned
from scheduled_reports.run import Run

ANN, BEN = (Planned("email", "email", address, address) for address in ("ann@x.example", "ben@x.example"))


def begin(ledger: Ledger, run: Run, planned: list[Planned]) -> list[DeliveryEntry]:
    """Begin a run in the ledger and return what it owes."""
    ledger.begin(run, planned, NOW)
    return ledger.owed(run, planned)


def deliver(ledger: Ledger, entry_id: str) -> None:
    """Claim a delivery and note its receipt."""
    claimed = ledger.claim(entry_id)
    assert claimed.outcome is ClaimOutcome.TAKEN
    assert claimed.entry.state is DeliveryState.SENDING
    assert ledger.settle(entry_id, DeliveryState.DELIVERED, receipt="<1@x>", size=10, seconds=0.5)
