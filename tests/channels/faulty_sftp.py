"""An SFTP server that fails where it is told to."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import asyncssh


class FaultySftp:
    """Serves a folder to anyone, as `files` does: a subclass of asyncssh's SFTPServer with faults of its own."""

    def __init__(self, root: Path, files: type[asyncssh.SFTPServer]) -> None:
        self.root, self.key = root, asyncssh.generate_private_key("ssh-ed25519")
        self._files = files
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True, exist_ok=True)
        listening: Future[int] = Future()
        self._thread = Thread(target=lambda: asyncio.run(self._serve(listening)), daemon=True)
        self._thread.start()
        self.port = listening.result(15)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._end is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    @property
    def host_key(self) -> str:
        """The key as the extra of a connection holds it."""
        return " ".join(self.key.export_public_key().decode().split()[:2])

    async def _serve(self, listening: Future[int]) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        open_ones: list[Any] = []

        class Doorman(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                open_ones.append(conn)

            def begin_auth(self, _username: str) -> bool:
                return False

        acceptor = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Doorman,
            server_host_keys=[self.key],
            sftp_factory=lambda channel: self._files(channel, chroot=os.fsencode(self.root)),
        )
        listening.set_result(acceptor.get_port())
        await self._end.wait()
        acceptor.close()
        for connection in open_ones:
            connection.abort()
            await connection.wait_closed()
        await acceptor.wait_closed()
