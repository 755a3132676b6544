"""Who was to get what, and what became of it."""

from scheduled_reports.ledger.entries import DeliveryEntry, DeliveryState, Planned, RunState
from scheduled_reports.ledger.ledger import Ledger

__all__ = ["DeliveryEntry", "DeliveryState", "Ledger", "Planned", "RunState"]
