"""What file servers share, whatever they speak: files appear in a folder, each whole or not at all."""

from __future__ import annotations

import hashlib
import io
import uuid
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from pydantic import Field

from scheduled_reports.audience import Recipient
from scheduled_reports.channels.base import Audience, Channel, Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError, SpecError
from scheduled_reports.file_paths import require_no_way_up
from scheduled_reports.model import ConnectionId, OneOrMany
from scheduled_reports.spec.marks import FormatId, Template
from scheduled_reports.templates import fill


class Kind(StrEnum):
    """What is at a path of a server."""

    FOLDER = "folder"
    FILE = "file"


class FileServer(Protocol):
    """A file server that has let us in. What it refuses, and that the connection broke, it raises as it comes."""

    @property
    def refusals(self) -> tuple[type[Exception], ...]:
        """What it raises where it answers that it will not do something."""

    def told(self, what: str, *, uncertain: bool = False) -> AbstractContextManager[None]:
        """Turn what is raised meanwhile into a DeliveryError.

        Args:
            what: What failed.
            uncertain: Whether it may have been done when the connection breaks.
        """

    def kind(self, path: PurePosixPath) -> Kind | None:
        """Return what is there; None for nothing."""

    def make_folder(self, folder: PurePosixPath) -> None:
        """Make a folder in one that is there."""

    def put(self, file: BinaryIO, path: PurePosixPath) -> None:
        """Write a file, also over one that is there."""

    def size(self, path: PurePosixPath) -> int | None:
        """Return the bytes that a file has; None where the server does not tell."""

    def rename(self, path: PurePosixPath, target: PurePosixPath) -> None:
        """Give a file another name; a server may refuse one that is taken."""

    def remove(self, path: PurePosixPath) -> None:
        """Remove a file."""


class FileServerChannel(Channel):
    """Files on a server that Airflow has a connection to."""

    connection: ConnectionId
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
        return (Recipient(f"{self._prefix}{self._folder(audience)}"),)

    def formats(self) -> tuple[str, ...]:
        """Return the formats to upload."""
        return tuple(dict.fromkeys(self.files))

    def probe(self, connect: Connect, audience: Audience, *, thorough: bool) -> str:
        """Log in and look at the folder; where it may be thorough, put a small file there, rename it and remove it."""
        folder = self._folder(audience)
        with self.open(connect) as session:
            return session.rehearse(folder, writes=thorough)

    @contextmanager
    def open(self, connect: Connect) -> Iterator[Upload]:
        """Log in to the server.

        Raises:
            UnknownConnectionError: There is no such connection, or it is not such a server's.
            DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
        """
        with ExitStack() as stack:
            yield Upload(self.server(connect, stack), self._prefix)

    @abstractmethod
    def server(self, connect: Connect, stack: ExitStack) -> FileServer:
        """Log in; `stack` hangs up."""

    @property
    def _prefix(self) -> str:
        return f"{self.kind}://{self.connection}/"

    def _folder(self, audience: Audience) -> PurePosixPath:
        filled = fill(self.path, audience.words)
        try:
            require_no_way_up(filled)
        except ValueError as error:
            fix = "mend the template, or the parameter that it comes from"
            raise SpecError(f"the path {filled!r} cannot be used", why=str(error), fix=fix) from error
        return PurePosixPath(filled)


