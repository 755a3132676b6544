"""Where a storage's files go: a folder's URL, of which templates fill only what lies below its fixed beginning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from scheduled_reports.errors import SpecError
from scheduled_reports.storage import require_known_kind
from scheduled_reports.templates import fill

_BEGIN = re.compile(r"(?P<kind>[a-z][a-z0-9+.-]*)://(?P<place>[^/{]*)/(?P<home>~/)?", re.IGNORECASE)
"""How a URL begins: a kind, a connection and a bucket or host, and the login's own folder on an SFTP server."""

_READ_ONLY = {"http", "https", "data", "zip", "tar", "github", "git", "reference"}

_REFUSED = re.compile(r"[\x00-\x1f\x7f\\?#%*\[\]\u2028\u2029]")
"""What no path may hold: control characters, and what means something in URLs or in searches for files."""


class Folder(NamedTuple):
    """A folder's URL in two parts.

    Attributes:
        root: What the spec fixes: `s3://lake@reports/`, `file:///`, `sftp://bank@/~/`.
        path: What is below it, filled; no slash around it.
    """

    root: str
    path: str

    @property
    def kind(self) -> str:
        """The kind of storage: `s3`; `file` on this machine."""
        return self.root.partition("://")[0].lower()

    def __str__(self) -> str:
        return f"{self.root}{self.path}"


def require_folder(path: str) -> str:
    """Return the path of a spec, as a URL.

    Raises:
        ValueError: It is none, of a kind that cannot be written, or a template could choose the storage.
    """
    url = f"file://{path}" if path.startswith("/") else path
    found = _BEGIN.match(url)
    if found is None:
        raise ValueError(
            f"{path!r} does not begin with a storage; write a URL such as s3://conn_id@bucket/in/{{{{ report.id }}}}"
            ", webdav://conn_id@/reports or file:///srv/reports; no template stands in its kind, connection or bucket"
        )
    require_known_kind(found[0])
    if found["kind"].lower() in _READ_ONLY:
        raise ValueError(f"nothing can be stored at {found['kind']}://; to send files to a server, use `type: webhook`")
    if found["kind"].lower() == "file" and found["place"]:
        raise ValueError(f"write a file's URL with three slashes: file:///{found['place']}/…")
    return url


def folder_of(path: str, words: Mapping[str, Any]) -> Folder:
    """Return the folder that a spec's path is, filled.

    Raises:
        SpecError: A template cannot be filled, or leads out of the folder.
    """
    begin = _BEGIN.match(path)
    root = begin[0] if begin else path
    filled = fill(path[len(root) :], words)
    steps = [step for step in filled.split("/") if step]
    if {".", ".."} & set(steps) or steps[:1] == ["~"] or _REFUSED.search(filled):
        raise SpecError(
            f"the path {root}{filled} cannot be used",
            why="it has a part '.', '..' or '~', a control character, or one of \\ ? # % * [ ]",
            fix="mend the template, or the parameter that it comes from",
        )
    return Folder(root, "/".join(steps))


def folder_at(address: str) -> Folder:
    """Return the folder whose URL a recipient's address is."""
    begin = _BEGIN.match(address)
    root = begin[0] if begin else address
    return Folder(root, address[len(root) :])
