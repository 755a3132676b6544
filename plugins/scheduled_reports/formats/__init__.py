"""What a report can become: one file for each output format."""

from typing import TYPE_CHECKING

from scheduled_reports.formats.base import Artifact, Format
from scheduled_reports.registry import union_of

if TYPE_CHECKING:
    AnyFormat = Format
else:
    AnyFormat = union_of(__name__, Format)

__all__ = ["AnyFormat", "Artifact", "Format"]
