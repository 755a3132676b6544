"""When a schedule fires: one file for each kind of frequency."""

from typing import TYPE_CHECKING

from scheduled_reports.registry import union_of
from scheduled_reports.schedule.frequencies.base import Frequency, Rules

if TYPE_CHECKING:
    AnyFrequency = Frequency
else:
    AnyFrequency = union_of(__name__, Frequency)

__all__ = ["AnyFrequency", "Frequency", "Rules"]
