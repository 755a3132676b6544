"""How a column's values are hidden: one file for each kind of mask."""

from typing import TYPE_CHECKING

from scheduled_reports.masks.base import Mask, Secrets
from scheduled_reports.registry import union_of

if TYPE_CHECKING:
    AnyMask = Mask
else:
    AnyMask = union_of(__name__, Mask)

__all__ = ["AnyMask", "Mask", "Secrets"]
