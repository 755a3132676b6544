"""What starts a run other than time: one file for each kind of trigger."""

from typing import TYPE_CHECKING

from scheduled_reports.registry import union_of
from scheduled_reports.schedule.triggers.base import Trigger

if TYPE_CHECKING:
    AnyTrigger = Trigger
else:
    AnyTrigger = union_of(__name__, Trigger)

__all__ = ["AnyTrigger", "Trigger"]
