"""A real SMTP server for tests that has taken a message and does not say so, or says what it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from session import free_port


class HangingMail:
    """Keeps what arrives in `taken`; for addresses in `hangs` the client waits for an answer until `release` is called.

    `says` holds other answers, by address and for as many times as there are: `{"ann@x.example": ["451 later"]}`.
    Use it in a `with` statement.
    """

    def __init__(self, hangs: frozenset[str] = frozenset(), says: Mapping[str, list[str]] | None = None) -> None:
        self.hangs, self.says = hangs, dict(says or {})
        self.taken: list[str] = []
        self.hanging = threading.Event()
        self._asked: list[SMTP] = []
        self._released = asyncio.Event()
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)

    def hold(self) -> None:
        """Let those of whom it is said wait from now on, also after a release."""
        self.hanging.clear()
        self._controller.loop.call_soon_threadsafe(self._released.clear)

    def release(self) -> None:
        """Answer those who wait."""
        self._controller.loop.call_soon_threadsafe(self._released.set)

    def drop(self) -> None:
        """Hang up on those who wait."""
        self._controller.loop.call_soon_threadsafe(lambda: [server.transport.abort() for server in self._asked])

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message; then hang, or answer."""
        [recipient] = envelope.rcpt_tos
        if self.says.get(recipient):
            return self.says[recipient].pop(0)
        self.taken.append(recipient)
        if recipient in self.hangs:
            self._asked.append(server)
            self.hanging.set()
            await self._released.wait()
        return "250 2.0.0 OK: taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._controller.stop()
