"""Ask a server, and keep each answer on disk: whole, or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from scheduled_reports.errors import SourceError
from scheduled_reports.http.deadline import Deadline
from scheduled_reports.http.failures import failure_of
from scheduled_reports.http.refusals import READ, asked_wait, may_pass, message_in, refusal_fix, status_text
from scheduled_reports.http.request import Request
from scheduled_reports.http.session import Server
from scheduled_reports.progress import Progress

if TYPE_CHECKING:
    from requests import Response

log = logging.getLogger(__name__)

CHUNK = 65_536

MOST_REDIRECTS = 5

MOST_WAITS = 10
"""How often one request is repeated when the server asks to wait; it may ask to wait no time at all."""


@dataclass(frozen=True)
class Answer:
    """An answer that arrived whole.

    Attributes:
        path: The file with its body, unpacked.
        where: Which answer it is, for messages; without secrets.
        url: Where it came from, after redirects.
        status: 200, 201, 203 or 204.
        media_type: Lower case, without parameters; empty where the server did not say.
        charset: Of its text, where the server says.
        links: The targets in its Link header (RFC 8288), by relation.
        headers: All its headers; names in lower case.
        digest: Tells its body from any other.
        framed: Whether the server said where it ends. Else a lost connection looks like its end (RFC 9112, section 8).
    """

    path: Path
    where: str
    url: str
    status: int
    media_type: str
    charset: str | None
    links: dict[str, str]
    headers: dict[str, str]
    digest: bytes
    framed: bool


@dataclass
class Client:
    """Asks one server.

    Attributes:
        server: Whom.
        deadline: Until when.
        silence: Seconds that the server may be silent.
        longest_wait: Seconds that one request may wait where the server asks for it.
        rate: Requests a second at most; None sends each at once.
        most_bytes: Of one answer, unpacked.
    """

    server: Server
    deadline: Deadline
    silence: float
    longest_wait: float
    rate: float | None
    most_bytes: int
    _sent: float = field(default=0.0, init=False)

    def ask(self, request: Request, target: Path, what: str) -> Answer:
        """Send a request and write the answer's body to `target`.

        Args:
            request: What to ask.
            target: The file; replaced where it exists.
            what: Who asks, for messages.

        Raises:
            SourceError: There is no answer, it is a refusal, or it is not whole.
        """
        waited = 0.0
        for _ in range(MOST_WAITS):
            with self._answered(request, what) as response:
                wait = asked_wait(response, dt.datetime.now(dt.UTC))
                if wait is None:
                    return self._received(response, target, what)
                waited += wait
                if waited > min(self.longest_wait, self.deadline.left):
                    raise self._refused(response, what, f"it asks to wait {wait:,.0f} s")
                status = status_text(response.status_code)
            log.info("%s: the server answers %s and asks to wait %.0f s", what, status, wait)
            time.sleep(wait)
        raise self._refused(response, what, f"it has asked to wait {MOST_WAITS} times")

    def knock(self, request: Request, what: str) -> str:
        """Send a request, read the head of the answer, and return it in words: `200 OK, application/json`.

        Raises:
            SourceError: There is no answer, or it is a refusal. To be asked to come later is none.
        """
        with self._answered(request, what) as response:
            status = response.status_code
            if status not in {200, 201, 203, 204, HTTPStatus.TOO_MANY_REQUESTS}:
                raise self._refused(response, what)
            media_type = response.headers.get("Content-Type", "").partition(";")[0]
            return ", ".join(filter(None, (status_text(status), media_type)))

    @contextmanager
    def _answered(self, request: Request, what: str) -> Iterator[Response]:
        """Send a request, follow its redirects on this server, and give the answer's head."""
        for _ in range(MOST_REDIRECTS):
            response = self._sent_to_server(request, what)
            try:
                if not response.is_redirect:
                    yield response
                    return
                request = self._redirected(request, response, what)
            finally:
                response.close()
        raise self._error(what, response, "leads from one redirect to the next", "check 'path'")

    def _sent_to_server(self, request: Request, what: str) -> Response:
        from requests import Request as Unprepared

        self._pace()
        session, given = self.server.session, parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        own = [(name, value) for name, value in self.server.query.items() if name not in given]
        kind = {} if request.body is None else {"Content-Type": "application/json"}
        with self._failures(f"{what}: {request.method} {self.shown(request.url)}"):
            prepared = session.prepare_request(
                Unprepared(request.method, request.url, params=[*request.query, *own], data=request.content,
                           headers={**kind, **request.headers})
            )  # fmt: skip
            settings = session.merge_environment_settings(prepared.url or request.url, {}, True, session.verify, None)
            timeout = (self.silence, self.silence)
            return session.send(prepared, timeout=timeout, allow_redirects=False, **settings)

    def _pace(self) -> None:
        if self.rate is not None:
            time.sleep(max(0.0, self._sent + 1 / self.rate - time.monotonic()))
        self._sent = time.monotonic()

    def _redirected(self, request: Request, response: Response, what: str) -> Request:
        """Return the request for where a redirect leads (RFC 9110, section 15.4): on this server only."""
        target = urljoin(response.url, response.headers["Location"])
        if not self.server.is_at(target):
            fix = "the credentials are for this server only; where the other is meant, make it the connection's host"
            why = self.shown(target.partition("?")[0])
            raise self._error(what, response, "leads to another server", fix, why)
        if request.method != "GET" and response.status_code not in {307, 308}:
            fix = "write the path it leads to; only 307 and 308 keep the request's body"
            raise self._error(what, response, "redirects a POST", fix, self.shown(target))
        return request.moved_to(target)

    def _received(self, response: Response, target: Path, what: str) -> Answer:
        if response.status_code not in {200, 201, 203, 204}:
            raise self._refused(response, what)
        where = f"{what}: {response.request.method} {self.shown(response.url)}"
        digest, size, progress = hashlib.blake2b(), 0, Progress(where)
        with target.open("wb") as file:
            for chunk in self._chunks(response, where):
                size += len(chunk)
                if size > self.most_bytes:
                    raise SourceError(f"{where} answered with more than {self.most_bytes / 1e6:,.0f} MB",
                                      fix="ask for smaller pages, or raise 'max_megabytes'")  # fmt: skip
                digest.update(chunk)
                file.write(chunk)
                progress.add(0, len(chunk))
        headers = {name.lower(): value for name, value in response.headers.items()}
        framed = "content-length" in headers or "transfer-encoding" in headers
        self._require_whole(where, empty=not size and not framed and response.status_code != 204)
        media_type, _, parameters = headers.get("content-type", "").partition(";")
        return Answer(target, where, response.url, response.status_code, media_type.strip().lower(),
                      _charset(parameters),
                      {relation: link["url"] for relation, link in response.links.items() if "url" in link}, headers,
                      digest.digest(), framed)  # fmt: skip

    def _require_whole(self, where: str, *, empty: bool) -> None:
        """Raise where a cut looked like the end: one in the answer's head, or the deadline's."""
        if empty or not self.deadline.left:
            with self._failures(where):
                raise ConnectionError("the connection was closed before anything came")

    def _chunks(self, response: Response, where: str) -> Iterator[bytes]:
        chunks = response.iter_content(CHUNK)
        while True:
            with self._failures(where):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    @contextmanager
    def _failures(self, where: str) -> Iterator[None]:
        """Turn what the HTTP library raises into an error that names the cause."""
        try:
            yield
        except Exception as error:  # requests, urllib3 and ssl have no common base; whatever it is, the exchange failed
            failure = failure_of(error, self.server.conn_id, self.silence, self.deadline)
            raise SourceError(
                f"{where} {failure.what}", why=failure.why, fix=failure.fix, retryable=failure.retryable
            ) from None  # the original's text may hold a secret

    def _refused(self, response: Response, what: str, why: str = "") -> SourceError:
        status = response.status_code
        body = b"".join(self._beginning(response))
        said = message_in(body.decode(errors="replace"))
        return self._error(what, response, f"answered {status_text(status)}", refusal_fix(status, self.server.conn_id),
                           "; ".join(filter(None, (why, said))), retryable=may_pass(status))  # fmt: skip

    def _beginning(self, response: Response) -> Iterator[bytes]:
        """Yield what can be had of the beginning of a refusal's body."""
        size = 0
        try:
            for chunk in response.iter_content(CHUNK):
                yield chunk
                if (size := size + len(chunk)) >= READ:
                    return
        except Exception:  # the status is what counts
            log.debug("the rest of the refusal did not arrive")

    def _error(
        self, what: str, response: Response, did: str, fix: str, why: str = "", *, retryable: bool = False
    ) -> SourceError:
        where = f"{what}: {response.request.method} {self.shown(response.url)}"
        return SourceError(f"{where} {did}", why=why, fix=fix, retryable=retryable)

    def shown(self, url: str) -> str:
        """Return a URL as messages may show it."""
        text = self.server.secrets.mask(url)
        return text if len(text) <= 300 else text[:299] + "…"


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
