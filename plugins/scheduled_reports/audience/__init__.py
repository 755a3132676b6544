"""Who gets a report: people, groups, addresses found in the data, and shared places."""

from scheduled_reports.audience.audience import RunAudience, once
from scheduled_reports.audience.recipient import Copy, QuietHours, Recipient

__all__ = ["Copy", "QuietHours", "Recipient", "RunAudience", "once"]
