"""One page is all that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scheduled_reports.paginations.base import Pagination

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request


class NoPagination(Pagination):
    """The first page, though the answer says that there are more."""

    type: Literal["none"]

    def following(self, request: Request, page: Page) -> Request | None:
        """Return None."""
        return None
