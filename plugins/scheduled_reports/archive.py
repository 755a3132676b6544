"""Where a run keeps its data and files: object storage, or a folder.

Layout: `<archive>/<report>/<schedule>/<period>/<run>/{manifest.json, data/, files/}`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from scheduled_reports.errors import ArchiveError

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

SCRATCH = ".scratch-"

_PROBE = b"a probe\n"

FIX = "check the setting [scheduled_reports] archive, its permissions, its connection and the free space"


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run.

    Attributes:
        root: The folder as an ObjectStoragePath; `file://` is written in place, all else through a local copy.
    """

    root: ObjectStoragePath

    @classmethod
    def of(cls, archive: str, report_id: str, schedule_id: str, period_slug: str, run_id: str) -> RunFolder:
        """Return the folder of one run below the URL `archive`, for example `s3://conn@bucket/reports`.

        Raises:
            ArchiveError: There is no such kind of storage.
        """
        return cls(_root(archive) / report_id / schedule_id / period_slug / folder_name(run_id))

    @classmethod
    def at(cls, uri: str) -> RunFolder:
        """Return the folder at a URL that another was at.

        Raises:
            ArchiveError: There is no such kind of storage.
        """
        return cls(_root(uri))

    @property
    def uri(self) -> str:
        """The folder's URL."""
        return str(self.root)

    def put(self, local: Path, name: str) -> str:
        """Store a local file under `name` (`files/brief.pdf`) and return its URL.

        It appears under its name complete or not at all.

        Raises:
            ArchiveError: The archive cannot be written.
        """
        target = self.root / name
        try:
            if folder := self._local():
                _move(local, folder / name)
            else:
                _upload(local, target)
                local.unlink()
        except Exception as error:
            raise ArchiveError(f"cannot write {target}", why=str(error), fix=FIX) from error
        return str(target)

    @contextmanager
    def fetch(self, name: str) -> Iterator[Path]:
        """Give a local path of the file or folder `name`: itself in a local archive, else a copy while in use.

        Raises:
            ArchiveError: It is not there, or cannot be read.
        """
        if folder := self._local():
            if not (folder / name).exists():
                raise ArchiveError(f"cannot read {folder / name}", why="it is not there", fix=FIX)
            yield folder / name
            return
        with tempfile.TemporaryDirectory(prefix="scheduled-reports-") as temporary:
            copy = Path(temporary) / Path(name).name
            try:
                _download(self.root / name, copy)
            except Exception as error:
                raise ArchiveError(f"cannot read {self.root / name}", why=str(error), fix=FIX) from error
            yield copy

    def names(self, folder: str) -> list[str]:
        """Return the names of what a folder in it holds, sorted; none where there is no such folder.

        Raises:
            ArchiveError: The archive cannot be read.
        """
        place = self.root / folder
        try:
            return sorted(child.name for child in place.iterdir()) if place.is_dir() else []
        except Exception as error:
            raise ArchiveError(f"cannot read {place}", why=str(error), fix=FIX) from error

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a local folder that is gone afterwards; beside a local archive, so that `put` is a rename."""
        folder, prefix = self._scratch
        try:
            folder.mkdir(parents=True, exist_ok=True)
            temporary = tempfile.TemporaryDirectory(prefix=prefix, dir=folder)
        except OSError as error:
            raise ArchiveError(f"cannot write {self.root}", why=str(error), fix=FIX) from error
        with temporary as name:
            yield Path(name)

    def sweep(self) -> None:
        """Remove the scratch folders that killed steps of the run left on this host; for its first step alone."""
        folder, prefix = self._scratch
        for left in folder.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)

    def note(self, **facts: Any) -> dict[str, Any]:
        """Merge `facts` into the run's manifest and return it.

        Raises:
            ArchiveError: The archive cannot be read or written.
        """
        manifest = {**self.manifest(), **facts}
        with self.scratch() as folder:
            draft = folder / "manifest.json"
            draft.write_text(json.dumps(manifest, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8")
            self.put(draft, "manifest.json")
        return manifest

    def manifest(self) -> dict[str, Any]:
        """Return what the steps have noted so far; empty before the first."""
        try:
            found: dict[str, Any] = json.loads((self.root / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except Exception as error:
            raise ArchiveError(f"cannot read {self.root / 'manifest.json'}", why=str(error), fix=FIX) from error
        return found

    @property
    def _scratch(self) -> tuple[Path, str]:
        """The folder of the run's scratch folders, and how their names begin: other runs' may lie beside them."""
        if folder := self._local():
            return folder, SCRATCH
        return Path(tempfile.gettempdir()), f"{SCRATCH}{hashlib.sha256(self.uri.encode()).hexdigest()[:16]}-"

    def _local(self) -> Path | None:
        return _local(self.root)


def _root(archive: str) -> ObjectStoragePath:
    from airflow.sdk import ObjectStoragePath

    if archive.startswith("file://"):  # a path in a URL is quoted, and ObjectStoragePath takes it as it is
        archive = unquote(archive)
    try:
        return ObjectStoragePath(archive)
    except ValueError as error:
        raise ArchiveError(f"there is no archive {archive}", why=str(error), fix=FIX, retryable=False) from error


def _local(root: ObjectStoragePath) -> Path | None:
    return Path(root.path) if root.protocol in {"file", "local", ""} else None


def probe(archive: str) -> str:
    """Write a small file into the archive, read it back, remove it, and return where that was.

    Raises:
        ArchiveError: The archive cannot be written or read.
    """
    root, name = _root(archive), f".probe-{uuid.uuid4().hex}"
    target: Any = root / name
    if (folder := _local(root)) is not None:  # which the first run makes where it is missing
        target = next(place for place in (folder, *folder.parents) if place.is_dir()) / name
    try:
        target.write_bytes(_PROBE)
        read = target.read_bytes()
        target.unlink()
    except Exception as error:
        raise ArchiveError(f"the archive {archive} cannot be written", why=str(error), fix=FIX) from error
    if read != _PROBE:
        raise ArchiveError(f"the archive {archive} gives back other bytes than it was given", fix=FIX)
    return f"{archive} can be written"


def folder_name(run_id: str) -> str:
    """Return a run's id as the name of a folder; Airflow allows `..`, which is none."""
    return re.sub(r"^\.|[^\w.=-]", "_", run_id)


def _move(local: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.part"
    try:
        shutil.move(local, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _upload(local: Path, target: ObjectStoragePath) -> None:
    """Copy a file; within a transaction, as closing a remote file that broke would keep the part of it that arrived."""
    with target.fs.transaction, local.open("rb") as source, target.open("wb") as sink:  # type: ignore[no-untyped-call]
        shutil.copyfileobj(source, sink)


def _download(source: ObjectStoragePath, target: Path) -> None:
    if source.is_dir():
        target.mkdir()
        for child in source.iterdir():
            _download(child, target / child.name)
        return
    with source.open("rb") as remote, target.open("wb") as local:  # type: ignore[no-untyped-call]
        shutil.copyfileobj(remote, local)
