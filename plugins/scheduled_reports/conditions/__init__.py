"""Whether a report runs: one file for each kind of condition; `logic` combines them."""

from typing import TYPE_CHECKING

from scheduled_reports.conditions.base import Condition, Evidence, Verdict
from scheduled_reports.registry import union_of

if TYPE_CHECKING:
    AnyCondition = Condition
else:
    AnyCondition = union_of(__name__, Condition)

__all__ = ["AnyCondition", "Condition", "Evidence", "Verdict"]
