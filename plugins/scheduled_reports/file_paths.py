"""Paths and URLs of files in a spec: which may be written, and where they lead in a run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scheduled_reports.errors import SourceError
from scheduled_reports.storage import require_known_kind
from scheduled_reports.templates import fill

_NEVER = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of characters that no path holds: controls, halves of characters, ends of lines and paragraphs."""


def require_file_path(path: str) -> str:
    """Return the path of a spec.

    Raises:
        ValueError: It is a folder's, of a kind that nothing reads, or leads out of where it begins.
    """
    if path.endswith("/"):
        raise ValueError(f"{path!r} is a folder; write which files in it, for example '{path}*.csv'")
    require_known_kind(path)
    require_no_way_up(path)
    return path


def filled_path(path: str, words: Mapping[str, Any], include: Path, what: str) -> str:
    """Return a path with its templates filled, whole: one that begins nowhere lies below `include`.

    Args:
        path: A path of a spec.
        words: What its templates may use.
        include: The folder with what authors keep beside their specs.
        what: Who asks, for messages.

    Raises:
        SpecError: A template cannot be filled.
        SourceError: Filled, it leads out of where it begins.
    """
    filled = fill(path, words)
    try:
        require_no_way_up(filled)
    except ValueError as error:
        fix = "mend the template, or the parameter that it comes from"
        raise SourceError(f"{what}: the path cannot be used", why=str(error), fix=fix) from error
    return filled if "://" in filled or filled.startswith("/") else str(include.absolute() / filled)


def connection_in(path: str) -> str:
    """Return the connection that a URL names, `conn_id` in `s3://conn_id@bucket/…`; empty where it names none."""
    found = re.match(r"\w+://([^@/{]+)@", path)
    return found[1] if found else ""


def fixed_folder(path: str, include: Path) -> str | None:
    """Return the folder below which everything lies that a path may mean, whole; None where a template names the host.

    Of `s3://` and its like, whose folders are only names, it is the bucket.
    """
    fixed = re.split(r"\{\{|[*?\[]", path, maxsplit=1)[0]
    kind, is_url, rest = fixed.partition("://")
    if not is_url:
        folder = fixed.rpartition("/")[0] or ("/" if fixed.startswith("/") else "")
        return folder if fixed.startswith("/") else str(include.absolute() / folder)
    place, slash, inside = rest.partition("/")
    if not slash:
        return None
    if kind not in {"file", "sftp", "ssh"}:
        return f"{kind}://{place}/"
    return f"{kind}://{place}/{inside.rpartition('/')[0]}"


def require_no_way_up(path: str) -> None:
    """Refuse a path that leads out of where it begins, or holds what could end a line of a protocol.

    Raises:
        ValueError: It does.
    """
    if ".." in re.split(r"[/\\]", path) or any(unicodedata.category(letter) in _NEVER for letter in path):
        raise ValueError(f"{path!r} has a part '..' or a control character; write where it leads")
