"""The files that a source names: found, fetched where they lie elsewhere, and the same from first byte to last."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Literal

from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError, ReportError, SourceError
from scheduled_reports.file_formats.base import InFile
from scheduled_reports.storage import WILDCARD, Found, Place, reach

FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
"""What a disk of ours says that is full: no fault of the place that is read."""

SHOWN = 3
"""How many other files a message names."""


@contextmanager
def found_files(
    paths: Sequence[str], missing: Literal["stop", "skip"], connect: Connect, what: str, folder: Path
) -> Iterator[list[InFile]]:
    """Give the files that some paths name, each once, in the paths' order; remote ones are copied to `folder`.

    Raises:
        SourceError: A path names none and `missing` is `stop`, one cannot be fetched, or one changed meanwhile.
        UnknownConnectionError: A URL's connection does not exist.
    """
    with ExitStack() as stack:
        taken: dict[str, tuple[InFile, Place, Found]] = {}
        for path in paths:
            with _explained(path, what):
                place = stack.enter_context(_open(path, connect, what))
                here = [file for file in place.look() if _is_meant(file, place)]
                if not here and missing == "stop":
                    raise _nothing_there(place, what)
                for file in here:
                    name = place.prefix + file.path
                    if name not in taken:
                        copy = Path(file.path) if place.is_here else _fetched(place, file, folder / str(len(taken)))
                        taken[name] = InFile(copy, name, what), place, file
        yield [file for file, _, _ in taken.values()]
        for read, place, before in taken.values():
            with _explained(read.name, what):
                if place.is_here and place.again(before) != before:
                    raise _changed(read)


def files_there(paths: Sequence[str], connect: Connect, what: str) -> list[Found]:
    """Return the files that some paths name, each once, without reading them; `path` is as messages show it.

    Raises:
        SourceError: A place cannot be looked at.
        UnknownConnectionError: A URL's connection does not exist.
    """
    seen: dict[str, Found] = {}
    for path in paths:
        with _explained(path, what), _open(path, connect, what) as place:
            here = [replace(file, path=place.prefix + file.path) for file in place.look() if _is_meant(file, place)]
        seen.update((file.path, file) for file in here)
    return list(seen.values())


def require_folder(path: str, connect: Connect, what: str) -> None:
    """Require that a folder is there, and that its entries may be listed.

    Raises:
        SourceError: It is not.
        UnknownConnectionError: A URL's connection does not exist.
    """
    with _explained(path, what), _open(path, connect, what) as place:
        place.files.invalidate_cache()
        if not place.files.isdir(place.pattern):
            why = f"there is no folder {place.prefix}{place.pattern}"
            fix = "correct `path`, or have the folder made"
            raise SourceError(f"{what} cannot be read", why=why, fix=fix, retryable=True)
        place.files.ls(place.pattern, detail=False)


@contextmanager
def _open(path: str, connect: Connect, what: str) -> Iterator[Place]:
    try:
        with reach(path, connect) as place:
            yield place
    except DeliveryError as error:  # how the login on an SFTP server fails
        raise SourceError(f"{what}: {error.what}", why=error.why, fix=error.fix, retryable=error.retryable) from error


def _is_meant(file: Found, place: Place) -> bool:
    """Return whether a wildcard may mean a file: not a hidden one, which a program may still be writing."""
    hidden = [PurePosixPath(path).name.startswith(".") for path in (file.path, place.pattern)]
    return hidden[1] or not hidden[0]


def _fetched(place: Place, file: Found, copy: Path) -> Path:
    """Copy a remote file; the copy is whole, and of a file that did not change meanwhile."""
    place.files.get_file(file.path, str(copy))
    size = copy.stat().st_size
    if size != file.size or place.again(file) != file:
        raise ConnectionError(f"{size:,} of {file.size:,} bytes came, or it changed meanwhile")
    return copy


@contextmanager
def _explained(path: str, what: str) -> Iterator[None]:
    """Turn whatever a file system raises into a SourceError; a full disk of ours stays what it is."""
    try:
        yield
    except ReportError:
        raise
    except Exception as error:  # providers and their drivers raise what they like
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        lasting = isinstance(error, PermissionError | ValueError | ImportError | NotADirectoryError)
        fix = "correct the path, or have it permitted" if lasting else "look whether it can be reached from here"
        fix = "pip install what is missing, wherever tasks run" if isinstance(error, ImportError) else fix
        raise SourceError(f"{what}: {path} cannot be read", why=why, fix=fix, retryable=not lasting) from error


def _nothing_there(place: Place, what: str) -> SourceError:
    """Say which file there is none of, and what is there instead."""
    kind = "no file that matches" if WILDCARD.search(place.pattern) else "no file"
    folder, _, name = place.pattern.rpartition("/")
    wildcard = WILDCARD.search(folder)
    if wildcard:
        folder, name = folder[: wildcard.start()].rpartition("/")[0], ""
    fix = "look whether it is late, or `path` is wrong; `missing: skip` goes on without it"
    shown = place.prefix + place.pattern
    why = f"{place.prefix}{folder or '/'} {_holds(place, folder or '/', name)}"
    return SourceError(f"{what}: there is {kind} {shown}", why=why, fix=fix, retryable=True)


def _holds(place: Place, folder: str, name: str) -> str:
    try:
        entries = [PurePosixPath(str(entry).rstrip("/")).name for entry in place.files.ls(folder, detail=False)]
    except FileNotFoundError:
        return "is not there either"
    if not entries:
        return "is empty"
    near = difflib.get_close_matches(name, entries, n=SHOWN, cutoff=0.5) or sorted(entries)[:SHOWN]
    others = len(entries) - len(near)
    return f"holds {', '.join(near)}" + (f" and {others:,} more" if others else "")


def _changed(file: InFile) -> SourceError:
    why = "it changed while it was read" if file.path.exists() else "it was taken away while it was read"
    return file.error(why, "let it be written under another name and renamed when it is whole", retryable=True)
