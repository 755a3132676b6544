"""SFTP: the files appear in a folder on a server, each whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Literal

from pydantic import Field

from scheduled_reports.channels.file_server import FileServerChannel, Kind
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError, UnknownConnectionError
from scheduled_reports.model import ConnectionId
from scheduled_reports.sftp import logged_in

if TYPE_CHECKING:
    from paramiko import SFTPClient


class Sftp(FileServerChannel):
    """Files on an SFTP server that Airflow has a connection to."""

    type: Literal["sftp"]
    connection: ConnectionId = Field(
        "sftp_default", description="Airflow connection id of the server, of type sftp or ssh."
    )

    def server(self, connect: Connect, stack: ExitStack) -> _Server:
        """Log in to the server; its host key must be one that the connection or this machine knows.

        Raises:
            UnknownConnectionError: There is no such connection, or it is not an SSH server's.
            DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
        """
        kind = connect(self.connection).conn_type
        if kind not in {"sftp", "ssh"}:
            what = f"the Airflow connection {self.connection!r} is not an SFTP server's"
            raise UnknownConnectionError(what, why=f"its type is {kind!r}", fix="name one of type sftp")
        return _Server(logged_in(self.connection, stack), self.connection)


class _Server:
    """A login on an SFTP server."""

    refusals = (OSError,)

    def __init__(self, client: SFTPClient, conn_id: str) -> None:
        self._client, self._conn_id = client, conn_id

    def kind(self, path: PurePosixPath) -> Kind | None:
        try:
            mode = self._client.stat(str(path)).st_mode
        except FileNotFoundError:
            return None
        return Kind.FOLDER if mode is None or stat.S_ISDIR(mode) else Kind.FILE

    def make_folder(self, folder: PurePosixPath) -> None:
        self._client.mkdir(str(folder))

    def put(self, file: BinaryIO, path: PurePosixPath) -> None:
        self._client.putfo(file, str(path), confirm=False)

    def size(self, path: PurePosixPath) -> int | None:
        """Return its bytes; paramiko drops what the server says to the last writes, so only they tell."""
        return self._client.stat(str(path)).st_size

    def rename(self, path: PurePosixPath, target: PurePosixPath) -> None:
        try:
            self._client.posix_rename(str(path), str(target))
        except OSError as error:
            if error.errno is not None or "support" not in str(error).lower():
                raise
            self._client.rename(str(path), str(target))

    def remove(self, path: PurePosixPath) -> None:
        self._client.remove(str(path))

    @contextmanager
    def told(self, what: str, *, uncertain: bool = False) -> Iterator[None]:
        from paramiko import SSHException

        try:
            yield
        except (OSError, EOFError, SSHException) as error:
            why = getattr(error, "strerror", None) or str(error) or "the connection broke"
            is_lost = self._is_lost(error)
            if is_lost:
                self._hang_up()
            if uncertain and is_lost:
                fix = "look into the folder before it is sent again"
                raise UncertainDeliveryError(f"nobody knows whether {what}", why=why, fix=fix) from error
            refused = isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError)
            fix = "correct the path, or have it permitted" if refused else "look at the server's disk and log"
            what = f"{what} on the server of the Airflow connection {self._conn_id!r}"
            raise DeliveryError(what, why=why, fix=fix, retryable=not refused) from error

    def _is_lost(self, error: Exception) -> bool:
        """Return whether the connection broke, other than the server having answered with an error."""
        channel = self._client.get_channel()
        return not isinstance(error, OSError) or isinstance(error, TimeoutError) or channel is None or channel.closed

    def _hang_up(self) -> None:
        """Let whatever is still asked of the server fail at once, and not wait for it."""
        channel = self._client.get_channel()
        if channel is not None:
            channel.close()
