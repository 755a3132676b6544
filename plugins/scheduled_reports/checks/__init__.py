"""Whether the data may be sent: one file for each kind of check."""

from typing import TYPE_CHECKING

from scheduled_reports.checks.base import Check, FailingRows, Outcome, Result, Severity
from scheduled_reports.registry import union_of

if TYPE_CHECKING:
    AnyCheck = Check
else:
    AnyCheck = union_of(__name__, Check)

__all__ = ["AnyCheck", "Check", "FailingRows", "Outcome", "Result", "Severity"]
