"""Ask for one page after the other until the last, which must come."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduled_reports.errors import SourceError
from scheduled_reports.http.client import Client
from scheduled_reports.http.page import Page
from scheduled_reports.http.page_reader import PageReader
from scheduled_reports.http.record_file import RecordFile
from scheduled_reports.http.request import Request
from scheduled_reports.paginations.base import Pagination

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Paging:
    """The pages of one source.

    Attributes:
        client: Whom to ask.
        reader: How its answers are read.
        pagination: How the next page is asked for; None where there is one only.
        most: How many pages there may be.
        what: Who asks, for messages.
    """

    client: Client
    reader: PageReader
    pagination: Pagination | None
    most: int
    what: str

    def read(self, request: Request, into: RecordFile, scratch: Path) -> None:
        """Append the records of all pages to `into`.

        Args:
            request: The source's request, not yet for any page.
            into: Where the records go.
            scratch: A file that holds one answer at a time.

        Raises:
            SourceError: A page cannot be had or read, the pages have no end, or records are missing.
        """
        last = None
        try:
            for page in self._pages(request, into, scratch):
                of = f" of {page.total:,}" if page.total is not None else ""
                log.info("%s: page %s, %s records%s", self.what, f"{page.number:,}", f"{page.so_far:,}", of)
                last = page
        finally:
            scratch.unlink(missing_ok=True)
        if last is not None and last.total is not None and last.total != last.so_far:
            raise SourceError(
                f"{self.what} has {last.so_far:,} records, but its API says {last.total:,}",
                why="pages are missing, or the data moved while it was read",
                fix="Airflow repeats this; where it goes on, check 'pagination' and 'total', and ask for data that no "
                "longer changes", retryable=True,
            )  # fmt: skip

    def _pages(self, request: Request, into: RecordFile, scratch: Path) -> Iterator[Page]:
        request = self.pagination.first(request) if self.pagination else request
        asked: set[bytes] = set()
        before = None
        for number in range(1, self.most + 1):
            what = f"{self.what}, page {number:,}" if self.pagination else self.what
            self._require_new(request, asked, what)
            page = self.reader.read(self.client.ask(request, scratch, what), number, into)
            if page.records and page.answer.digest == before:
                raise self._endless(f"{page.answer.where} is the same as the page before it",
                                    "the server may not know the parameter that asks for the next page")  # fmt: skip
            before = page.answer.digest
            yield page
            following = self.pagination.following(request, page) if self.pagination else None
            if following is None:
                return
            request = following
        raise SourceError(f"{self.what} has more than {self.most:,} pages", why=f"{into.count:,} records so far",
                          fix="ask for larger pages or for less, or raise 'max_pages'")  # fmt: skip

    def _require_new(self, request: Request, asked: set[bytes], what: str) -> None:
        """Raise where a request leads off the server, or was sent before: the pages would go round for ever."""
        if not self.client.server.is_at(request.url):
            raise SourceError(f"{what} would lead to another server", why=self.client.shown(request.url),
                              fix="the credentials are for the connection's host only; where the other is meant, make "
                              "it the connection's host")  # fmt: skip
        if request.digest in asked:
            told = self.client.shown(str(request))
            raise self._endless(f"{what} was asked for before: {told}", "the server gives a cursor twice")
        asked.add(request.digest)

    def _endless(self, what: str, why: str) -> SourceError:
        fix = (
            "check 'pagination' against the API's documentation; records that are alike need something that tells them "
            "apart"
        )
        return SourceError(what, why=f"{why}, so that its pages have no end", fix=fix)
