"""Airflow's public REST API, version 2, as a source reads it: page by page, complete or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError, UnknownConnectionError

if TYPE_CHECKING:
    import httpx

    from scheduled_reports.connections import Connection

PAGE = 100
"""Rows asked for at once: what Airflow gives at most unless [api] maximum_page_limit says otherwise."""

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0
"""How long the connection may take, and each wait for the next bytes of an answer."""

Row = dict[str, Any]


_REFUSALS = {
    400: ("Airflow does not understand {path}", "name the api-server of Airflow 3.3 or newer"),
    401: ("Airflow does not know this user", "correct the connection's login and password, or the token in its extra"),
    403: ("this user may not read {path}", "give the user of the connection the right to; the role Viewer has it"),
    404: ("there is no {path}", "correct the names in the source, or name an Airflow 3 api-server: 2 has another API"),
    422: ("Airflow does not understand {path}", "name the api-server of Airflow 3.3 or newer"),
}
"""What a status means here, and what to do."""


@contextmanager
def airflow_api(connection: Connection, what: str) -> Iterator[AirflowApi]:
    """Open a session with the api-server of an Airflow connection of type http; its certificate is verified.

    The connection has host, port and schema (`https`), and login and password, or a `token` in its extra.

    Raises:
        UnknownConnectionError: The connection cannot be used.
        SourceError: Airflow refuses the login, or cannot be asked.
    """
    import httpx

    token = connection.extra_dejson.get("token")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    with httpx.Client(base_url=_base_url(connection), headers=headers, timeout=timeout) as client:
        api = AirflowApi(client, what)
        if not token and connection.login:
            api.log_in(connection.login, connection.password or "")
        yield api


def _base_url(connection: Connection) -> str:
    """Return where the api-server is, by the rule of Airflow's own HttpHook."""
    import httpx

    host = connection.host or ""
    url = host if "://" in host else f"{connection.schema or 'http'}://{host}"
    try:
        parsed = httpx.URL(f"{url}:{connection.port}" if connection.port else url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
        raise UnknownConnectionError(
            f"the Airflow connection {connection.conn_id!r} (type {connection.conn_type!r}) names no api-server",
            why="its host is no host, or holds a login",
            fix="give it conn_type http, host, port, login and password, each in its own field",
        )
    return str(parsed)


class AirflowApi:
    """One session with an api-server.

    Args:
        client: Carries the token; its base URL is the api-server's.
        what: Who reads, for messages.
    """

    def __init__(self, client: httpx.Client, what: str) -> None:
        self._client, self._what = client, what

    def pages(self, path: str, key: str, params: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Yield the pages of a list in the order of `order_by`, by cursor: what changes meanwhile moves no other row.

        Args:
            path: Below `/api/v2`: `/dags/~/dagRuns`.
            key: Under which an answer has its rows: `dag_runs`.
            params: Filters and `order_by`.

        Raises:
            SourceError: Fewer rows came than the first answer told, or the server cannot be asked.
        """
        told, came, cursor = 0, 0, ""
        while True:
            answer = self.get(path, {**params, "limit": PAGE, "cursor": cursor})
            rows = self._rows(answer, key, path)
            if "next_cursor" not in answer:
                raise self._error(f"{path} gives no cursor", why="so it is older than Airflow 3.3",
                                  fix="name the api-server of Airflow 3.3 or newer")  # fmt: skip
            told, came = told or self._count(answer, path), came + len(rows)
            yield rows
            following = answer["next_cursor"]
            if following is None:
                break
            if not rows or following == cursor:
                raise self._error(f"{path} gives pages without end", why=f"{came:,} rows came, then nothing new",
                                  fix="look at what stands between here and Airflow")  # fmt: skip
            cursor = str(following)
        if came < told:
            raise self._error(f"{path} gave {came:,} rows of {told:,}", why="rows were removed while they were read",
                              fix="run it again, after `airflow db clean` has ended", retryable=True)  # fmt: skip

    def listed(self, path: str, key: str, params: Mapping[str, Any]) -> list[Row]:
        """Return a short list that Airflow gives by offset only.

        Raises:
            SourceError: It changed while it was read, or the server cannot be asked.
        """
        found: list[Row] = []
        while True:
            answer = self.get(path, {**params, "limit": PAGE, "offset": len(found)})
            rows = self._rows(answer, key, path)
            found += rows
            if len(found) >= self._count(answer, path):
                return found
            if not rows:
                told = f"{path} gave {len(found):,} rows of {self._count(answer, path):,}"
                raise self._error(told, why="they changed while they were read", fix="run it again", retryable=True)

    def get(self, path: str, params: Mapping[str, Any]) -> Row:
        """Return the answer to one question.

        Raises:
            SourceError: There is none, or it is none of Airflow's.
        """
        return self._ask("GET", f"/api/v2{path}", params=params)

    def log_in(self, username: str, password: str) -> None:
        """Get a token for the session.

        Raises:
            SourceError: Airflow refuses the login, or cannot be asked.
        """
        answer = self._ask("POST", "/auth/token", json={"username": username, "password": password})
        if not isinstance(answer.get("access_token"), str):
            raise self._error("/auth/token gives no token", why="its answer has no 'access_token'",
                              fix="put a token into the connection's extra: {\"token\": \"…\"}")  # fmt: skip
        self._client.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def _rows(self, answer: Row, key: str, path: str) -> list[Row]:
        rows = answer.get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._strange(path, f"its answer has no list {key!r}")
        return rows

    def _count(self, answer: Row, path: str) -> int:
        count = answer.get("total_entries")
        if not isinstance(count, int):
            raise self._strange(path, "its answer does not say how many rows there are")
        return count

    def _ask(self, method: str, path: str, **options: Any) -> Row:
        with self._transport(path):
            answer = self._client.request(method, path, **options)
        if not answer.is_success:
            raise self._refusal(answer, path)
        try:
            found = answer.json()
        except ValueError:
            kind = answer.headers.get("content-type", "nothing that says what it is")
            raise self._strange(path, f"it answers with {kind.partition(';')[0]}, not JSON") from None
        if not isinstance(found, dict):
            raise self._strange(path, "its answer is no JSON object")
        return found

    @contextmanager
    def _transport(self, path: str) -> Iterator[None]:
        """Turn a connection that fails into an error that says so."""
        import httpx

        fix = "check that the api-server is running, and the connection's host and port"
        try:
            yield
        except httpx.TimeoutException as error:
            why = f"{path} took more than {ANSWER_SECONDS:.0f} s ({type(error).__name__})"
            raise self._error("Airflow does not answer", why=why, fix=fix, retryable=True) from error
        except httpx.TransportError as error:
            raise self._error("Airflow cannot be reached", why=str(error), fix=fix, retryable=True) from error

    def _refusal(self, answer: httpx.Response, path: str) -> SourceError:
        """Return the error for an answer that is not the one asked for."""
        status, detail = answer.status_code, _detail(answer)
        if answer.is_redirect:
            where = answer.headers.get("location", "").partition("?")[0]
            return self._error(f"{path} leads to {where}", why="an API answers by itself; a page to log in does this",
                               fix="write the connection's host as it is: https://… where that is meant")  # fmt: skip
        told, fix = _REFUSALS.get(status, ("Airflow refuses {path}", "look at the api-server's log"))
        passing = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return self._error(told.format(path=path), why=f"{status} {detail}".strip(), fix=fix, retryable=passing)

    def _strange(self, path: str, why: str) -> SourceError:
        fix = "name the api-server of Airflow 3.3 or newer, not a page to log in before it"
        return self._error(f"{path} is not Airflow's", why=why, fix=fix)

    def _error(self, told: str, *, why: str, fix: str, retryable: bool = False) -> SourceError:
        return SourceError(f"{self._what}, {self._client.base_url}: {told}", why=why, fix=fix, retryable=retryable)


def _detail(answer: httpx.Response) -> str:
    """Return what the server says of its refusal, short; a page is not worth reading."""
    try:
        told = answer.json()
    except ValueError:
        return answer.reason_phrase
    detail = told.get("detail") if isinstance(told, dict) else None
    return str(detail or answer.reason_phrase)[:300]
