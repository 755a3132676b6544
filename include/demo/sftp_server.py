"""A real SFTP server whose clients see one folder and nothing else.

`python -m demo.sftp_server --root DIR --host-key FILE --port 2222` runs it until SIGINT or SIGTERM.
"""

import argparse
import asyncio
import hmac
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

import asyncssh

_START_SECONDS = 15.0


class SftpServer:
    """Serve the folder `root` over SFTP on `host` and `port` (0: any free one) to one user with a password.

    The host key is kept in a file, made when missing, so that clients who pinned it stay content after a
    restart. Use it in a `with` statement, or call start() and stop().
    """

    def __init__(
        self,
        root: Path,
        host_key: Path,
        username: str = "reports",
        password: str = "reports",  # noqa: S107 - a demo on this machine
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.root = root
        self.host = host
        self.port = port
        self.username = username
        self._password = password
        self._key = _host_key(host_key)
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop: asyncio.Event | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()

    @property
    def host_key_line(self) -> str:
        """The public host key, `ssh-ed25519 AAAA...`, as the extra `host_key` of Airflow's connections."""
        return " ".join(self._key.export_public_key().decode().split()[:2])

    def start(self) -> None:
        """Begin to listen; afterwards `port` is the real one. Raises OSError when the port is taken."""
        self.root.mkdir(parents=True, exist_ok=True)
        listening: Future[int] = Future()
        self._thread = Thread(target=lambda: asyncio.run(self._serve(listening)), daemon=True)
        self._thread.start()
        try:
            self.port = listening.result(_START_SECONDS)
        except OSError:
            self._thread.join()
            self._thread = None
            raise

    def stop(self) -> None:
        """Hang up on every client and end the server's thread and event loop."""
        if self._thread is not None and self._loop is not None and self._told_to_stop is not None:
            self._loop.call_soon_threadsafe(self._told_to_stop.set)
            self._thread.join()
            self._thread = self._loop = self._told_to_stop = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self, listening: Future[int]) -> None:
        """Listen until told to stop; report the port, or why there is none, through `listening`."""
        self._loop, self._told_to_stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            acceptor = await asyncssh.listen(
                self.host,
                self.port,
                server_factory=lambda: _Doorkeeper(self.username, self._password, self._connections),
                server_host_keys=[self._key],
                sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=os.fsencode(self.root)),
                allow_pty=False,
            )
        except Exception as error:
            listening.set_exception(error)
            return
        listening.set_result(acceptor.get_port())
        await self._told_to_stop.wait()
        acceptor.close()
        for connection in list(self._connections):
            connection.abort()
            await connection.wait_closed()
        await acceptor.wait_closed()


class _Doorkeeper(asyncssh.SSHServer):
    """Lets one user in, by password, and remembers who is connected."""

    def __init__(self, username: str, password: str, connections: set[asyncssh.SSHServerConnection]) -> None:
        self._login = (username.encode(), password.encode())
        self._connections = connections
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        name, secret = self._login
        return hmac.compare_digest(username.encode(), name) & hmac.compare_digest(password.encode(), secret)


def _host_key(path: Path) -> asyncssh.SSHKey:
    """Return the private key in `path`; if there is none, make one that only its owner can read."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".part")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        unfinished.replace(path)
    return asyncssh.read_private_key(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the SFTP server until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m demo.sftp_server", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the folder that clients see as /")
    parser.add_argument("--host-key", type=Path, required=True, help="the private key; made if missing")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=2222, help="the port to listen on (%(default)s)")
    parser.add_argument("--username", default="reports", help="who may log in (%(default)s)")
    parser.add_argument("--password", default="reports", help="with this password (%(default)s)")
    chosen = parser.parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread starts: sigwait below takes them
    with SftpServer(
        chosen.root, chosen.host_key, chosen.username, chosen.password, host=chosen.host, port=chosen.port
    ) as server:  # fmt: skip
        print(f"SFTP server on {server.host}:{server.port}, root {server.root}. Ctrl+C ends it.", flush=True)
        print(f"Its host key: {server.host_key_line}", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
