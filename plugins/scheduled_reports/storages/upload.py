"""Put files onto a storage: each appears under its name whole, or not at all."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from scheduled_reports.channels.base import Delivery, Receipt
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError
from scheduled_reports.file_paths import connection_in
from scheduled_reports.storage import Place, reach
from scheduled_reports.storages.failures import Failures
from scheduled_reports.storages.folder import Folder, folder_at
from scheduled_reports.storages.proof import is_same, require_whole, version_in

_S3 = {"s3", "s3a", "s3n"}

_WHOLE = {*_S3, "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "dropbox", "gdrive", "sharepoint", "onedrive", "msgd",
          "msgraph"}  # fmt: skip
"""Kinds that take a file whole or not at all, and have no folders that must be made first."""

_URLS = {"webdav"}
"""Kinds whose paths are parts of URLs."""

_PARTS = {"chunksize": 8 * 2**20, "max_concurrency": 4}
"""How s3fs sends a large file: 32 MB of it at a time, where its own way takes 500 MB of memory."""


@contextmanager
def reached(folder: Folder, connect: Connect, time_limit: float) -> Iterator[Storehouse]:
    """Give the storage that a folder is on, while it is needed.

    Raises:
        UnknownConnectionError: There is no such connection, or it cannot be used for this.
        DeliveryError: The storage cannot be reached.
    """
    conn_id = connection_in(folder.root)
    failures = Failures(connect(conn_id) if conn_id else None)
    with ExitStack() as stack:
        with failures.told(f"{folder.root} cannot be reached"):
            place = stack.enter_context(reach(folder.root, connect))
        yield Storehouse(folder.kind, place, failures, time_limit)


class Storehouse:
    """A storage that we are let into.

    Args:
        kind: Its kind: `s3`, `file`.
        place: Its file system, and where it begins there.
        failures: Tells what goes wrong.
        time_limit: Seconds that one file may take.
    """

    def __init__(self, kind: str, place: Place, failures: Failures, time_limit: float) -> None:
        self._time_limit = time_limit
        self._kind, self._place, self._failures, self._files = kind, place, failures, place.files
        self._puts_whole = kind in _WHOLE

    def store(self, delivery: Delivery, *, overwrite: bool) -> Receipt:
        """Put all files of one delivery into its folder; where there are drafts, none appears before all are there.

        Raises:
            UncertainDeliveryError: The connection broke while a file came into its place.
            DeliveryError: The files are not there.
        """
        base = self.path_of(folder_at(delivery.recipient.address))
        mark = hashlib.sha256(f"{delivery.id}-{delivery.part[0]}".encode()).hexdigest()[:12]
        moves: list[tuple[str, str, Path]] = []
        self._make(base)
        with ExitStack() as undo:
            for number, (key, local) in enumerate(delivery.files.items()):
                target = _join(base, PurePosixPath(delivery.artifacts[key].name).name)
                _require_readable(local)
                self._require_name(target)
                if self._is_there(target, local, overwrite=overwrite):
                    moves.append(("", target, local))
                    continue
                draft = target if self._puts_whole else _join(base, f".{mark}-{number}.part")
                if draft != target:
                    undo.callback(self._forget, draft)
                self._put(local, draft, overwrite=overwrite)
                moves.append((draft, target, local))
            for draft, target, _ in moves:
                self._name(draft, target, overwrite=overwrite)
            undo.pop_all()
        told = [f"{self._place.prefix}{target}{self._version_of(target)}" for _, target, _ in moves]
        return Receipt(", ".join(told), sum(delivery.artifacts[key].size for key in delivery.files))

    def look(self, folder: Folder) -> str:
        """Return in words whether a folder is there.

        Raises:
            DeliveryError: The storage does not let us look, or the bucket is not there.
        """
        base = self.path_of(folder)
        with self._failures.told(f"{folder} cannot be used"):
            there = self._nearest(base)
        return f"{folder} is there" if there == base else f"{folder} is made when it is needed"

    def rehearse(self, folder: Folder) -> str:
        """Put a small file there and remove it, and return in words that it was possible.

        Raises:
            DeliveryError: It was not.
        """
        base = self.path_of(folder)
        with self._failures.told(f"{folder} cannot be written"):
            path = _join(base if self._puts_whole else self._nearest(base), f".probe-{uuid.uuid4().hex}")
            with ExitStack() as undo:
                undo.callback(self._forget, path)
                self._files.pipe_file(path, b"a probe\n")
                self._files.rm_file(path)
                undo.pop_all()
        return f"{folder} can be written"

    def signed(self, path: str, seconds: int) -> str | None:
        """Return a URL that opens a stored file for whoever has it, for a time; None where the storage has none."""
        with self._failures.told(f"no link to {path} can be made"):
            try:
                return str(self._files.sign(path, expiration=seconds))
            except NotImplementedError:
                return None

    def path_of(self, folder: Folder) -> str:
        """Return the path of a folder on the file system."""
        return _join(self._place.pattern, folder.path) if folder.path else self._place.pattern

    def _require_name(self, target: str) -> None:
        """Refuse a file's name that would become another one, as WebDAV's are parts of URLs.

        Raises:
            DeliveryError: It would.
        """
        name = target.rpartition("/")[2]
        if self._kind in _URLS and set(name) & set(";?#%"):
            why, fix = "it has one of ; ? # %, which mean something in URLs", "give the format another 'file_name'"
            raise DeliveryError(f"no file can be called {name!r} on a {self._kind} storage", why=why, fix=fix)

    def _is_there(self, target: str, local: Path, *, overwrite: bool) -> bool:
        """Return whether the very file is there already, where it must not be replaced.

        Raises:
            DeliveryError: Another one is.
        """
        if overwrite:
            return False
        with self._failures.told(f"{target} cannot be looked at"):
            self._files.invalidate_cache()
            if not self._files.exists(target):
                return False
            if is_same(self._files, target, local):
                return True
        raise _taken(target)

    def _put(self, local: Path, path: str, *, overwrite: bool) -> None:
        how: dict[str, Any] = {}
        if self._kind in _S3:
            how = {**_PARTS, **({} if overwrite else {"mode": "create"})}
        with self._failures.told(f"{path} cannot be written", final=self._puts_whole):
            try:
                self._send(local, path, how)
            except Exception:  # it may be that the name was taken meanwhile
                if not (self._puts_whole and self._is_there(path, local, overwrite=overwrite)):
                    raise
            with self._may_be_blind():
                require_whole(self._files, path, local, whole_put=self._puts_whole)

    def _send(self, local: Path, path: str, how: dict[str, Any]) -> None:
        """Upload a file; the asynchronous file systems wait for ever for a server that takes no more of it."""
        if not (self._puts_whole and getattr(self._files, "async_impl", False)):
            self._files.put_file(str(local), path, **how)
            return
        from fsspec.asyn import sync

        sync(self._files.loop, self._files._put_file, str(local), path, timeout=self._time_limit, **how)

    def _name(self, draft: str, target: str, *, overwrite: bool) -> None:
        if draft in {"", target}:
            return
        with self._failures.told(f"{draft} cannot be renamed to {target}", final=True):
            if self._place.is_here:
                os.replace(draft, target)  # noqa: PTH105 - paths are fsspec's texts
            elif self._kind in _URLS:  # whose own mv copies and removes
                self._files.client.move(draft, target, overwrite=overwrite)
            else:
                if self._kind == "smb" and self._files.exists(target):  # it does not replace
                    self._files.rm_file(target)
                self._files.mv(draft, target)

    def _make(self, base: str) -> None:
        if not self._puts_whole and base.strip("/"):
            with self._failures.told(f"the folder {base} cannot be made"):
                self._files.makedirs(base, exist_ok=True)

    def _nearest(self, base: str) -> str:
        """Return the folder, or the nearest above it that is there.

        Raises:
            FileNotFoundError: Not even the bucket is.
        """
        self._files.invalidate_cache()
        if self._files.exists(base):
            if not self._puts_whole:
                self._files.ls(base, detail=False)  # a folder may be there and not let us look
            return base
        above = base.rstrip("/").rpartition("/")[0]
        if not above and (self._puts_whole or base in {"", "/"}):
            raise FileNotFoundError(f"there is no {base}")
        return self._nearest(above or "/")

    def _version_of(self, target: str) -> str:
        with self._failures.told(f"{target} cannot be found", final=True), self._may_be_blind():
            self._files.invalidate_cache()
            return version_in(self._files.info(target))
        return " (the login may not look at it)"

    @contextmanager
    def _may_be_blind(self) -> Iterator[None]:
        """Let a login only write, where what is written is whole: then the storage's own word is what there is."""
        try:
            yield
        except PermissionError:
            if not self._puts_whole:
                raise

    def _forget(self, path: str) -> None:
        with suppress(Exception):
            self._files.rm_file(path)


def _join(base: str, name: str) -> str:
    return f"{base.rstrip('/')}/{name}" if base else name


def _require_readable(local: Path) -> None:
    try:
        with local.open("rb"):
            return
    except OSError as error:
        what = f"{local.name} cannot be read"
        raise DeliveryError(what, why=str(error), fix="clear the render task", retryable=True) from error


def _taken(target: str) -> DeliveryError:
    fix = "give the file another name or folder, or say 'overwrite: true'"
    return DeliveryError(f"another file is at {target}", why="it is not to be replaced", fix=fix)
