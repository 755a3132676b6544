"""Read the records of an answer, whichever format it has, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from scheduled_reports.errors import SourceError
from scheduled_reports.http.client import Answer
from scheduled_reports.http.csv_records import rows_in
from scheduled_reports.http.json_records import WHOLE, RecordError, lines_in, prefix_of, records_in
from scheduled_reports.http.json_scan import DEEPEST, LONGEST, OversizeError, scan
from scheduled_reports.http.page import Page
from scheduled_reports.http.record_file import RecordFile
from scheduled_reports.http.refusals import looks_html, message_in

Format = Literal["json", "csv", "jsonl"]

MEDIA_TYPES: dict[str, Format] = {
    "application/json": "json", "text/json": "json", "text/csv": "csv", "application/csv": "csv",
    "application/x-ndjson": "jsonl", "application/ndjson": "jsonl", "application/jsonl": "jsonl",
    "application/x-jsonlines": "jsonl", "application/jsonlines": "jsonl", "application/json-lines": "jsonl",
}  # fmt: skip

PASSING_CODES = {"THROTTLED", "RATE_LIMITED", "TIMEOUT", "INTERNAL_SERVER_ERROR"}
"""GraphQL error codes of servers that are busy; they come with the status 200."""


@dataclass(frozen=True)
class PageReader:
    """How the answers of one source are read.

    Attributes:
        response: Their format; None where each says it by its media type.
        records: Path of the records; None where the answer is the list of them.
        records_optional: Whether the path may be missing.
        columns_at: Path of the names of the values of records that are lists.
        total: Path of the number of records on all pages.
        total_header: The header with that number.
        asked: Further paths at which a pagination looks.
        delimiter: What separates the fields of CSV.
        encoding: Of CSV that does not say its own.
        texts: The columns that are declared as `text` or `json`, and which of both.
        one_page: Whether no pagination asks for more, so that an answer must not say that there is more.
    """

    response: Format | None
    records: str | None
    records_optional: bool
    columns_at: str | None
    total: str | None
    total_header: str | None
    asked: tuple[str, ...]
    delimiter: str
    encoding: str
    texts: Mapping[str, str]
    one_page: bool

    def read(self, answer: Answer, number: int, into: RecordFile) -> Page:
        """Append the records of an answer to `into` and return what else its page says.

        Raises:
            SourceError: It is not what it should be, it tells an error, or it is not whole.
        """
        page, before = Page(number, answer), into.count
        if answer.status != 204:
            self._require_no_html(answer)
            kind = self._format(answer)
            page.is_json = kind == "json"
            with _explained(page):
                {"json": self._json, "jsonl": self._jsonl, "csv": self._csv}[kind](page, into)
        page.records, page.so_far = into.count - before, into.count
        page.total = self._total(page)
        if self.one_page:
            page.require_no_more("give the source its 'pagination'")
        return page

    def _format(self, answer: Answer) -> Format:
        if self.response:
            return self.response
        if answer.media_type.endswith("+json"):
            return "json"
        if answer.media_type not in MEDIA_TYPES:
            raise SourceError(f"{answer.where} answered with {answer.media_type or 'no media type'!r}",
                              why="that does not say which format it has",
                              fix="say it with 'response': json, csv or jsonl")  # fmt: skip
        return MEDIA_TYPES[answer.media_type]

    def _require_no_html(self, answer: Answer) -> None:
        with answer.path.open("rb") as file:
            beginning = file.read(4096).decode("utf-8-sig", errors="replace")
        if looks_html(beginning):
            raise SourceError(f"{answer.where} answered with a page for people, not with data",
                              why=message_in(beginning), fix="a page to log in is the usual one: check 'path', and the "
                              "login, password or headers of the connection")  # fmt: skip

    def _json(self, page: Page, into: RecordFile) -> None:
        at = prefix_of(self.records or "")
        lists = at.split(".item")
        above = [".item".join(lists[:count]) for count in range(1, len(lists))]
        paths = {path for path in (*self.asked, self.total, self.columns_at) if path}
        columns_at = f"{self.columns_at}.item" if self.columns_at else None
        page.facts = scan(page.answer.path, {at, *above, *paths}, at, (columns_at,) if columns_at else ())
        self._require_no_errors(page, at)
        self._require_records(page, at, above)
        columns = None
        if columns_at:
            columns = self._columns(page, columns_at)
            into.name(columns)
        for record in records_in(page.answer.path, at, page.facts, columns, self.texts):
            into.add(record)

    def _columns(self, page: Page, columns_at: str) -> list[str]:
        columns = [str(name) for name in page.facts.lists.get(columns_at, [])]
        if page.facts.kinds.get(str(self.columns_at)) != "start_array":
            raise page.error(f"has no list of columns at {self.columns_at!r}", why=page.has(str(self.columns_at)),
                             fix="correct 'columns_at'")  # fmt: skip
        if len(set(columns)) < len(columns):
            raise RecordError("two of its columns have one name", "give each its own name in the query")
        return columns

    def _require_no_errors(self, page: Page, at: str) -> None:
        """Raise where a 200 tells errors, as GraphQL does (its specification, section 7.1)."""
        if self.records == WHOLE or at.startswith("error"):
            return
        if messages := page.facts.messages():
            codes = set(map(str, page.facts.lists.get("errors.item.extensions.code", [])))
            shown = "; ".join(text if len(text) <= 300 else text[:299] + "…" for text in messages[:5])
            raise page.error("tells errors", why=shown, fix="correct 'body', 'query' or 'path'",
                             retryable=bool(codes & PASSING_CODES))  # fmt: skip

    def _require_records(self, page: Page, at: str, above: list[str]) -> None:
        kinds = page.facts.kinds
        found = kinds.get(at)
        if found in {"start_array", "null"} or any(kinds.get(path) == "start_array" for path in above):
            return
        if self.records is None:
            shown = page.has() if found == "start_map" else f"it is {_SAID.get(found or '', found)}"
            raise page.error(
                "is not a list of records",
                why=shown,
                fix="name the path of the records: `records: data`; `records: .` makes one record of all",
            )
        if found is None and not self.records_optional:
            told = [str(page.facts.values[path]) for path in ("message", "detail") if page.facts.values.get(path)]
            why = "; ".join((page.has(at), *told))
            raise page.error(
                f"has no records at {at!r}",
                why=why,
                fix="correct 'records'; `records_optional: true` where the API leaves it out for none",
            )
        if found not in {None, "start_map"}:
            raise page.error(f"has no records at {at!r}", why=f"there is {_SAID.get(found, found)}",
                             fix="correct 'records'")  # fmt: skip

    def _jsonl(self, page: Page, into: RecordFile) -> None:
        self._require_framed(page)
        for record in lines_in(page.answer.path, self.texts):
            into.add(record)

    def _csv(self, page: Page, into: RecordFile) -> None:
        self._require_framed(page)
        names, records = rows_in(page.answer.path, self.delimiter, page.answer.charset or self.encoding)
        into.name(names)
        for record in records:
            into.add(record)

    def _require_framed(self, page: Page) -> None:
        """Raise where a lost connection would look like the end of the rows; JSON shows that by itself."""
        if not page.answer.framed and self.total_header is None:
            raise page.error("does not say where it ends", why="it has no Content-Length and is not chunked, so a lost "
                             "connection would pass for the end", fix="have the server say it, give 'total_header', "
                             "or ask for JSON")  # fmt: skip

    def _total(self, page: Page) -> int | None:
        if self.total:
            return page.number_at(self.total)
        if not self.total_header:
            return None
        given = page.answer.headers.get(self.total_header.lower(), "").strip()
        if not given.isdecimal():
            raise page.error(f"has no number in the header {self.total_header!r}", why=f"it is {given!r}",
                             fix="correct 'total_header'")  # fmt: skip
        return int(given)


_SAID = {"string": "a text", "number": "a number", "boolean": "true or false", "null": "nothing", "": "nothing"}


@contextmanager
def _explained(page: Page) -> Iterator[None]:
    """Turn what readers raise into an error that names the page."""
    import ijson

    kind = page.answer.media_type or "what it sends"
    try:
        yield
    except OversizeError:
        raise page.error(
            f"has a value of more than {LONGEST / 2**20:.0f} MB, or of more than {DEEPEST} levels",
            why="memory should not hold it",
            fix="correct 'records'; or ask for less in a record",
        ) from None
    except RecordError as error:
        raise page.error("has records that cannot be read", why=str(error), fix=error.fix) from None
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        cut = "premature EOF" in str(error)
        why = "it ends in the middle" if cut else str(error).partition("\n")[0].removeprefix("b'")
        fix = (
            "Airflow repeats this; nothing of it is kept"
            if cut
            else f"check 'response', and what the API says of {kind}"
        )
        raise page.error("is not JSON" if not cut else "is not whole", why=why, fix=fix, retryable=cut) from None
