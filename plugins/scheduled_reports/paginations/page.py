"""Pages by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.paginations.counted import CountedPagination

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request


class PagePagination(CountedPagination):
    """Pages 1, 2, 3, … until one is empty, or the answer says that there are no more."""

    type: Literal["page"]
    parameter: str = Field("page", min_length=1, description="The parameter that sends the page's number.")
    first_page: int = Field(1, ge=0, alias="first", description="The first page's number.")
    pages: str | None = Field(
        None, min_length=1, description="Path of the number of pages in the answer: `meta.total_pages`."
    )

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.more and self.pages:
            raise ValueError("'more' and 'pages' both say which page is the last; give one of them")
        return self

    def reads(self) -> tuple[str, ...]:
        """Return the paths of whether there is more, and of the number of pages."""
        return (*super().reads(), *((self.pages,) if self.pages else ()))

    def first(self, request: Request) -> Request:
        """Return the request for the first page."""
        return self.asking(request, self.first_page)

    def following(self, request: Request, page: Page) -> Request | None:
        """Return the request for the page with the next number."""
        last = page.number >= page.number_at(self.pages) if self.pages else self.is_last(page)
        return None if last else self.asking(request, self.first_page + page.number)
