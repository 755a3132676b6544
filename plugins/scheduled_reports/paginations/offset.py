"""Pages by the number of records before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.paginations.counted import CountedPagination

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request


class OffsetPagination(CountedPagination):
    """Pages that skip the records that came so far, however many each page has had."""

    type: Literal["offset"]
    parameter: str = Field("offset", min_length=1, description="The parameter that sends how many records to skip.")

    def first(self, request: Request) -> Request:
        """Return the request that skips none."""
        return self.asking(request, 0)

    def following(self, request: Request, page: Page) -> Request | None:
        """Return the request that skips all records so far."""
        return None if self.is_last(page) else self.asking(request, page.so_far)
