"""Real servers that keep account of what they have received, and tell a trap what they see."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import asyncssh
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.faulty_sftp import FaultySftp
from chaos.traps import Trap
from session import free_port

TAKEN = "250 2.0.0 OK: taken"
MAIL_POINTS = ("mail: after RCPT", "mail: after DATA, before the answer", "mail: after the answer")
FILE_POINTS = ("file: while it is written", "file: named, before the answer")
HOOK_POINTS = ("hook: before its body", "hook: all read, before the answer", "hook: after the answer")


class Account:
    """What was received.

    Attributes:
        trap: Told of all that is seen.
        keys: The keys by which the other end knows a delivery, by recipient as the ledger spells it.
        slept_at: The recipient of the delivery at which a worker was put to sleep.
    """

    def __init__(self, trap: Trap) -> None:
        self.trap = trap
        self.keys: dict[str, list[str]] = defaultdict(list)
        self.slept_at = ""


class _Letters:
    """An SMTP server's mind: it has a message once it has read it, whether or not it can say so."""

    def __init__(self, account: Account) -> None:
        self.account = account

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        await self._see(MAIL_POINTS[0], session, address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        found = re.search(rb"^Message-ID: <(\S+)@", envelope.original_content or b"", re.MULTILINE)
        assert found
        [recipient] = envelope.rcpt_tos
        self.account.keys[recipient].append(found[1].decode())
        await self._see(MAIL_POINTS[1], session, recipient)
        return TAKEN

    async def _see(self, what: str, session: Session, recipient: str) -> None:
        trap = self.account.trap
        if trap.see(what, session.peer[1]):
            self.account.slept_at = recipient
            while not trap.released.is_set():
                await asyncio.sleep(0.01)


class _Smtp(SMTP):
    async def push(self, status: Any) -> None:
        await super().push(status)
        if status == TAKEN:
            self.event_handler.account.trap.see(MAIL_POINTS[2], self.session.peer[1])


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Smtp(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail(account: Account) -> Iterator[int]:
    """Run a mail server; give its port."""
    controller = _Controller(_Letters(account), hostname="127.0.0.1", port=free_port(), ready_timeout=30)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def quietly() -> Iterator[None]:
    """Let the servers' own libraries keep to themselves every word of every client."""
    logs = [logging.getLogger(name) for name in ("mail.log", "asyncssh")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


@contextmanager
def files(account: Account, root: Path) -> Iterator[FaultySftp]:
    """Run an SFTP server for a folder; a file is received when it has its name, and known by the name it had before."""

    class Files(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> Any:
            written = super().write(file_obj, offset, data)
            account.trap.see(FILE_POINTS[0])
            return written

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
            done = super().posix_rename(oldpath, newpath)
            folder, _, _ = newpath.decode().strip("/").rpartition("/")
            account.keys[f"sftp://files/{folder}"].append(oldpath.decode().rpartition("/")[2])
            account.trap.see(FILE_POINTS[1])
            return done

    with FaultySftp(root, Files) as server:
        yield server


@contextmanager
def hooks(account: Account) -> Iterator[int]:
    """Run a receiver of webhooks; give its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            account.trap.see(HOOK_POINTS[0])
            size = int(self.headers["Content-Length"])
            if len(self.rfile.read(size)) < size:
                return
            account.keys[f"webhook://hooks{self.path}"].append(self.headers["Idempotency-Key"].strip('"'))
            account.trap.see(HOOK_POINTS[1])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
            account.trap.see(HOOK_POINTS[2])

        def log_message(self, format: str, *values: Any) -> None:  # noqa: A002
            pass

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that dies is what this is about

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