class Upload:
    """Puts files into a folder: first under hidden names, then, all of them whole, under their own.

    Args:
        server: The server.
        prefix: What stands before a folder in a recipient's address.
    """

    def __init__(self, server: FileServer, prefix: str) -> None:
        self._server, self._prefix = server, prefix

    def send(self, delivery: Delivery) -> Receipt:
        """Upload all files of one delivery; none appears before all have arrived.

        Raises:
            UncertainDeliveryError: The connection broke while the files were given their names.
            DeliveryError: The files are not there.
        """
        folder = PurePosixPath(delivery.recipient.address.removeprefix(self._prefix))
        mark = hashlib.sha256(f"{delivery.id}-{delivery.part[0]}".encode()).hexdigest()[:12]
        with self._server.told(f"the folder {folder} cannot be made"):
            self._make(folder)
        moves: list[tuple[PurePosixPath, PurePosixPath]] = []
        told, sizes = [], 0
        with ExitStack() as undo:
            for number, (key, local) in enumerate(delivery.files.items()):
                target = folder / PurePosixPath(delivery.artifacts[key].name).name
                self._require_no_folder(target)
                moves.append((folder / f".{mark}-{number}.part", target))
                undo.callback(self._forget, moves[-1][0])
                size, is_proven = self._put(local, moves[-1][0])
                sizes += size
                told.append(f"{target}" if is_proven else f"{target} (the server does not tell its size)")
            for part, target in moves:
                self._name(part, target)
            undo.pop_all()
        return Receipt(", ".join(told), sizes)

    def rehearse(self, folder: PurePosixPath, *, writes: bool) -> str:
        """Return in words what would become of files in a folder; nothing stays there.

        Raises:
            DeliveryError: They could not be put there.
        """
        with self._server.told(f"the folder {folder} cannot be used"):
            there = self._nearest(folder)
        missing = "" if there == folder else f"; {folder} is made when it is needed"
        if not writes:
            return f"{there} is there{missing}"
        part = there / f".probe-{uuid.uuid4().hex}.part"
        with ExitStack() as undo, self._server.told(f"{there} cannot be written"):
            for path in (part, part.with_suffix("")):
                undo.callback(self._forget, path)
            self._server.put(io.BytesIO(b"a probe\n"), part)
            self._name(part, part.with_suffix(""))
            self._server.remove(part.with_suffix(""))
            undo.pop_all()
        return f"{there} can be written{missing}"

    def _nearest(self, folder: PurePosixPath) -> PurePosixPath:
        """Return the folder, or the nearest above it that is there.

        Raises:
            FileNotFoundError: Not even the outermost is.
            NotADirectoryError: That is a file.
        """
        kind = self._server.kind(folder)
        if kind is Kind.FILE:
            raise NotADirectoryError(f"{folder} is a file")
        if kind is None and folder.parent == folder:
            raise FileNotFoundError(f"there is no {folder}")
        return folder if kind is Kind.FOLDER else self._nearest(folder.parent)

    def _make(self, folder: PurePosixPath) -> None:
        """Make the folder, and those above it, where it is missing."""
        there = self._nearest(folder)
        missing = [place for place in (folder, *folder.parents) if place != there and there in place.parents]
        for place in reversed(missing):
            try:
                self._server.make_folder(place)
            except self._server.refusals:
                if self._server.kind(place) is not Kind.FOLDER:  # else somebody made it meanwhile
                    raise

    def _require_no_folder(self, target: PurePosixPath) -> None:
        with self._server.told(f"{target} cannot be looked at"):
            kind = self._server.kind(target)
        if kind is Kind.FOLDER:
            fix = "give the file another name or folder, or remove that folder on the server"
            raise DeliveryError(f"no file can be put at {target}", why="there is a folder of that name", fix=fix)

    def _put(self, local: Path, part: PurePosixPath) -> tuple[int, bool]:
        """Return how many bytes were written, and whether the server has told that they arrived."""
        try:
            file = local.open("rb")
        except OSError as error:
            what = f"{local.name} cannot be read"
            raise DeliveryError(what, why=str(error), fix="clear the render task", retryable=True) from error
        with file, self._server.told(f"{part} cannot be written"):
            self._server.put(file, part)
            size, arrived = file.tell(), self._server.size(part)
        if arrived not in {None, size}:
            why = f"{size:,} bytes were sent, and {arrived:,} arrived"
            fix = "look whether the server's disk or the login's quota is full"
            raise DeliveryError(f"{part} is not whole", why=why, fix=fix, retryable=True)
        return size, arrived is not None

    def _name(self, part: PurePosixPath, target: PurePosixPath) -> None:
        with self._server.told(f"{part.name} cannot be renamed to {target}", uncertain=True):
            try:
                self._server.rename(part, target)
            except self._server.refusals as refusal:
                if self._server.kind(target) is None:
                    raise
                self._swap(part, target, refusal)

    def _swap(self, part: PurePosixPath, target: PurePosixPath, refusal: Exception) -> None:
        """Replace a file on a server that does not rename over one: the old one goes only when the new one is there."""
        old = part.with_suffix(".old")
        self._forget(old)
        try:
            self._server.rename(target, old)
        except self._server.refusals:
            raise refusal from None
        with ExitStack() as undo:
            undo.callback(self._restore, old, target)
            self._server.rename(part, target)
            undo.pop_all()
        self._forget(old)

    def _restore(self, old: PurePosixPath, target: PurePosixPath) -> None:
        try:
            self._server.rename(old, target)
        except Exception:  # the first failure is the one to tell
            return

    def _forget(self, path: PurePosixPath) -> None:
        """Remove a file that need not be there; whatever goes wrong with that, what led here is what counts."""
        try:
            self._server.remove(path)
        except Exception:
            return
