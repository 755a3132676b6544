"""Who was to get what, and what became of it."""

from scheduled_reports.ledger.entries import Claim, ClaimOutcome, DeliveryEntry, DeliveryState, Planned, RunState
from scheduled_reports.ledger.ledger import Ledger

__all__ = ["Claim", "ClaimOutcome", "DeliveryEntry", "DeliveryState", "Ledger", "Planned", "RunState"]
