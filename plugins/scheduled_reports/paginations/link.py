"""Pages that each hold the next one's URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from pydantic import Field

from scheduled_reports.paginations.base import Pagination

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request


class LinkPagination(Pagination):
    """The next page's URL stands in the Link header (RFC 8288, `rel="next"`), or in the answer."""

    type: Literal["link"]
    next: str | None = Field(
        None, min_length=1, description="Path of the URL in the answer: `links.next`. The Link header unless given."
    )

    def reads(self) -> tuple[str, ...]:
        """Return the path of the URL."""
        return (self.next,) if self.next else ()

    def following(self, request: Request, page: Page) -> Request | None:
        """Return the request for that URL, with the same body; an answer without one is the last."""
        found = page.value(self.next) if self.next else page.answer.links.get("next")
        if not found and page.number == 1 and (self.next is None or self.next not in page.facts.kinds):
            page.require_no_more("correct 'next' in its pagination, or leave it out for the Link header")
        return request.moved_to(urljoin(page.answer.url, str(found))) if found else None
