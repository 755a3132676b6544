"""FTP over TLS (FTPS), or plain: the files appear in a folder on a server, each whole or not at all."""

from __future__ import annotations

import ftplib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, Literal

from pydantic import Field

from scheduled_reports.channels.file_server import FileServerChannel, Kind
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError, UncertainDeliveryError
from scheduled_reports.ftp import FtpClient, Tls, logged_in, reason
from scheduled_reports.model import ConnectionId


class Ftp(FileServerChannel):
    """Files on an FTP server that Airflow has a connection to, encrypted unless the spec says otherwise."""

    type: Literal["ftp"]
    connection: ConnectionId = Field("ftp_default", description="Airflow connection id of the server, of type ftp.")
    tls: Tls = Field(
        Tls.EXPLICIT,
        description="`explicit`: TLS begins after connecting (port 21); `implicit`: at once (port 990); `none`: "
        "everybody on the way can read the password and the files, and `reports check` warns.",
    )

    def server(self, connect: Connect, stack: ExitStack) -> _Server:
        """Log in to the server; its certificate must be one that the connection or this machine trusts.

        Raises:
            UnknownConnectionError: There is no such connection, or it is not an FTP server's.
            DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
        """
        return _Server(logged_in(connect, self.connection, self.tls, stack), self.connection)


class _Server:
    """A login on an FTP server."""

    refusals = (ftplib.error_perm,)

    def __init__(self, client: FtpClient, conn_id: str) -> None:
        self._client, self._conn_id = client, conn_id

    def kind(self, path: PurePosixPath) -> Kind | None:
        try:
            self._client.voidcmd(f"CWD {self._client.at(path)}")
        except ftplib.error_perm:
            return None if self._client.size_of(self._client.at(path)) is None else Kind.FILE
        return Kind.FOLDER

    def make_folder(self, folder: PurePosixPath) -> None:
        self._client.voidcmd(f"MKD {self._client.at(folder)}")

    def put(self, file: BinaryIO, path: PurePosixPath) -> None:
        self._client.store(file, self._client.at(path))

    def size(self, path: PurePosixPath) -> int | None:
        return self._client.size_of(self._client.at(path))

    def rename(self, path: PurePosixPath, target: PurePosixPath) -> None:
        self._client.rename(self._client.at(path), self._client.at(target))

    def remove(self, path: PurePosixPath) -> None:
        self._client.delete(self._client.at(path))

    @contextmanager
    def told(self, what: str, *, uncertain: bool = False) -> Iterator[None]:
        try:
            yield
        except (ftplib.Error, OSError, EOFError, ValueError) as error:
            refused = isinstance(error, (*self.refusals, *_FAULTS))
            spoke = refused or isinstance(error, ftplib.error_temp)
            if not spoke or str(error).startswith("421"):  # it hangs up
                self._client.close()  # what is still to be read would answer something else
            if uncertain and not spoke:
                fix = "look into the folder before it is sent again"
                raise UncertainDeliveryError(f"nobody knows whether {what}", why=reason(error), fix=fix) from error
            fix = _remedy(error) if refused else "look at the server's disk and log"
            what = f"{what} on the server of the Airflow connection {self._conn_id!r}"
            raise DeliveryError(what, why=reason(error), fix=fix, retryable=not refused) from error


_FAULTS = (NotADirectoryError, FileNotFoundError, ValueError)
"""What is raised on this side: of folders that are none, and of paths that cannot be sent."""

_REMEDIES = {
    "552": "have the login's quota raised, or remove old files on the server",
    "522": "have the server's owner look at how it wants data to be encrypted",
}
"""What the reader can do about what the server said (RFC 959, 4.2; RFC 4217, 10.2)."""


def _remedy(error: Exception) -> str:
    return _REMEDIES.get(str(error)[:3], "correct the path, or have it permitted")
