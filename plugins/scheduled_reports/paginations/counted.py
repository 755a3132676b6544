"""What pages by number and pages by offset share: when they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.paginations.base import Pagination

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request


class CountedPagination(Pagination):
    """Pages that are asked for by a number; they end where the answer says so, else with the first empty page.

    A page that is shorter than asked for ends nothing: a server may give less than `size`.
    """

    parameter: str
    size: int | None = Field(None, ge=1, description="How many records to ask for in one page.")
    size_parameter: str | None = Field(None, min_length=1, description="The parameter that sends `size`.")
    into: Literal["query", "body"] = Field(
        "query", description="Whether the parameters go into the query or the JSON body, where each is a path."
    )
    more: str | None = Field(
        None, min_length=1, description="Path of a true or false that says whether there are more pages: `has_more`."
    )

    @model_validator(mode="after")
    def _size_has_its_parameter(self) -> Self:
        if (self.size is None) != (self.size_parameter is None):
            raise ValueError(
                "'size' and 'size_parameter' need each other; for example 'size: 100, size_parameter: limit'"
            )
        return self

    def reads(self) -> tuple[str, ...]:
        """Return the path of whether there is more."""
        return (self.more,) if self.more else ()

    @property
    def in_body(self) -> bool:
        """Whether the parameters go into the body."""
        return self.into == "body"

    def is_last(self, page: Page) -> bool:
        """Return whether nothing comes after a page."""
        if self.more:
            return not page.flag(self.more)
        return not page.records or (page.total is not None and page.so_far >= page.total)

    def asking(self, request: Request, number: int) -> Request:
        """Return the request for the page at a number."""
        if self.size is not None and self.size_parameter:
            request = request.having(self.into, self.size_parameter, self.size)
        return request.having(self.into, self.parameter, number)
