"""SFTP: the files appear in a folder on a server, each whole or not at all."""

from __future__ import annotations

import hashlib
import io
import stat
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.base import Audience, Channel, Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError, SpecError, UncertainDeliveryError, UnknownConnectionError
from scheduled_reports.model import ConnectionId, OneOrMany
from scheduled_reports.sftp import logged_in
from scheduled_reports.spec.marks import FormatId, Template
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from paramiko import SFTPClient


class Sftp(Channel):
    """Files on an SFTP server that Airflow has a connection to."""

    type: Literal["sftp"]
    connection: ConnectionId = Field(
        "sftp_default", description="Airflow connection id of the server, of type sftp or ssh."
    )
    path: Template = Field(
        min_length=1,
        description="Folder on the server, made where it is missing; may hold templates, for example "
        "`incoming/{{ report.id }}/{{ period.slug }}`. Without a leading slash it lies below the login's folder.",
    )
    files: OneOrMany[FormatId] = Field(
        min_length=1, description="Formats to upload; they replace older files of the same name."
    )

    @property
    def repeats_safely(self) -> bool:
        """Files of the same name replace each other."""
        return True

    def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """Return the folder, as `sftp://<connection>/<path>`: a second slash begins an absolute path.

        Raises:
            SpecError: The path's template cannot be filled, or leads out of its folder.
        """
        return (Recipient(f"sftp://{self.connection}/{_folder(fill(self.path, audience.words))}"),)

    def formats(self) -> tuple[str, ...]:
        """Return the formats to upload."""
        return tuple(dict.fromkeys(self.files))

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str:
        """Log in and look at the folder; where it may be thorough, put a small file there, rename it and remove it."""
        folder = _folder(fill(self.path, audience.words))
        with self.open(connect) as session:
            return session.rehearse(folder, writes=thorough)

    @contextmanager
    def open(self, connect: Connect) -> Iterator[_Upload]:
        """Log in to the server; its host key must be one that the connection or this machine knows.

        Raises:
            UnknownConnectionError: There is no such connection, or it is not an SSH server's.
            DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
        """
        kind = connect(self.connection).conn_type
        if kind not in {"sftp", "ssh"}:
            what = f"the Airflow connection {self.connection!r} is not an SFTP server's"
            raise UnknownConnectionError(what, why=f"its type is {kind!r}", fix="name one of type sftp")
        with ExitStack() as stack:
            yield _Upload(self, logged_in(self.connection, stack))


def _nearest(client: SFTPClient, folder: PurePosixPath) -> PurePosixPath:
    """Return the folder, or the nearest above it that is there.

    Raises:
        NotADirectoryError: That is a file.
    """
    try:
        mode = client.stat(str(folder)).st_mode
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        return _nearest(client, folder.parent)
    if mode is not None and not stat.S_ISDIR(mode):
        raise NotADirectoryError(f"{folder} is a file")
    return folder


def _folder(filled: str) -> PurePosixPath:
    """Return a filled path.

    Raises:
        SpecError: It leads upwards, or holds what no file name may.
    """
    if ".." in filled.replace("\\", "/").split("/") or any(ord(letter) < 32 for letter in filled):
        raise SpecError(
            f"the path {filled!r} cannot be used",
            why="it has a part '..' or a control character",
            fix="mend the template, or the parameter that it comes from",
        )
    return PurePosixPath(filled)


