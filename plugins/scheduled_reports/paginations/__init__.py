"""How an API gives its records page by page: one file for each kind."""

from typing import TYPE_CHECKING

from scheduled_reports.paginations.base import Pagination
from scheduled_reports.registry import union_of

if TYPE_CHECKING:
    AnyPagination = Pagination
else:
    AnyPagination = union_of(__name__, Pagination)

__all__ = ["AnyPagination", "Pagination"]
