"""What the tests of webhooks share: a receiver that answers as a test says, faults included, and what is sent to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from scheduled_reports.audience import RunAudience
from scheduled_reports.channels import Delivery, Receipt
from scheduled_reports.channels.webhook import Webhook
from scheduled_reports.connections import airflow_connection
from scheduled_reports.document.document import Notice
from scheduled_reports.errors import DeliveryError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The one that the libraries of Standard Webhooks are tested with."""

PDF = ("Umsätze 2026.pdf", "application/pdf", b"%PDF-1.7 \x00\xff" * 1_000)
CSV = ("sales.csv", "text/csv; charset=utf-8", b"a;b\r\n1;2\r\n")


@dataclass
class Taken:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    size: int = 0


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Taken], Reply | None]


@dataclass
class Receiver:
    """A running receiver: its port, and what it has taken whole."""

    port: int
    taken: list[Taken]


def cut(connection: socket.socket) -> None:
    """Reset a connection, so that whoever speaks to it sees it at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(connection)


Fault = Callable[[Any], bool]
"""Gets the handler of a request, spoils what it likes, and returns whether to go on."""


class Quiet(ThreadingHTTPServer):
    """What a receiver is made of."""

    daemon_threads = True

    def __init__(self, answer: Answer | Reply, keep: bool, before_body: Fault | None, after_body: Fault | None) -> None:
        self.answer, self.keep, self.before_body, self.after_body = answer, keep, before_body, after_body
        self.taken, self.ended = list[Taken](), Event()
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that leaves is what many tests are about

    def shutdown_request(self, request: Any) -> None:
        with contextlib.suppress(OSError):
            super().shutdown_request(request)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Quiet

    def do_POST(self) -> None:
        if self.server.before_body is not None and not self.server.before_body(self):
            self.close_connection = True
            return
        taken = self.take()
        self.server.taken.append(taken)
        if self.server.after_body is not None and not self.server.after_body(self):
            self.close_connection = True
            return
        answer = self.server.answer
        self.reply(answer if isinstance(answer, Reply) else answer(taken) or Reply())

    do_HEAD = do_GET = do_POST  # noqa: N815

    def take(self) -> Taken:
        left, chunks, size = int(self.headers.get("Content-Length", 0)), [], 0
        while left and (chunk := self.rfile.read(min(65_536, left))):
            left, size = left - len(chunk), size + len(chunk)
            chunks += [chunk] if self.server.keep else []
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Taken(self.command, self.path, headers, b"".join(chunks), size)

    def reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, format: str, *values: Any) -> None:  # noqa: A002
        pass

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()


@contextmanager
def receiving(
    answer: Answer | Reply = Reply(),
    context: ssl.SSLContext | None = None,
    *,
    keep: bool = True,
    before_body: Fault | None = None,
    after_body: Fault | None = None,
) -> Iterator[Receiver]:
    """Run a receiver; `keep` says whether it keeps the bodies that it takes."""
    server = Quiet(answer, keep, before_body, after_body)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Receiver(server.server_address[1], server.taken)
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def point_at(connection: Callable[..., str], receiver: Receiver, *, allowed: bool = True, **fields: Any) -> None:
    """Give Airflow the connection `hooks`."""
    extra = {**({"allow_private": True} if allowed else {}), **fields.pop("extra", {})}
    given = {"conn_type": "http", "host": "127.0.0.1", "port": receiver.port, "password": SECRET, **fields}
    connection("hooks", **given, extra=extra)


def channel(**fields: Any) -> Webhook:
    return Webhook.model_validate(
        {"type": "webhook", "connection": "hooks", "path": "in/{{ report.id }}", "files": "pdf", "timeout": 2, **fields}
    )


def parcel(
    make: Callable[..., Delivery], to: Webhook, *, key: str = "d" * 32, words: Any = None, **files: Any
) -> Delivery:
    """Return a delivery to a channel's own recipient, of a run with a notice."""
    made = make("", key=key, **(files or {"pdf": PDF}))
    berlin = dt.timezone(dt.timedelta(hours=1))
    whole = {
        **made.words, **(words or {}), "run": {"id": "scheduled__2026-03-04"},
        "period": {**made.words["period"], "start": dt.datetime(2026, 3, 3, tzinfo=berlin),
                   "end": dt.datetime(2026, 3, 4, tzinfo=berlin)},
    }  # fmt: skip
    (recipient,) = to.recipients(RunAudience(whole))
    return replace(made, recipient=recipient, words=whole, notices=(Notice("STALE", "orders is of yesterday."),))


def send(to: Webhook, delivery: Delivery) -> Receipt:
    with to.open(airflow_connection) as session:
        return session.send(delivery)


def failure(to: Webhook, delivery: Delivery) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        send(to, delivery)
    assert told.value.fix
    assert SECRET not in str(told.value)
    return told.value


def sparse(path: Path, size: int) -> Path:
    """Make a file of zeros that takes no room."""
    with path.open("wb") as file:
        file.truncate(size)
    return path
