"""An HTTP server on this machine that answers as a test says, faults included; and sources that ask it."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent, indent
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from runs import run_of
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables
from specs import SALES


@dataclass(frozen=True)
class Asked:
    """What the server was asked."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Reply:
    """What it answers; `raw` writes the whole answer by itself, given the connection's file and an event: the end."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[Any, Event], None] | None = None


Handle = Callable[[Asked], Reply]


@dataclass
class Server:
    """A running server: its port, and all that it was asked."""

    port: int
    asked: list[Asked]


@contextmanager
def serving(handle: Handle, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server while the `with` statement does."""
    asked: list[Asked] = []
    ended = Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qs(url.query, keep_blank_values=True)
            asked.append(Asked(self.command, url.path, query, headers, json.loads(content) if content else None))
            self._answer(handle(asked[-1]))

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def _answer(self, reply: Reply) -> None:
            if reply.raw is not None:
                self.close_connection = True
                reply.raw(self.wfile, ended)
                return
            is_json = not isinstance(reply.body, bytes)
            body = json.dumps(reply.body).encode() if is_json else reply.body
            kind = {"Content-Type": "application/json"} if is_json else {}
            self.send_response(reply.status)
            for name, value in {**kind, "Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: Any) -> None:  # noqa: A002
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that leaves is what many tests are about

    server = Quiet(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Server(server.server_address[1], asked)
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def pages_of(records: list[Any], size: int) -> Handle:
    """Return an API that gives `size` records for each `page`, from 1; behind the last page it gives none."""

    def handle(asked: Asked) -> Reply:
        first = (int(asked.one("page", "1")) - 1) * size
        return Reply({"data": records[first : first + size]})

    return handle


def api_run(folder: Path, source: str, before: str = "", **changes: Any) -> Run:
    """Return a run whose source `orders` asks the connection `api`.

    `source` is the rest of it, in YAML; `before` stands before the sources.
    """
    start, end = SALES.index("    type: sql"), SALES.index("datasets:")
    entry = "type: http\nconnection: api\n" + dedent(source)
    text = SALES[:start] + indent(entry.strip("\n"), "    ") + "\n" + SALES[end:]
    return run_of(folder, text.replace("sources:\n", f"{before}sources:\n", 1), **changes)


def connect_api(connection: Callable[..., None], server: Server, **fields: Any) -> None:
    """Give Airflow the connection `api`."""
    connection("api", **{"conn_type": "http", "host": "127.0.0.1", "port": server.port, **fields})


def extracted(run: Run, folder: Path) -> list[dict[str, Any]]:
    """Return the rows that the source `orders` gives; nothing else may lie beside its file."""
    target = folder / "out" / "orders.parquet"
    target.parent.mkdir(exist_ok=True)
    try:
        run.report.spec.sources["orders"].extract(run, "orders", target)
    finally:
        left = {path.name for path in target.parent.iterdir()}
        assert left <= {"orders.parquet"}, left
    return list(Tables(target.parent).read("orders").to_pylist())


def answered(folder: Path, connection: Callable[..., None], source: str, reply: Reply) -> list[dict[str, Any]]:
    """Return the rows of a source whose server gives the same answer to everything."""
    with serving(lambda _: reply) as server:
        connect_api(connection, server)
        return extracted(api_run(folder, source), folder)


def failure(folder: Path, connection: Callable[..., None], source: str, handle: Handle | Reply) -> SourceError:
    """Return the error of a source whose server answers as `handle` says; it names the source and what to do."""
    with serving(handle if callable(handle) else lambda _: handle) as server:
        connect_api(connection, server)
        run = api_run(folder, source)
        with pytest.raises(SourceError) as caught:
            extracted(run, folder)
    assert str(caught.value).startswith("source 'orders' (sales.yaml:5, connection 'api')"), str(caught.value)
    assert caught.value.fix
    return caught.value
