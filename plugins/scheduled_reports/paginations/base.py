"""What every kind of pagination offers."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from scheduled_reports.model import Model

if TYPE_CHECKING:
    from scheduled_reports.http.page import Page
    from scheduled_reports.http.request import Request


class Pagination(Model):
    """A way to ask for the next page."""

    def reads(self) -> tuple[str, ...]:
        """Return the paths in an answer at which it looks."""
        return ()

    def first(self, request: Request) -> Request:
        """Return the request for the first page."""
        return request

    @abstractmethod
    def following(self, request: Request, page: Page) -> Request | None:
        """Return the request for the page after `page`, which `request` asked for; None where that was the last.

        Raises:
            SourceError: The page does not say what it should.
        """

    @property
    def in_body(self) -> bool:
        """Whether it writes into the request's body."""
        return False
