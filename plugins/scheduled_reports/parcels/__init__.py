"""Deliveries that are too large: compressed, split, or named by a link; never cut off."""

from scheduled_reports.parcels.packing import Packing, seal

__all__ = ["Packing", "seal"]
