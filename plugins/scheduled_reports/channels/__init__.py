"""How a report reaches people: one file for each channel."""

from typing import TYPE_CHECKING

from scheduled_reports.channels.base import Audience, Channel, Delivery, Link, Receipt, Session
from scheduled_reports.registry import union_of

if TYPE_CHECKING:
    AnyChannel = Channel
else:
    AnyChannel = union_of(__name__, Channel)

__all__ = ["AnyChannel", "Audience", "Channel", "Delivery", "Link", "Receipt", "Session"]
