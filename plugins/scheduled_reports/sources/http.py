"""A REST, GraphQL or query API, through an Airflow connection of type http."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from scheduled_reports.errors import SourceError
from scheduled_reports.http.filling import filled_body, filled_path, filled_query
from scheduled_reports.live.base import PATIENCE
from scheduled_reports.model import ConnectionId
from scheduled_reports.paginations import AnyPagination
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.marks import Mark, Template
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from scheduled_reports.http.page_reader import PageReader
    from scheduled_reports.http.record_file import RecordFile
    from scheduled_reports.http.request import Request
    from scheduled_reports.run import Run

_SECRET_HEADER = re.compile(r"(?i)authori[sz]ation|cookie|token|secret|password|api-?_?key|subscription-key|x-auth")

_SECRET_NAME = re.compile(
    r"(?i)(access|auth|api)?[-_]?token|api[-_]?key|(client[-_]?)?secret|passw(or)?d|pwd|access[-_]?key|signature"
)

_HINT = 'put it into the extra of the Airflow connection: {"Authorization": "Bearer …"} is a header, {"query": {"key": '
_HINT += '"…"}} a parameter'


def _no_secret_header(headers: dict[str, str]) -> dict[str, str]:
    for name in headers:
        if _SECRET_HEADER.search(name):
            raise ValueError(f"the header {name!r} would hold a secret; {_HINT}")
    return headers


def _no_secret_value(given: Any) -> Any:
    for name, value in given.items() if isinstance(given, dict) else ():
        if _SECRET_NAME.fullmatch(str(name)) and isinstance(value, str) and value:
            raise ValueError(f"{name!r} would hold a secret; {_HINT}")
        _no_secret_value(value)
    for value in given if isinstance(given, list | tuple) else ():
        _no_secret_value(value)
    return given


def _path_only(path: str) -> str:
    if "://" in path.partition("{{")[0] or path.startswith("//"):
        raise ValueError("a path begins behind the host; the host is the connection's")
    if "?" in path or "#" in path:
        raise ValueError("a path has no '?' and no '#'; write parameters under 'query'")
    return path


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"there is no encoding {name!r}; for example utf-8 or cp1252") from None


QueryValue = str | int | float | bool
"""What a parameter of a query may be."""


class HttpSource(Source):
    """The records that an API gives, page by page. A POST is sent again when Airflow repeats the step."""

    type: Literal["http"]
    connection: ConnectionId = Field(
        description="Airflow connection id, of type `http`: host and schema; a login and a password are sent as basic "
        "authentication, a password alone as a bearer token; the keys of its extra are headers, those below `query` "
        "there are parameters of every request."
    )
    path: Annotated[Template, AfterValidator(_path_only)] = Field(
        description="The path behind the connection's host: `/v2/orders`. Values of parameters are quoted in it."
    )
    query: Annotated[
        dict[str, QueryValue | tuple[QueryValue, ...]], Mark("template"), AfterValidator(_no_secret_value)
    ] = Field(
        {},
        description="Parameters of the URL. A list repeats its parameter; a value that is nothing but "
        "`{{ parameters.name }}` is left out where that is null.",
    )
    headers: Annotated[dict[str, Template], AfterValidator(_no_secret_header)] = Field(
        {}, description="Further headers. Those that hold a secret belong into the connection."
    )
    method: Literal["GET", "POST"] | None = Field(None, description="GET, or POST where there is a body, unless given.")
    body: Annotated[dict[str, JsonValue], Mark("template"), AfterValidator(_no_secret_value)] | None = Field(
        None,
        description="Sent as JSON. Texts at any depth are templates; one that is nothing but `{{ parameters.name }}` "
        "keeps the parameter's type.",
    )
    response: Literal["json", "csv", "jsonl"] | None = Field(
        None, description="The answer's format; told by its media type unless given."
    )
    records: str | None = Field(
        None,
        min_length=1,
        description="Path of the records in a JSON answer: `data.orders`, or `data.edges.item.node` where each entry "
        "of a list holds one; `.` makes one record of the whole. The answer is the list itself unless given.",
    )
    records_optional: bool = Field(False, description="Whether the API leaves out `records` where there are none.")
    columns_at: str | None = Field(
        None, min_length=1, description="Path of the columns' names, where a record is a list of values: `columns`."
    )
    optional: tuple[str, ...] = Field(
        (), description="Which of `columns` may be in no record at all, as some APIs leave out what is empty."
    )
    delimiter: str = Field(",", min_length=1, max_length=1, description="What separates the fields of CSV.")
    encoding: Annotated[str, AfterValidator(_known_encoding)] = Field(
        "utf-8", description="The encoding of CSV, where the answer does not say it."
    )
    pagination: AnyPagination | None = Field(
        None,
        description="How to ask for the next page. Without it, an answer that says that there are more is an error.",
    )
    total: str | None = Field(
        None, min_length=1, description="Path of the number of records on all pages: as many must come."
    )
    total_header: str | None = Field(None, min_length=1, description="The header with that number: `X-Total-Count`.")
    max_pages: int = Field(10_000, ge=1, description="More pages than this are an error; nothing is cut off.")
    max_megabytes: int = Field(500, ge=1, description="The size of one answer, unpacked; a larger one is an error.")
    timeout: float = Field(60, gt=0, description="Seconds that the server may be silent.")
    time_limit: float = Field(3600, gt=0, description="Seconds that all pages together may take.")
    max_wait: float = Field(
        300, ge=0, description="Seconds that one request may wait in all where the server answers 429 or 503 and says "
        "in Retry-After how long; beyond, the step fails and Airflow repeats it later.",
    )  # fmt: skip
    rate: float | None = Field(None, gt=0, description="Requests a second at most.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.response in {"csv", "jsonl"}:
            for name in ("records", "columns_at", "total"):
                if getattr(self, name):
                    raise ValueError(f"{self.response} has no {name!r}; it has records only")
            if self.pagination and (paths := self.pagination.reads()):
                raise ValueError(f"{self.response} has no {paths[0]!r}; it has records only")
        if self.total and self.total_header:
            raise ValueError("'total' and 'total_header' say the same; give one of them")
        if self.pagination and self.pagination.in_body and self.body is None:
            raise ValueError("the pagination writes into the body, and there is none; give 'body'")
        if unknown := [name for name in self.optional if name not in self.columns]:
            raise ValueError(f"'optional' names {unknown[0]!r}, which is not in 'columns'; declare it there")
        return self

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Read all pages, then write their records: only then are all columns and their types known."""
        from scheduled_reports.http.record_file import RecordFile

        what = f"source {name!r} ({run.report.query_place('sources', name)}, connection {self.connection!r})"
        with RecordFile(target.with_suffix(".records"), what) as records:
            self._read(run, what, records, target.with_suffix(".answer"))
            self._require_columns(records, what)
            records.write(target)

    def probe(self, run: Run, name: str) -> str:
        """Send the request for the first page, and hang up when the server has said that it would answer."""
        from scheduled_reports.http.client import Client
        from scheduled_reports.http.deadline import Deadline
        from scheduled_reports.http.session import open_server

        what = f"source {name!r} ({run.report.query_place('sources', name)}, connection {self.connection!r})"
        seconds = PATIENCE.total_seconds()
        with Deadline(seconds) as deadline, open_server(run.connect, self.connection, deadline) as server:
            client = Client(server, deadline, min(self.timeout, seconds), 0, None, 0)
            request = self._request(run, server.url)
            return client.knock(self.pagination.first(request) if self.pagination else request, what)

    def _read(self, run: Run, what: str, records: RecordFile, scratch: Path) -> None:
        from scheduled_reports.http.client import Client
        from scheduled_reports.http.deadline import Deadline
        from scheduled_reports.http.paging import Paging
        from scheduled_reports.http.session import open_server

        with Deadline(self.time_limit) as deadline, open_server(run.connect, self.connection, deadline) as server:
            client = Client(server, deadline, self.timeout, self.max_wait, self.rate, self.max_megabytes * 1_000_000)
            paging = Paging(client, self._reader(), self.pagination, self.max_pages, what)
            paging.read(self._request(run, server.url), records, scratch)

    def _request(self, run: Run, url: str) -> Request:
        from scheduled_reports.http.request import Request

        headers = {name: fill(text, run.words) for name, text in self.headers.items()}
        if self.response and not any(name.lower() == "accept" for name in headers):
            headers["Accept"] = _ACCEPT[self.response]
        path = filled_path(self.path, run)
        return Request(
            self.method or ("GET" if self.body is None else "POST"),
            f"{url}/{path.lstrip('/')}",
            filled_query(self.query, run),
            headers,
            None if self.body is None else filled_body(self.body, run),
        )

    def _reader(self) -> PageReader:
        from scheduled_reports.http.page_reader import PageReader

        return PageReader(
            response=self.response, records=self.records, records_optional=self.records_optional,
            columns_at=self.columns_at, total=self.total, total_header=self.total_header,
            asked=self.pagination.reads() if self.pagination else (), delimiter=self.delimiter, encoding=self.encoding,
            texts={name: column.type for name, column in self.columns.items() if column.type in ("text", "json")},
            one_page=self.pagination is None,
        )  # fmt: skip

    def _require_columns(self, records: RecordFile, what: str) -> None:
        """Raise where no column is known; give the columns that may be in no record."""
        records.name([*(self.columns if not records.count else ()), *self.optional])
        if not records.names:
            raise SourceError(f"{what} gave no records, and nothing says which columns they would have",
                              fix="declare them: `columns: {id: {type: integer}}`")  # fmt: skip


_ACCEPT = {"json": "application/json", "csv": "text/csv", "jsonl": "application/x-ndjson, application/jsonl"}
