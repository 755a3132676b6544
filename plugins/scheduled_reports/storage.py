"""Files by path or URL: on this machine, on an SFTP server, or on whatever storage Airflow has a provider for.

| written                        | is                                                                               |
| ------------------------------ | -------------------------------------------------------------------------------- |
| `/data/in/*.csv`               | on this machine                                                                  |
| `sftp://conn_id@/in/*.csv`     | from the server's root, through a connection of type sftp; the server's host key |
|                                | is checked as the SFTP channel does it. `/~/in/*.csv` is below the login's folder |
| `s3://conn_id@bucket/in/*.csv` | Airflow's ObjectStoragePath, with the provider's file system                     |
| `webdav://conn_id@/in/*.csv`   | a file system of fsspec's that no provider brings: see `file_systems`            |
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from scheduled_reports.connections import Connect
from scheduled_reports.file_systems import file_system
from scheduled_reports.sftp import logged_in

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem
    from paramiko import SFTPClient

WILDCARD = re.compile(r"[*?\[]")

_CHANGES = ("mtime", "LastModified", "last_modified", "updated", "modified", "ETag", "etag")
"""What the file systems of fsspec call that which changes with a file."""

_TIMES = (*_CHANGES[:5], "last_commit", "created")
"""What they call the time of its last change; to some, each change makes the file anew."""

_SERVERS = {"sftp", "ssh"}

_BY_PROVIDERS = {"msgraph", "msgd", "sharepoint", "onedrive"}
"""Kinds that an Airflow provider brings and no list of fsspec's has: those of microsoft-azure."""


@dataclass(frozen=True)
class Found:
    """A file that is there.

    Attributes:
        path: Its path on its file system.
        size: In bytes.
        mark: Another one for each path and content.
        modified: When it was last changed, aware; None where its file system does not say.
    """

    path: str
    size: int
    mark: str
    modified: dt.datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Place:
    """A place that holds files.

    Attributes:
        files: The file system.
        pattern: The path on it, which may hold wildcards.
        prefix: What stands before a path in messages: `sftp://conn_id@`; nothing on this machine.
    """

    files: AbstractFileSystem
    pattern: str
    prefix: str

    @property
    def is_here(self) -> bool:
        """Whether it is this machine."""
        return not self.prefix

    def look(self) -> list[Found]:
        """Return the files that are there, by path; none where there is not even a folder."""
        self.files.invalidate_cache()
        if not WILDCARD.search(self.pattern):
            try:
                entries = [self.files.info(self.pattern)]
            except FileNotFoundError:
                return []
        else:
            entries = list(self.files.glob(self.pattern, detail=True).values())
        linked = (self.files.info(entry["name"]) if entry["type"] == "link" else entry for entry in entries)
        files = [found(str(entry["name"]), entry) for entry in linked if entry["type"] == "file"]
        return sorted(files, key=lambda file: file.path)

    def again(self, file: Found) -> Found | None:
        """Return how a file is now; None where it is gone."""
        self.files.invalidate_cache()
        try:
            return found(file.path, self.files.info(file.path))
        except FileNotFoundError:
            return None


def found(path: str, entry: dict[str, Any]) -> Found:
    """Return what a file system says of a file."""
    changes = next((str(entry[name]) for name in _CHANGES if entry.get(name) is not None), "")
    size = int(entry.get("size") or 0)
    mark = hashlib.sha256(f"{path}\n{size}\n{changes}".encode()).hexdigest()[:16]
    return Found(path, size, mark, _modified(entry))


def _modified(entry: dict[str, Any]) -> dt.datetime | None:
    """Return the time of the last change, which file systems tell in seconds, as a datetime or as text."""
    for given in (entry.get(name) for name in _TIMES):
        try:
            if isinstance(given, int | float) and not isinstance(given, bool):
                return dt.datetime.fromtimestamp(given, dt.UTC)
            moment = dt.datetime.fromisoformat(given) if isinstance(given, str) else given
        except (ValueError, OverflowError, OSError):
            continue
        if isinstance(moment, dt.datetime):
            return moment.astimezone(dt.UTC) if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
    return None


@contextmanager
def reach(path: str, connect: Connect) -> Iterator[Place]:
    """Give the place that a path or URL leads to, while it is needed.

    Raises:
        ValueError: There is no storage of the URL's kind, or it names no connection and needs one.
        UnknownConnectionError: Its connection does not exist, or cannot be used for this kind.
        DeliveryError: The SFTP server cannot be reached, or does not let us in.
    """
    kind, is_url, rest = path.partition("://")
    if not is_url or kind == "file":
        from fsspec.implementations.local import LocalFileSystem

        yield Place(LocalFileSystem(), unquote(rest) if is_url else path, "")
        return
    place, _, _ = rest.partition("/")
    conn_id, _, host = place.rpartition("@")
    connection = connect(conn_id) if conn_id else None
    if kind in _SERVERS:
        if not conn_id or host:
            raise ValueError(f"write it with its connection and no host: {kind}://conn_id@/in/calls.csv")
        with ExitStack() as stack:
            client = logged_in(conn_id, stack)
            yield Place(_over(client), _from_root(rest.partition("/")[2], client), f"{kind}://{conn_id}@")
        return
    from airflow.sdk import ObjectStoragePath
    from airflow.sdk.io import has_fs

    lead = f"{kind}://{conn_id}@" if conn_id else f"{kind}://"
    if connection is not None and not has_fs(kind):
        with file_system(kind, connection) as files:
            yield Place(files, f"{host}/{rest.partition('/')[2]}", lead)
        return
    remote = ObjectStoragePath(path)
    yield Place(remote.fs, str(remote.path), lead)


def require_known_kind(path: str) -> None:
    """Refuse a kind of URL that nothing reads; asks the library that Airflow asks, without Airflow.

    Raises:
        ValueError: There is no such kind.
    """
    kind, is_url, _ = path.partition("://")
    if not is_url or "{" in kind or kind.lower() in _BY_PROVIDERS:
        return
    from upath.registry import available_implementations

    if kind.lower() not in available_implementations(fallback=True):  # upath's own, and with them all of fsspec's
        raise ValueError(
            f"there is no storage of kind {kind!r}; write a path, or a URL such as s3://conn_id@bucket/in/*.csv"
        )


def _from_root(path: str, client: SFTPClient) -> str:
    if path == "~" or path.startswith("~/"):
        return f"{(client.normalize('.') or '').rstrip('/')}/{path[2:]}"
    return f"/{path}"


def _over(client: SFTPClient) -> AbstractFileSystem:
    """Return the file system of a server that we are logged in to."""
    from fsspec import AbstractFileSystem
    from fsspec.implementations.sftp import SFTPFileSystem

    class OverSftp(SFTPFileSystem):  # type: ignore[misc]
        cachable = False

        def __init__(self) -> None:  # its own would log in, and trust any server
            AbstractFileSystem.__init__(self)
            self.ftp = client

        def get_file(self, rpath: str, lpath: str, **_: Any) -> None:
            self.ftp.get(rpath, lpath, max_concurrent_prefetch_requests=64)  # else all of the file waits in memory

    return OverSftp()
