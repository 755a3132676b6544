"""Where data comes from: one file for each kind of source."""

from typing import TYPE_CHECKING

from scheduled_reports.registry import union_of
from scheduled_reports.sources.base import Source

if TYPE_CHECKING:
    AnySource = Source
else:
    AnySource = union_of(__name__, Source)

__all__ = ["AnySource", "Source"]
