"""Pages that each name the next one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.paginations.base import Pagination

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request

log = logging.getLogger(__name__)


class CursorPagination(Pagination):
    """Each answer holds a value that asks for the next page; the last answer holds none."""

    type: Literal["cursor"]
    next: str = Field(
        min_length=1,
        description="Path of that value in the answer: `meta.next_cursor`. `item` stands for the entries of a list, of "
        "which the last counts: `data.item.id` is the id of the last record.",
    )
    parameter: str = Field(
        min_length=1,
        description="The parameter that sends it; in the body a path: `variables.after`.",
    )
    into: Literal["query", "body"] = Field("query", description="Whether it goes into the query or the JSON body.")
    more: str | None = Field(
        None,
        min_length=1,
        description="Path of a true or false that says whether there are more pages, where the last one holds a value "
        "at `next`, too: GraphQL's `pageInfo.hasNextPage`.",
    )

    def reads(self) -> tuple[str, ...]:
        """Return the paths of the cursor and of whether there is more."""
        return (self.next, self.more) if self.more else (self.next,)

    @property
    def in_body(self) -> bool:
        """Whether the cursor goes into the body."""
        return self.into == "body"

    def following(self, request: Request, page: Page) -> Request | None:
        """Return the request with the page's cursor; an answer without one, or with an empty one, is the last."""
        if self.more and not page.flag(self.more):
            return None
        cursor = page.value(self.next)
        if cursor in (None, "", False):
            if self.more:
                raise page.error(f"says that there is more, but has no {self.next!r}", why=page.has(self.next),
                                 fix="correct 'next' in its pagination")  # fmt: skip
            if page.number == 1 and page.records and self.next not in page.facts.kinds:
                page.require_no_more("correct 'next' in its pagination")
                log.warning("%s: it has no %r, so it is taken for the only page; %s", page.answer.where, self.next,
                            page.has(self.next))  # fmt: skip
            return None
        return request.having(self.into, self.parameter, str(cursor) if not isinstance(cursor, int) else cursor)