class _Upload:
    """Puts files into a folder: first under a hidden name, then, whole, under their own."""

    def __init__(self, channel: Sftp, client: SFTPClient) -> None:
        self._channel, self._client = channel, client

    def send(self, delivery: Delivery) -> Receipt:
        """Upload all files of one delivery; none appears before all have arrived.

        Raises:
            UncertainDeliveryError: The connection broke while the files were given their names.
            DeliveryError: The files are not there.
        """
        folder = PurePosixPath(delivery.recipient.address.removeprefix(f"sftp://{self._channel.connection}/"))
        mark = hashlib.sha256(delivery.id.encode()).hexdigest()[:12]
        with self._remote(f"the folder {folder} cannot be made"):
            self._make(folder)
        moves: list[tuple[PurePosixPath, PurePosixPath]] = []
        size = 0
        with ExitStack() as undo:
            for key in self._channel.formats():
                target = folder / PurePosixPath(delivery.artifacts[key].name).name
                moves.append((target.with_name(f".{target.name}.{mark}.part"), target))
                undo.callback(self._forget, moves[-1][0])
                size += self._put(delivery.files[key], moves[-1][0])
            for part, target in moves:
                self._name(part, target)
            undo.pop_all()
        return Receipt(", ".join(str(target) for _, target in moves), size)

    def rehearse(self, folder: PurePosixPath, *, writes: bool) -> str:
        """Return in words what would become of files in a folder; nothing stays there.

        Raises:
            DeliveryError: They could not be put there.
        """
        with self._remote(f"the folder {folder} cannot be used"):
            there = _nearest(self._client, folder)
        missing = "" if there == folder else f"; {folder} is made when it is needed"
        if not writes:
            return f"{there} is there{missing}"
        part = there / f".probe-{uuid.uuid4().hex}.part"
        with ExitStack() as undo, self._remote(f"{there} cannot be written"):
            for path in (part, part.with_suffix("")):
                undo.callback(self._forget, path)
            self._client.putfo(io.BytesIO(b"a probe\n"), str(part), confirm=False)
            self._name(part, part.with_suffix(""))
            self._client.remove(str(part.with_suffix("")))
            undo.pop_all()
        return f"{there} can be written{missing}"

    def _make(self, folder: PurePosixPath) -> None:
        """Make the folder, and those above it, where it is missing."""
        try:
            mode = self._client.stat(str(folder)).st_mode
        except FileNotFoundError:
            if folder.parent != folder:
                self._make(folder.parent)
            self._mkdir(folder)
        else:
            if mode is not None and not stat.S_ISDIR(mode):
                raise NotADirectoryError(f"{folder} is a file")

    def _mkdir(self, place: PurePosixPath) -> None:
        try:
            self._client.mkdir(str(place))
        except OSError:
            self._client.stat(str(place))  # somebody else made it meanwhile: fine; if not, this says so

    def _put(self, local: Path, part: PurePosixPath) -> int:
        try:
            file = local.open("rb")
        except OSError as error:
            what = f"{local.name} cannot be read"
            raise DeliveryError(what, why=str(error), fix="clear the render task", retryable=True) from error
        with file, self._remote(f"{part} cannot be written"):
            self._client.putfo(file, str(part), confirm=False)
            size, arrived = file.tell(), self._client.stat(str(part)).st_size
        if arrived != size:  # paramiko drops what the server says to the last writes
            why = f"{size:,} bytes were sent, and {arrived or 0:,} arrived"
            fix = "look whether the server's disk or the login's quota is full"
            raise DeliveryError(f"{part} is not whole", why=why, fix=fix, retryable=True)
        return size

    def _name(self, part: PurePosixPath, target: PurePosixPath) -> None:
        with self._remote(f"{part.name} cannot be renamed to {target}", uncertain=True):
            try:
                self._client.posix_rename(str(part), str(target))
            except OSError as error:
                if error.errno is not None or "support" not in str(error).lower():
                    raise
                with suppress(FileNotFoundError):  # SFTP's own rename does not replace what is there
                    self._client.remove(str(target))
                self._client.rename(str(part), str(target))

    def _forget(self, part: PurePosixPath) -> None:
        from paramiko import SSHException

        with suppress(OSError, EOFError, SSHException):
            self._client.remove(str(part))

    @contextmanager
    def _remote(self, what: str, *, uncertain: bool = False) -> Iterator[None]:
        """Turn what the server refuses into a DeliveryError.

        Args:
            what: What failed.
            uncertain: Whether it may have been done when the connection breaks.
        """
        from paramiko import SSHException

        try:
            yield
        except (OSError, EOFError, SSHException) as error:
            why = getattr(error, "strerror", None) or str(error) or "the connection broke"
            if uncertain and self._is_lost(error):
                fix = "look into the folder before it is sent again"
                raise UncertainDeliveryError(f"nobody knows whether {what}", why=why, fix=fix) from error
            refused = isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError)
            fix = "correct the path, or have it permitted" if refused else "look at the server's disk and log"
            what = f"{what} on the server of the Airflow connection {self._channel.connection!r}"
            raise DeliveryError(what, why=why, fix=fix, retryable=not refused) from error

    def _is_lost(self, error: Exception) -> bool:
        """Return whether the connection broke, other than the server having answered with an error."""
        channel = self._client.get_channel()
        return not isinstance(error, OSError) or isinstance(error, TimeoutError) or channel is None or channel.closed
